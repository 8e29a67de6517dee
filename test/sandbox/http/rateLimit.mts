import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

describe('rate limits of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			apiKeys: ['persona_sandbox_demo', 'persona_sandbox_other'],
			quota: { maxRequests: 1, windowSeconds: 60 },
		});
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	it('count the requests of all keys together and reject the first one over the limit', async () => {
		sandbox.control.setRateLimit({ maxRequests: 2, windowSeconds: 60 });
		const first = await send(sandbox, 'GET', '/rate-limits');
		expect(first.headers.get('ratelimit-limit')).toBe('2');
		expect(first.headers.get('ratelimit-remaining')).toBe('1');
		expect(first.headers.get('ratelimit-reset')).toBe('60');
		const other = { Authorization: 'Bearer persona_sandbox_other' };
		await send(sandbox, 'GET', '/rate-limits', undefined, other);
		const rejected = await send(sandbox, 'GET', '/rate-limits');
		expect(rejected.status).toBe(429);
		expect(rejected.errors[0].title).toBe('Rate limit exceeded');
		expect(rejected.headers.get('ratelimit-remaining')).toBe('0');
	});

	it('reset after the seconds in the header', async () => {
		sandbox.control.setRateLimit({ maxRequests: 1, windowSeconds: 1 });
		await send(sandbox, 'GET', '/rate-limits');
		const rejected = await send(sandbox, 'GET', '/rate-limits');
		expect(rejected.status).toBe(429);
		const seconds = Number(rejected.headers.get('ratelimit-reset'));
		expect(seconds).toBe(1);
		await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});

	it('open their window with its first request', async () => {
		sandbox.control.setRateLimit({ maxRequests: 5, windowSeconds: 2 });
		await new Promise((resolve) => setTimeout(resolve, 1100));
		const { headers } = await send(sandbox, 'GET', '/rate-limits');
		expect(headers.get('ratelimit-reset')).toBe('2');
	});

	it('do not count requests without a valid key', async () => {
		sandbox.control.setRateLimit({ maxRequests: 1, windowSeconds: 60 });
		await send(sandbox, 'GET', '/rate-limits', undefined, { Authorization: 'Bearer nobody' });
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});

	it('have separate quotas for each product', async () => {
		const created = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		expect(created.headers.get('quota-remaining')).toBe('0');
		const rejected = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		expect(rejected.status).toBe(429);
		expect(rejected.errors[0].title).toBe('Quota exceeded');
		expect((await send(sandbox, 'POST', '/accounts', {})).status).toBe(201);
	});
});
