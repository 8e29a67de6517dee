import type { INodeParameters } from 'n8n-workflow';
import { startRequestRecorder, type RequestRecorder } from '../support/requestRecorder.mts';
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
		[
			'Reference ID',
			{
				...{ resource: 'inquiry', operation: 'getAll' },
				filters: { referenceId: '=user-{{ $json.missing }}' },
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

	it.each(['user-', 'undefined', '=user-{{ 42 }}'])(
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
});
