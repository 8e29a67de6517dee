import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

describe('logs of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ apiKeys: ['persona_sandbox_demo', 'persona_production_demo'] });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const production = { Authorization: 'Bearer persona_production_demo' };

	it('contain the requests, without the key', async () => {
		const created = await send(
			sandbox,
			'POST',
			'/inquiries',
			buildInquiry({ 'name-first': 'Jane' }),
		);
		const path = `/api-logs/${created.headers.get('request-id')}`;
		const { data, text } = await send(sandbox, 'GET', path);
		expect(data).toMatchObject({
			type: 'api-log',
			attributes: {
				request: {
					method: 'POST',
					path: '/api/v1/inquiries',
					headers: { Authorization: 'Bearer [FILTERED]' },
					'post-params': buildInquiry({ 'name-first': 'Jane' }),
				},
				response: { status: 201, headers: { 'Request-Id': data.id, 'RateLimit-Limit': 300 } },
			},
		});
		expect(text).not.toContain('persona_sandbox_demo');
	});

	it('list the newest request first, without those that have no valid key', async () => {
		await send(sandbox, 'GET', '/accounts?filter[reference-id]=user-42');
		await send(sandbox, 'GET', '/nowhere');
		await send(sandbox, 'GET', '/reports', undefined, { Authorization: 'Bearer wrong' });
		const { list } = await send(sandbox, 'GET', '/api-logs');
		expect(list.map(({ attributes }) => attributes)).toMatchObject([
			{ request: { path: '/api/v1/nowhere' }, response: { status: 404 } },
			{
				request: {
					path: '/api/v1/accounts',
					'get-params': { filter: { 'reference-id': 'user-42' } },
				},
				response: { status: 200 },
			},
		]);
	});

	it('show a production key what a user did outside the API', async () => {
		await fetch(`${sandbox.url}/sandbox/outage`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: '{"on":false}',
		});
		const { list } = await send(sandbox, 'GET', '/user-audit-logs', undefined, production);
		expect(list.map(({ attributes }) => attributes.path)).toEqual([
			'/sandbox/outage',
			'/api/internal/dashboard/v1/sessions',
		]);
		const path = `/user-audit-logs/${list[0].id}?include=user`;
		const { data, included } = await send(sandbox, 'GET', path, undefined, production);
		expect(data.attributes['post-params']).toEqual({ on: false });
		expect(included.map(({ type }) => type)).toEqual(['user']);
	});

	it('deny a sandbox key the user audit logs', async () => {
		const rejected = await send(sandbox, 'GET', '/user-audit-logs');
		expect(rejected.status).toBe(401);
	});
});
