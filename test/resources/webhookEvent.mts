import { useFakeServer } from '../support/fakeResource.mts';
import { runNode } from '../support/runNode.mts';
import { testExamples } from '../support/testExamples.mts';

testExamples('webhookEvent', [
	{
		operation: 'search',
		parameters: {
			conditions: {
				condition: [
					{ attribute: 'status', operator: 'eq', value: 'failed' },
					{ attribute: 'webhook_id', operator: 'eq', value: 'wbh_1' },
					{ attribute: 'updated_at', operator: 'gte', value: '2026-04-23T00:00:00Z' },
				],
			},
			options: { sortDirection: 'asc' },
		},
		request: 'POST /webhook-events/search',
		body: {
			query: {
				and: [
					{ attribute: 'status', operator: 'eq', value: 'failed' },
					{ attribute: 'webhook_id', operator: 'eq', value: 'wbh_1' },
					{ attribute: 'updated_at', operator: 'gte', value: '2026-04-23T00:00:00.000Z' },
				],
			},
			sort: { attribute: 'updated_at', direction: 'asc' },
			page: { size: 50 },
		},
	},
	{ operation: 'search', request: 'POST /webhook-events/search', body: { page: { size: 50 } } },
]);

describe('Search webhook events', () => {
	const serve = useFakeServer();

	it('compares by order only the time of the last attempt', async () => {
		const condition = [{ attribute: 'status', operator: 'gt', value: 'failed' }];
		const { error } = await runNode({
			parameters: { resource: 'webhookEvent', operation: 'search', conditions: { condition } },
		});
		expect(error?.message).toBe("'Operator' of condition 1 must be 'Is Equal To'");
		expect(error?.description).toBe(onlyTime);
	});

	it.each([
		['Failed', 'failed'],
		['={{ " COMPLETED " }}', 'completed'],
	])('sends the status %s as Persona writes it', async (value, sent) => {
		const condition = [{ attribute: 'status', operator: 'eq', value }];
		const server = await serve();
		await runNode({
			credentials: { baseUrl: server.baseUrl },
			parameters: { resource: 'webhookEvent', operation: 'search', conditions: { condition } },
		});
		expect(server.requests[0].body).toMatchObject({ query: { and: [{ value: sent }] } });
	});

	it.each(['delivered', '={{ 1 }}', '={{ true }}'])(
		'refuses a status that Persona does not have: %s',
		async (value) => {
			const condition = [{ attribute: 'status', operator: 'eq', value }];
			const { error } = await runNode({
				parameters: { resource: 'webhookEvent', operation: 'search', conditions: { condition } },
			});
			expect(error?.message).toBe("'Value' of condition 1 has an unknown value");
			expect(error?.description).toBe('It can be pending, completed, failed, skipped.');
		},
	);

	const onlyTime = "Only 'Last Attempt At' can be compared in another way.";
	const known =
		'updated_at, event_id, event_name, related_object_ids, status, webhook_event_id, webhook_id';

	it.each([
		['colour', 'eq', 'attribute', 'has an unknown value', `It can be ${known}.`],
		['constructor', 'eq', 'attribute', 'has an unknown value', `It can be ${known}.`],
		['status', 'in', 'operator', 'has an unknown value', 'It can be eq, gt, gte, lt, lte.'],
		['status', 'gt', 'operator', "must be 'Is Equal To'", onlyTime],
		[
			'status',
			'eq',
			'value',
			'has an unknown value',
			'It can be pending, completed, failed, skipped.',
		],
	])('takes no JSON query by %s and %s', async (attribute, operator, part, problem, fix) => {
		const value = part === 'value' ? 'delivered' : 'failed';
		const wrong = { attribute, operator, value };
		const right = { attribute: 'updated_at', operator: 'gte', value: '2026-04-23' };
		const query = JSON.stringify({ and: [right, { not: wrong }] });
		const { error } = await runNode({
			parameters: { resource: 'webhookEvent', operation: 'search', options: { query } },
		});
		expect(error?.message).toBe(`'Query (JSON)': the ${part} at 'and.1.not' ${problem}`);
		expect(error?.description).toBe(fix);
	});
});
