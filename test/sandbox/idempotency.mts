import { type Sandbox, startSandbox } from '../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../support/apiClient.mts';

describe('Idempotency-Key in the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ quota: { maxRequests: 5, windowSeconds: 1 } });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const create = (key: string, body: unknown = buildInquiry()) =>
		send(sandbox, 'POST', '/inquiries', body, { 'Idempotency-Key': key });
	const inquiries = () => sandbox.control.store.getCollection('inquiry').size;

	it('gives the first answer again, with its Request-Id, and creates nothing new', async () => {
		const first = await create('a');
		const second = await create('a');
		expect(second.status).toBe(201);
		expect(second.text).toBe(first.text);
		expect(second.headers.get('request-id')).toBe(first.headers.get('request-id'));
		expect(inquiries()).toBe(1);
		expect(sandbox.control.requests.map(({ isReplay }) => isReplay)).toEqual([false, true]);
	});

	it('creates two objects for two keys', async () => {
		await create('a');
		await create('b');
		expect(inquiries()).toBe(2);
	});

	it('remembers a refused request too', async () => {
		const wrong = { data: { attributes: {} } };
		const first = await create('a', wrong);
		expect(first.status).toBe(400);
		const second = await create('a', wrong);
		expect(second.text).toBe(first.text);
		expect(sandbox.control.requests[1].isReplay).toBe(true);
	});

	it('remembers a stored failure of the server, so that its retry fails for ever', async () => {
		sandbox.control.addFault({ kind: 'status', status: 500, stored: true });
		expect((await create('a')).status).toBe(500);
		expect((await create('a')).status).toBe(500);
		expect((await create('b')).status).toBe(201);
		expect(inquiries()).toBe(1);
	});

	it('refuses a key that comes back with other parameters', async () => {
		await create('a');
		const other = await create('a', buildInquiry({ 'name-first': 'Jane' }));
		expect(other.status).toBe(400);
		expect(other.errors[0].details).toMatch(/different parameters/);
		expect(inquiries()).toBe(1);
	});

	it('gives simultaneous requests with one key the same object', async () => {
		const replies = await Promise.all([create('a'), create('a'), create('a')]);
		expect(new Set(replies.map(({ data }) => data.id)).size).toBe(1);
		expect(inquiries()).toBe(1);
	});

	it('does not remember a request that was over the limit', async () => {
		sandbox.control.setRateLimit({ maxRequests: 1, windowSeconds: 60 }, 1);
		expect((await create('a')).status).toBe(429);
		sandbox.control.setRateLimit({ maxRequests: 10, windowSeconds: 60 });
		expect((await create('a')).status).toBe(201);
	});

	it('does not remember a request that was over the quota', async () => {
		for (let count = 0; count < 5; count += 1) await create(`filler-${count}`);
		expect((await create('a')).status).toBe(429);
		await new Promise((resolve) => setTimeout(resolve, 1000));
		expect((await create('a')).status).toBe(201);
	});

	it('finds the object again after the answer was lost on its way', async () => {
		sandbox.control.addFault({ kind: 'resetAfter' });
		await expect(create('a')).rejects.toThrow();
		expect(inquiries()).toBe(1);
		expect((await create('a')).status).toBe(201);
		expect(inquiries()).toBe(1);
	});
});
