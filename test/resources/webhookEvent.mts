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
	it('compares by order only the time of the last attempt', async () => {
		const condition = [{ attribute: 'status', operator: 'gt', value: 'failed' }];
		const { error } = await runNode({
			parameters: { resource: 'webhookEvent', operation: 'search', conditions: { condition } },
		});
		expect(error?.message).toBe("'Operator' of condition 1 must be 'Is Equal To'");
		expect(error?.description).toBe("Only 'Last Attempt At' can be compared in another way.");
	});
});
