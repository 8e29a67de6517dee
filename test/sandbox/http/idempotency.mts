import { type JsonObject, type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

describe('Idempotency-Key in the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			apiKeys: [
				'persona_sandbox_demo',
				'persona_production_demo',
				{ value: 'persona_sandbox_reader', permissions: ['inquiry.read'] },
			],
		});
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

	it.each([500, 502, 503, 504, 408, 409, 403, 404, 422])(
		'replays the status %i, so that retries with the key always fail',
		async (status) => {
			sandbox.control.addFault({ kind: 'status', status });
			const first = await createInquiry('a');
			expect(first.status).toBe(status);
			const second = await createInquiry('a');
			expect(second.text).toBe(first.text);
			expect(second.headers.get('request-id')).toBe(first.headers.get('request-id'));
			expect((await createInquiry('b')).status).toBe(201);
			expect(countInquiries()).toBe(1);
		},
	);

	it('replays the refusal of an object that was just changed', async () => {
		const { data } = await createInquiry('create');
		const approve = (key: string) =>
			send(sandbox, 'POST', `/inquiries/${data.id}/approve`, {}, { 'Idempotency-Key': key });
		sandbox.control.addFault({ kind: 'staleObject' });
		expect((await approve('a')).errors[0].title).toBe('Stale object error');
		expect((await approve('a')).status).toBe(409);
		expect((await approve('b')).data.attributes.status).toBe('approved');
	});

	it('replays a server error of a request that was carried out', async () => {
		sandbox.control.addFault({ kind: 'statusAfter' });
		expect((await createInquiry('a')).status).toBe(500);
		expect((await createInquiry('a')).status).toBe(500);
		expect(countInquiries()).toBe(1);
	});

	it('replays that a permission was missing', async () => {
		const authorization = { Authorization: 'Bearer persona_sandbox_reader' };
		const headers = { ...authorization, 'Idempotency-Key': 'a' };
		const create = () => send(sandbox, 'POST', '/inquiries', buildInquiry(), headers);
		expect((await create()).status).toBe(403);
		expect((await create()).status).toBe(403);
		expect(sandbox.control.requests[1].isReplay).toBe(true);
	});

	it('stores nothing of a proxy that answers in place of Persona', async () => {
		sandbox.control.addFault({ kind: 'proxy', status: 502 });
		expect((await createInquiry('a')).status).toBe(502);
		expect((await createInquiry('a')).status).toBe(201);
	});

	it('stores no response without a valid API key', async () => {
		const headers = { 'Idempotency-Key': 'a', Authorization: 'Bearer persona_sandbox_wrong' };
		const rejected = await send(sandbox, 'POST', '/inquiries', buildInquiry(), headers);
		expect(rejected.status).toBe(401);
		expect((await createInquiry('a')).status).toBe(201);
	});

	it('belongs to one environment', async () => {
		const first = await createInquiry('a');
		const authorization = { Authorization: 'Bearer persona_production_demo' };
		const headers = { ...authorization, 'Idempotency-Key': 'a' };
		const other = await send(sandbox, 'POST', '/inquiries', buildInquiry(), headers);
		expect(other.data.id).not.toBe(first.data.id);
	});

	it('makes no new API log when a response is replayed, and one for a first misuse', async () => {
		await createInquiry('a');
		await createInquiry('a');
		for (let count = 0; count < 2; count += 1) {
			await createInquiry('a', buildInquiry({ 'name-first': 'Jane' }));
		}
		const { list } = await send(sandbox, 'GET', '/api-logs');
		const statuses = list.map(({ attributes }) => (attributes.response as JsonObject).status);
		expect(statuses).toEqual([400, 201]);
	});

	it('is free again after 24 hours', async () => {
		const { data } = await createInquiry('a');
		const now = Date.now();
		const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 24 * 60 * 60 * 1000 - 60_000);
		expect((await createInquiry('a')).data.id).toBe(data.id);
		clock.mockReturnValue(now + 24 * 60 * 60 * 1000);
		expect((await createInquiry('a')).data.id).not.toBe(data.id);
		clock.mockRestore();
	});

	it('rejects a key that is reused with other parameters', async () => {
		await createInquiry('a');
		const other = await createInquiry('a', buildInquiry({ 'name-first': 'Jane' }));
		expect(other.status).toBe(400);
		expect(other.errors[0]).toMatchObject({
			title: 'Idempotency error',
			details: expect.stringContaining("Try using a key other than 'a'"),
		});
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
		sandbox.control.setQuota('create_inquiry', { maxRequests: 5, windowSeconds: 60 }, 5);
		expect((await createInquiry('a')).status).toBe(429);
		sandbox.control.setQuota('create_inquiry', { maxRequests: 5, windowSeconds: 60 });
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
