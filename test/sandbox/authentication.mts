import { type Sandbox, startSandbox } from '../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../support/apiClient.mts';

describe('authentication of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			apiKeys: [
				'persona_sandbox_demo',
				'persona_production_demo',
				{ value: 'persona_sandbox_reader', permissions: ['inquiry.read'] },
				{ value: 'persona_sandbox_trusted', allowTemplates: true },
			],
		});
	});
	afterAll(() => sandbox.close());

	const as = (key: string) => ({ Authorization: `Bearer ${key}` });

	it('tells a stranger nothing but a title', async () => {
		const unknown = await send(
			sandbox,
			'GET',
			'/rate-limits',
			undefined,
			as('persona_sandbox_wrong'),
		);
		expect(unknown.status).toBe(401);
		expect(unknown.errors).toEqual([{ title: 'Token is invalid' }]);
		const missing = await send(sandbox, 'GET', '/rate-limits', undefined, { Authorization: '' });
		expect(missing.errors).toEqual([{ title: 'Must be authenticated to access this endpoint' }]);
		expect(missing.headers.get('ratelimit-limit')).toBeNull();
		expect(missing.headers.get('request-id')).toBeNull();
	});

	it('names the permission that a genuine key lacks', async () => {
		const reader = as('persona_sandbox_reader');
		expect((await send(sandbox, 'GET', '/inquiries', undefined, reader)).status).toBe(200);
		const refused = await send(sandbox, 'POST', '/inquiries', buildInquiry(), reader);
		expect(refused.status).toBe(403);
		expect(refused.errors[0]).toMatchObject({
			title: 'Forbidden',
			details: expect.stringContaining('inquiry.write'),
		});
	});

	it('shows inquiry templates to production keys and to trusted ones only', async () => {
		const path = '/inquiry-templates';
		expect((await send(sandbox, 'GET', path)).status).toBe(403);
		for (const key of ['persona_production_demo', 'persona_sandbox_trusted']) {
			const { list } = await send(sandbox, 'GET', path, undefined, as(key));
			expect(list.map(({ id }) => id)).toContain('itmpl_SandboxIdAndSelfie');
		}
	});

	it('gives every admitted request an ID of its own and names its environment', async () => {
		const [a, b] = [await send(sandbox, 'GET', '/events'), await send(sandbox, 'GET', '/nowhere')];
		expect(a.headers.get('request-id')).toMatch(/^req_/);
		expect(b.status).toBe(404);
		expect(b.headers.get('request-id')).toMatch(/^req_/);
		expect(b.headers.get('request-id')).not.toBe(a.headers.get('request-id'));
		expect(a.headers.get('persona-environment-id')).toMatch(/^env_/);
		expect(a.headers.get('persona-organization-id')).toMatch(/^org_/);
	});
});
