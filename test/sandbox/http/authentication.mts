import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

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

	const authorizeWith = (key: string) => ({ Authorization: `Bearer ${key}` });

	it('responds to an invalid key with nothing but a title', async () => {
		const unknown = await send(
			sandbox,
			'GET',
			'/rate-limits',
			undefined,
			authorizeWith('persona_sandbox_wrong'),
		);
		expect(unknown.status).toBe(401);
		expect(unknown.errors).toEqual([{ title: 'Token is invalid' }]);
		const missing = await send(sandbox, 'GET', '/rate-limits', undefined, { Authorization: '' });
		expect(missing.errors).toEqual([{ title: 'Must be authenticated to access this endpoint' }]);
		expect(missing.headers.get('ratelimit-limit')).toBeNull();
		expect(missing.headers.get('request-id')).toBeNull();
	});

	it('names the permission that a valid key lacks', async () => {
		const reader = authorizeWith('persona_sandbox_reader');
		expect((await send(sandbox, 'GET', '/inquiries', undefined, reader)).status).toBe(200);
		const rejected = await send(sandbox, 'POST', '/inquiries', buildInquiry(), reader);
		expect(rejected.status).toBe(403);
		expect(rejected.errors[0]).toMatchObject({
			title: 'Forbidden',
			details: expect.stringContaining('inquiry.write'),
		});
	});

	it('shows inquiry templates to production keys and trusted keys only', async () => {
		const path = '/inquiry-templates';
		const rejected = await send(sandbox, 'GET', path);
		expect([rejected.status, rejected.errors]).toEqual([
			401,
			[{ title: 'Must be authenticated to access this endpoint' }],
		]);
		expect(rejected.headers.get('request-id')).toBeNull();
		expect((await send(sandbox, 'GET', '/user-audit-logs')).status).toBe(401);
		for (const key of ['persona_production_demo', 'persona_sandbox_trusted']) {
			const { list } = await send(sandbox, 'GET', path, undefined, authorizeWith(key));
			expect(list.map(({ id }) => id)).toContain('itmpl_SandboxIdAndSelfie');
		}
	});

	it('gives every authenticated request its own ID and names its environment', async () => {
		const [a, b] = [await send(sandbox, 'GET', '/events'), await send(sandbox, 'GET', '/nowhere')];
		expect(a.headers.get('request-id')).toMatch(/^req_/);
		expect(b.status).toBe(404);
		expect(b.headers.get('request-id')).toMatch(/^req_/);
		expect(b.headers.get('request-id')).not.toBe(a.headers.get('request-id'));
		expect(a.headers.get('persona-environment-id')).toMatch(/^env_/);
		expect(a.headers.get('persona-organization-id')).toMatch(/^org_/);
	});
});
