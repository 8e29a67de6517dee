import { type Sandbox, startSandbox } from '../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../support/apiClient.mts';

describe('limits of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			apiKeys: ['persona_sandbox_demo', 'persona_sandbox_other'],
			quota: { maxRequests: 1, windowSeconds: 60 },
		});
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	it('counts the requests of all keys together and refuses the first one too many', async () => {
		sandbox.control.setRateLimit({ maxRequests: 2, windowSeconds: 60 });
		const first = await send(sandbox, 'GET', '/rate-limits');
		expect(first.headers.get('ratelimit-limit')).toBe('2');
		expect(first.headers.get('ratelimit-remaining')).toBe('1');
		expect(first.headers.get('ratelimit-reset')).toBe('60');
		const other = { Authorization: 'Bearer persona_sandbox_other' };
		await send(sandbox, 'GET', '/rate-limits', undefined, other);
		const refused = await send(sandbox, 'GET', '/rate-limits');
		expect(refused.status).toBe(429);
		expect(refused.errors[0].title).toBe('Rate limit exceeded');
		expect(refused.headers.get('ratelimit-remaining')).toBe('0');
	});

	it('opens the window again after the seconds that the header says', async () => {
		sandbox.control.setRateLimit({ maxRequests: 1, windowSeconds: 1 });
		await send(sandbox, 'GET', '/rate-limits');
		const refused = await send(sandbox, 'GET', '/rate-limits');
		expect(refused.status).toBe(429);
		const seconds = Number(refused.headers.get('ratelimit-reset'));
		expect(seconds).toBe(1);
		await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});

	it('starts the window with the first request in it', async () => {
		sandbox.control.setRateLimit({ maxRequests: 5, windowSeconds: 2 });
		await new Promise((resolve) => setTimeout(resolve, 1100));
		const { headers } = await send(sandbox, 'GET', '/rate-limits');
		expect(headers.get('ratelimit-reset')).toBe('2');
	});

	it('does not count requests without a good key', async () => {
		sandbox.control.setRateLimit({ maxRequests: 1, windowSeconds: 60 });
		await send(sandbox, 'GET', '/rate-limits', undefined, { Authorization: 'Bearer nobody' });
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});

	it('keeps a quota for each product beside the rate limit', async () => {
		const created = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		expect(created.headers.get('quota-remaining')).toBe('0');
		const refused = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		expect(refused.status).toBe(429);
		expect(refused.errors[0].title).toBe('Quota exceeded');
		expect((await send(sandbox, 'POST', '/accounts', {})).status).toBe(201);
	});
});
