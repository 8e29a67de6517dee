import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

describe('Idempotency-Key in the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ quota: { maxRequests: 5, windowSeconds: 1 } });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createInquiry = (key: string, body: unknown = buildInquiry()) =>
		send(sandbox, 'POST', '/inquiries', body, { 'Idempotency-Key': key });
	const countInquiries = () => sandbox.control.store.getCollection('inquiry').size;

	it('replays the first response with its Request-Id, and creates nothing', async () => {
		const first = await createInquiry('a');
		const second = await createInquiry('a');
		expect(second.status).toBe(201);
		expect(second.text).toBe(first.text);
		expect(second.headers.get('request-id')).toBe(first.headers.get('request-id'));
		expect(countInquiries()).toBe(1);
		expect(sandbox.control.requests.map(({ isReplay }) => isReplay)).toEqual([false, true]);
	});

	it('creates two objects for two keys', async () => {
		await createInquiry('a');
		await createInquiry('b');
		expect(countInquiries()).toBe(2);
	});

	it('replays the response to a rejected request too', async () => {
		const invalid = { data: { attributes: {} } };
		const first = await createInquiry('a', invalid);
		expect(first.status).toBe(400);
		const second = await createInquiry('a', invalid);
		expect(second.text).toBe(first.text);
		expect(sandbox.control.requests[1].isReplay).toBe(true);
	});

	it('replays a stored server error, so that retries with the key always fail', async () => {
		sandbox.control.addFault({ kind: 'status', status: 500, stored: true });
		expect((await createInquiry('a')).status).toBe(500);
		expect((await createInquiry('a')).status).toBe(500);
		expect((await createInquiry('b')).status).toBe(201);
		expect(countInquiries()).toBe(1);
	});

	it('rejects a key that is reused with other parameters', async () => {
		await createInquiry('a');
		const other = await createInquiry('a', buildInquiry({ 'name-first': 'Jane' }));
		expect(other.status).toBe(400);
		expect(other.errors[0].details).toMatch(/different parameters/);
		expect(countInquiries()).toBe(1);
	});

	it('gives simultaneous requests with one key the same object', async () => {
		const replies = await Promise.all([createInquiry('a'), createInquiry('a'), createInquiry('a')]);
		expect(new Set(replies.map(({ data }) => data.id)).size).toBe(1);
		expect(countInquiries()).toBe(1);
	});

	it('does not store the response to a request over the rate limit', async () => {
		sandbox.control.setRateLimit({ maxRequests: 1, windowSeconds: 60 }, 1);
		expect((await createInquiry('a')).status).toBe(429);
		sandbox.control.setRateLimit({ maxRequests: 10, windowSeconds: 60 });
		expect((await createInquiry('a')).status).toBe(201);
	});

	it('does not store the response to a request over the quota', async () => {
		for (let count = 0; count < 5; count += 1) await createInquiry(`filler-${count}`);
		expect((await createInquiry('a')).status).toBe(429);
		await new Promise((resolve) => setTimeout(resolve, 1000));
		expect((await createInquiry('a')).status).toBe(201);
	});

	it('replays a response that was lost in transit', async () => {
		sandbox.control.addFault({ kind: 'resetAfter' });
		await expect(createInquiry('a')).rejects.toThrow();
		expect(countInquiries()).toBe(1);
		expect((await createInquiry('a')).status).toBe(201);
		expect(countInquiries()).toBe(1);
	});
});
