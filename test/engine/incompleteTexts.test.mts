import type { INodeParameters } from 'n8n-workflow';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { runNode } from '../support/runNode.mts';

describe('a text that tells persons or requests apart', () => {
	let server: RequestRecorder;
	beforeAll(async () => {
		server = await startRequestRecorder(() => ({
			body: { data: { type: 'account', id: 'act_1', attributes: {} } },
		}));
	});
	afterAll(async () => await server.stop());

	const run = async (parameters: INodeParameters) => {
		server.requests.length = 0;
		return await runNode({ parameters, credentials: { baseUrl: server.baseUrl } });
	};
	const upsert = { resource: 'account', operation: 'createOrUpdate' };

	it.each([
		['Reference ID', { ...upsert, referenceId: '=user-{{ $json.missing }}' }],
		['Reference ID', { ...upsert, referenceId: '={{ `user-${$json.missing}` }}' }],
		['Reference ID', { ...upsert, referenceId: '={{ "user_" + null }}' }],
		['Reference ID', { ...upsert, referenceId: '={{ String(null) }}' }],
		['Reference ID', { ...upsert, referenceId: '={{ `${Number("no")}` }}' }],
		[
			'Reference ID',
			{
				...{ resource: 'inquiry', operation: 'getAll' },
				filters: { referenceId: '=user-{{ $json.missing }}' },
			},
		],
		[
			'Reference ID',
			{
				...{ resource: 'inquiry', operation: 'create' },
				inquiryTemplateId: { __rl: true, mode: 'id', value: 'itmpl_1' },
				autoCreateAccountReferenceId: '=user-{{ $json.missing }}',
			},
		],
		[
			'Account',
			{
				...{ resource: 'account', operation: 'previewErasure' },
				accountId: { __rl: true, mode: 'referenceId', value: '=user-{{ $json.missing }}' },
			},
		],
		[
			'Value',
			{
				...{ resource: 'listItem', operation: 'checkValue', value: '={{ `${$json.missing}` }}' },
				listId: { __rl: true, mode: 'id', value: 'lst_1' },
			},
		],
		[
			'Value',
			{
				...{ resource: 'inquiry', operation: 'search' },
				conditions: {
					condition: [
						{ attribute: 'status', operator: 'eq', value: 'approved' },
						{ attribute: 'reference_id', operator: 'eq', value: '=user-{{ $json.missing }}' },
					],
				},
			},
		],
		[
			'Start After',
			{
				...{ resource: 'inquiry', operation: 'getAll' },
				options: { startAfter: '=inq_{{ $json.missing }}' },
			},
		],
		[
			'Idempotency Key',
			{ ...upsert, referenceId: 'a', options: { idempotencyKey: '=order-{{ $json.missing }}' } },
		],
	])(
		'fails by its name if an expression in it found nothing: %s in %j',
		async (label, parameters) => {
			const { error } = await run(parameters);
			expect(error?.message).toContain(`'${label}' is incomplete`);
			expect(server.requests).toEqual([]);
		},
	);

	it.each(['user-', 'undefined', '=user-{{ 42 }}', '={{ "jane.null" }}', '={{ "Annull" }}'])(
		'is sent as it is written: %s',
		async (text) => {
			const { error } = await run({ ...upsert, referenceId: text });
			expect(error).toBeUndefined();
			expect(server.requests).toHaveLength(1);
		},
	);

	it('is empty in the preview of an erasure if it has only invisible marks', async () => {
		const accountId = { __rl: true, mode: 'referenceId', value: '\u200b' };
		const { error } = await run({ resource: 'account', operation: 'previewErasure', accountId });
		expect(error?.message).toBe("'Account' is empty");
		expect(server.requests).toEqual([]);
	});

	it.each(['undefined', 'null', 'NaN'])(
		'is no ID if an expression made it of nothing: %s',
		async (id) => {
			const accountId = { __rl: true, mode: 'id', value: id };
			const { error } = await run({ resource: 'account', operation: 'get', accountId });
			expect(error?.message).toBe("'Account' is not an ID");
			expect(server.requests).toEqual([]);
		},
	);

	it('is an ID without the invisible marks around it', async () => {
		const accountId = { __rl: true, mode: 'id', value: '\u200bact_1\ufeff ' };
		await run({ resource: 'account', operation: 'get', accountId });
		expect(server.requests).toMatchObject([{ path: '/accounts/act_1' }]);
	});
});

describe('a calculation without a result, and a date that does not exist', () => {
	it.each([
		['a calculation without a result', '={{ ({ score: Number("no") }) }}'],
		['a date that does not exist', '={{ ({ since: new Date("2025-02-30x") }) }}'],
		['a date that does not exist', '={{ ({ since: DateTime.fromISO("2025-02-30") }) }}'],
		['the error of a spreadsheet: #N/A', '{"city": " #N/A "}'],
	])(
		'is refused in the fields of an update, where JSON would remove what Persona has: %s in %s',
		async (what, fields) => {
			const { error } = await runNode({
				parameters: {
					...{ resource: 'account', operation: 'update' },
					accountId: { __rl: true, mode: 'id', value: 'act_1' },
					fields,
				},
				credentials: { baseUrl: 'http://127.0.0.1:9' },
			});
			expect(error?.message).toBe(`'Fields' contains ${what}`);
		},
	);
});
