import { fixtures, type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { type ApiReply, buildInquiry, send } from '../../support/apiClient.mts';

const DEMO_KEY = 'persona_sandbox_demo';
const OTHER_KEY = 'persona_sandbox_other';

/** Expects a window of this length that has just been opened. */
function expectReset(headers: Headers, name: 'ratelimit' | 'quota', windowSeconds: number) {
	const seconds = Number(headers.get(`${name}-reset`));
	expect(seconds).toBeLessThanOrEqual(windowSeconds);
	expect(seconds).toBeGreaterThan(windowSeconds - 8);
}

describe('rate limits of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			apiKeys: [DEMO_KEY, OTHER_KEY, 'persona_production_demo'],
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

	describe('of a key of its own', () => {
		const callWith = (value: string) =>
			send(sandbox, 'GET', '/rate-limits', undefined, { Authorization: `Bearer ${value}` });
		const readHeaders = ({ headers }: ApiReply) =>
			['limit', 'remaining'].map((name) => headers.get(`ratelimit-${name}`));

		it('count beside that of the environment, and the headers show the nearer one', async () => {
			sandbox.control.setRateLimit({ maxRequests: 5, windowSeconds: 60 });
			sandbox.control.setKeyRateLimit(OTHER_KEY, { maxRequests: 3, windowSeconds: 30 });
			expect(readHeaders(await callWith(OTHER_KEY))).toEqual(['3', '2']);
			expect(readHeaders(await callWith(DEMO_KEY))).toEqual(['5', '3']);
			for (let count = 0; count < 2; count += 1) await callWith(DEMO_KEY);
			// Of the environment's 5, four are used; of the key's 3, one.
			expect(readHeaders(await callWith(OTHER_KEY))).toEqual(['5', '0']);
		});

		it('refuse on their own, and the headers show the limit that refused', async () => {
			sandbox.control.setRateLimit({ maxRequests: 100, windowSeconds: 60 });
			sandbox.control.setKeyRateLimit(OTHER_KEY, { maxRequests: 1, windowSeconds: 30 });
			await callWith(OTHER_KEY);
			const rejected = await callWith(OTHER_KEY);
			expect(rejected.status).toBe(429);
			expect(rejected.errors[0].details).toContain('1 requests / 30 s');
			expect(readHeaders(rejected)).toEqual(['1', '0']);
			expectReset(rejected.headers, 'ratelimit', 30);
			expect(readHeaders(await callWith(DEMO_KEY))).toEqual(['100', '97']);
		});

		it('do not refuse where only the environment does', async () => {
			sandbox.control.setRateLimit({ maxRequests: 1, windowSeconds: 60 }, 1);
			sandbox.control.setKeyRateLimit(OTHER_KEY, { maxRequests: 1, windowSeconds: 30 });
			const rejected = await callWith(OTHER_KEY);
			expect(rejected.status).toBe(429);
			expectReset(rejected.headers, 'ratelimit', 60);
		});
	});

	it('are separate for each environment', async () => {
		sandbox.control.setRateLimit({ maxRequests: 1, windowSeconds: 60 });
		await send(sandbox, 'GET', '/rate-limits');
		const production = { Authorization: 'Bearer persona_production_demo' };
		const { status } = await send(sandbox, 'GET', '/rate-limits', undefined, production);
		expect(status).toBe(200);
	});

	it('leave the window of a quota alone, and the quota theirs', async () => {
		sandbox.control.setRateLimit({ maxRequests: 100, windowSeconds: 60 });
		sandbox.control.setQuota('create_inquiry', { maxRequests: 1, windowSeconds: 20 });
		const created = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		expectReset(created.headers, 'quota', 20);
		expect((await send(sandbox, 'GET', '/events')).headers.get('quota-limit')).toBeNull();
		const rejected = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		expect(rejected.errors[0].details).toContain('create_inquiry quota limit of 1 requests');
		const { headers } = rejected;
		expectReset(headers, 'quota', 20);
		expectReset(headers, 'ratelimit', 60);
		expect(headers.get('ratelimit-remaining')).toBe('97');
		expect((await send(sandbox, 'GET', '/events')).status).toBe(200);
	});

	it('count a repeated request against the quota too', async () => {
		const headers = { 'Idempotency-Key': 'a' };
		await send(sandbox, 'POST', '/inquiries', buildInquiry(), headers);
		expect((await send(sandbox, 'POST', '/inquiries', buildInquiry(), headers)).status).toBe(429);
	});

	it('have separate quotas for each product', async () => {
		const created = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		expect(created.headers.get('quota-remaining')).toBe('0');
		const rejected = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		expect(rejected.status).toBe(429);
		expect(rejected.errors[0].title).toBe('Quota exceeded');
		const template = { 'case-template-id': fixtures.caseTemplate };
		const other = await send(sandbox, 'POST', '/cases', { data: { attributes: template } });
		expect(other.status).toBe(201);
	});
});
