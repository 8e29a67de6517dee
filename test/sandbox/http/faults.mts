import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../../support/apiClient.mts';

describe('faults of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const countInquiries = () => sandbox.control.store.getCollection('inquiry').size;

	it('respond with a status as many times as requested, then normally', async () => {
		const headers = { 'Retry-After': '7' };
		sandbox.control.addFault({ kind: 'status', status: 503, times: 2, headers });
		const first = await send(sandbox, 'GET', '/rate-limits');
		expect(first.status).toBe(503);
		expect(first.errors[0].title).toBe('Service unavailable');
		expect(first.headers.get('retry-after')).toBe('7');
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(503);
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});

	it("are Persona's own responses: with its headers, and counted", async () => {
		sandbox.control.addFault({ kind: 'status', status: 503 });
		const { headers } = await send(sandbox, 'GET', '/rate-limits');
		expect(headers.get('request-id')).toMatch(/^req_/);
		expect(headers.get('ratelimit-remaining')).toBe('299');
	});

	it('have the page of a proxy in front of Persona, which sees nothing', async () => {
		sandbox.control.addFault({ kind: 'proxy', status: 503, retryAfter: 7 });
		const { status, headers, text } = await send(sandbox, 'GET', '/rate-limits');
		expect([status, headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
		expect(text).toContain('<h1>503</h1>');
		expect(headers.get('retry-after')).toBe('7');
		expect(headers.get('request-id')).toBeNull();
		const next = await send(sandbox, 'GET', '/rate-limits');
		expect(next.headers.get('ratelimit-remaining')).toBe('299');
	});

	it('can be a page with the status of a success', async () => {
		sandbox.control.addFault({ kind: 'proxy', status: 200, body: '<html>Sign in</html>' });
		const { status, text } = await send(sandbox, 'GET', '/rate-limits');
		expect([status, text]).toEqual([200, '<html>Sign in</html>']);
	});

	it.each([429, 503])(
		'say with status %i when to return, in seconds or as a date',
		async (status) => {
			const at = '2030-01-02T03:04:05.000Z';
			sandbox.control.addFault({ kind: 'status', status, retryAfter: 7 });
			sandbox.control.addFault({ kind: 'status', status, retryAfter: at });
			const replies = [];
			for (let count = 0; count < 2; count += 1) {
				replies.push(await send(sandbox, 'GET', '/rate-limits'));
			}
			expect(replies.map((reply) => [reply.status, reply.headers.get('retry-after')])).toEqual([
				[status, '7'],
				[status, 'Wed, 02 Jan 2030 03:04:05 GMT'],
			]);
		},
	);

	it('can be a used-up quota, which has a window of its own', async () => {
		sandbox.control.addFault({ kind: 'quota', method: 'POST', resetSeconds: 40 });
		const { status, errors, headers } = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		expect([status, errors[0].title]).toEqual([429, 'Quota exceeded']);
		expect(headers.get('quota-remaining')).toBe('0');
		expect(headers.get('quota-reset')).toBe('40');
		expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(50);
		expect(headers.get('ratelimit-remaining')).toBe('299');
		expect((await send(sandbox, 'POST', '/inquiries', buildInquiry())).status).toBe(201);
	});

	it('can be an object that was just changed', async () => {
		const [id] = sandbox.control.seedInquiries(1);
		sandbox.control.addFault({ kind: 'staleObject' });
		const path = `/inquiries/${id}`;
		const body = { data: { attributes: { note: 'x' } } };
		const { status, errors } = await send(sandbox, 'PATCH', path, body);
		expect([status, errors]).toEqual([
			409,
			[
				{
					title: 'Stale object error',
					details: 'Attempted to update a record that was just modified. Please try again.',
				},
			],
		]);
		expect((await send(sandbox, 'PATCH', path, body)).data.attributes.note).toBe('x');
	});

	it('can respond once the request has been handled', async () => {
		sandbox.control.addFault({ kind: 'statusAfter', status: 504 });
		expect((await send(sandbox, 'POST', '/inquiries', buildInquiry())).status).toBe(504);
		expect(countInquiries()).toBe(1);
	});

	it('affect the given method and the whole path only', async () => {
		sandbox.control.addFault({ kind: 'status', method: 'POST', path: '/inquiries' });
		sandbox.control.seedInquiries(1);
		expect((await send(sandbox, 'GET', '/inquiries')).status).toBe(200);
		expect((await send(sandbox, 'POST', '/inquiries/search', {})).status).toBe(200);
		expect((await send(sandbox, 'POST', '/inquiries', buildInquiry())).status).toBe(500);
	});

	it('cut the connection before or after the request is handled', async () => {
		sandbox.control.addFault({ kind: 'reset' });
		await expect(send(sandbox, 'POST', '/inquiries', buildInquiry())).rejects.toThrow();
		expect(countInquiries()).toBe(0);
		sandbox.control.addFault({ kind: 'resetAfter' });
		await expect(send(sandbox, 'POST', '/inquiries', buildInquiry())).rejects.toThrow();
		expect(countInquiries()).toBe(1);
		expect(sandbox.control.requests.map(({ status }) => status)).toEqual([null, null]);
	});

	it('truncate a response to half', async () => {
		sandbox.control.seedInquiries(3);
		sandbox.control.addFault({ kind: 'truncate' });
		const response = await fetch(`${sandbox.apiUrl}/inquiries`, {
			headers: { Authorization: 'Bearer persona_sandbox_demo' },
		});
		expect(response.status).toBe(200);
		await expect(response.text()).rejects.toThrow();
	});

	it('stall for the given time before the request is handled', async () => {
		sandbox.control.addFault({ kind: 'stall', stallMs: 150 });
		const since = Date.now();
		expect((await send(sandbox, 'POST', '/inquiries', buildInquiry())).status).toBe(201);
		expect(Date.now() - since).toBeGreaterThanOrEqual(145);
	});

	it('never handle a stalled request after a reset', async () => {
		sandbox.control.addFault({ kind: 'stall' });
		const stalled = send(sandbox, 'POST', '/inquiries', buildInquiry()).catch(() => 'cut');
		await waitUntil(() => sandbox.control.requests.length > 0);
		sandbox.control.reset();
		expect(await stalled).toBe('cut');
		expect(countInquiries()).toBe(0);
	});

	it('cut every connection during an outage', async () => {
		sandbox.control.setOutage(true);
		await expect(send(sandbox, 'GET', '/rate-limits')).rejects.toThrow();
		await expect(fetch(`${sandbox.url}/verify?code=x`)).rejects.toThrow();
		await expect(fetch(`${sandbox.filesUrl}/files/x`)).rejects.toThrow();
		sandbox.control.setOutage(false);
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});

	it('can be cleared before they happen', async () => {
		sandbox.control.addFault({ kind: 'status', times: 5 });
		sandbox.control.clearFaults();
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});
});
