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
