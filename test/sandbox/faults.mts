import { type Sandbox, startSandbox } from '../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../support/apiClient.mts';

describe('faults of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const inquiries = () => sandbox.control.store.getCollection('inquiry').size;

	it('answers with a status as often as it was told, and then as always', async () => {
		const headers = { 'Retry-After': '7' };
		sandbox.control.addFault({ kind: 'status', status: 503, times: 2, headers });
		const first = await send(sandbox, 'GET', '/rate-limits');
		expect(first.status).toBe(503);
		expect(first.errors[0].title).toBe('Service unavailable');
		expect(first.headers.get('retry-after')).toBe('7');
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(503);
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});

	it('hits only the method and the whole path it was told', async () => {
		sandbox.control.addFault({ kind: 'status', method: 'POST', path: '/inquiries' });
		sandbox.control.seedInquiries(1);
		expect((await send(sandbox, 'GET', '/inquiries')).status).toBe(200);
		expect((await send(sandbox, 'POST', '/inquiries/search', {})).status).toBe(200);
		expect((await send(sandbox, 'POST', '/inquiries', buildInquiry())).status).toBe(500);
	});

	it('cuts the connection before the request is handled, or after', async () => {
		sandbox.control.addFault({ kind: 'reset' });
		await expect(send(sandbox, 'POST', '/inquiries', buildInquiry())).rejects.toThrow();
		expect(inquiries()).toBe(0);
		sandbox.control.addFault({ kind: 'resetAfter' });
		await expect(send(sandbox, 'POST', '/inquiries', buildInquiry())).rejects.toThrow();
		expect(inquiries()).toBe(1);
		expect(sandbox.control.requests.map(({ status }) => status)).toEqual([null, null]);
	});

	it('sends half of an answer', async () => {
		sandbox.control.seedInquiries(3);
		sandbox.control.addFault({ kind: 'truncate' });
		const response = await fetch(`${sandbox.apiUrl}/inquiries`, {
			headers: { Authorization: 'Bearer persona_sandbox_demo' },
		});
		expect(response.status).toBe(200);
		await expect(response.text()).rejects.toThrow();
	});

	it('stalls for as long as it was told and then handles the request', async () => {
		sandbox.control.addFault({ kind: 'stall', stallMs: 150 });
		const since = Date.now();
		expect((await send(sandbox, 'POST', '/inquiries', buildInquiry())).status).toBe(201);
		expect(Date.now() - since).toBeGreaterThanOrEqual(145);
	});

	it('lets a stalled request of the past do nothing after a reset', async () => {
		sandbox.control.addFault({ kind: 'stall' });
		const stalled = send(sandbox, 'POST', '/inquiries', buildInquiry()).catch(() => 'cut');
		await waitUntil(() => sandbox.control.requests.length > 0);
		sandbox.control.reset();
		expect(await stalled).toBe('cut');
		expect(inquiries()).toBe(0);
	});

	it('refuses everything during an outage', async () => {
		sandbox.control.setOutage(true);
		await expect(send(sandbox, 'GET', '/rate-limits')).rejects.toThrow();
		await expect(fetch(`${sandbox.url}/verify?code=x`)).rejects.toThrow();
		await expect(fetch(`${sandbox.filesUrl}/files/x`)).rejects.toThrow();
		sandbox.control.setOutage(false);
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});

	it('takes back the faults that have not happened', async () => {
		sandbox.control.addFault({ kind: 'status', times: 5 });
		sandbox.control.clearFaults();
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});
});
