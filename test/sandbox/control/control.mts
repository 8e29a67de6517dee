import { type JsonObject, type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../../support/apiClient.mts';
import { type WebhookReceiver, startWebhookReceiver } from '../../support/webhookReceiver.mts';

describe('control of the sandbox over HTTP', () => {
	let sandbox: Sandbox;
	let receiver: WebhookReceiver;

	beforeAll(async () => {
		sandbox = await startSandbox({ inquiryCount: 3 });
		receiver = await startWebhookReceiver();
	});
	afterAll(async () => {
		await sandbox.close();
		await receiver.close();
	});

	const callControl = async (path: string, body?: unknown, method = 'POST') => {
		const response = await fetch(`${sandbox.url}/sandbox/${path}`, {
			method,
			headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		expect(response.status).toBe(200);
		return (await response.json()) as JsonObject;
	};

	it('lists the requests, with their bodies as sent', async () => {
		await callControl('reset');
		const sent = buildInquiry({}, {}, { autoCreateAccount: false });
		await send(sandbox, 'POST', '/inquiries', sent, { 'Idempotency-Key': 'k' });
		const [request] = (await callControl('requests', undefined, 'GET')) as unknown as JsonObject[];
		expect(request).toMatchObject({
			method: 'POST',
			path: '/api/v1/inquiries',
			body: sent,
			status: 201,
			idempotencyKey: 'k',
		});
	});

	it('returns to the seeded inquiries on reset', async () => {
		await send(sandbox, 'POST', '/inquiries', buildInquiry());
		await callControl('reset');
		expect((await send(sandbox, 'GET', '/inquiries')).list).toHaveLength(3);
		expect(sandbox.control.requests).toHaveLength(1);
	});

	it('starts and ends faults, outages and rate limits', async () => {
		await callControl('faults', { kind: 'status', status: 502, times: 3 });
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(502);
		await callControl('faults', undefined, 'DELETE');
		await callControl('outage', { on: true });
		await expect(send(sandbox, 'GET', '/rate-limits')).rejects.toThrow();
		await callControl('outage', { on: false });
		await callControl('rate-limit', { maxRequests: 7, windowSeconds: 60, used: 6 });
		const { headers } = await send(sandbox, 'GET', '/rate-limits');
		expect(headers.get('ratelimit-remaining')).toBe('0');
		await callControl('reset');
	});

	it('seeds inquiries over a time range, in the order of their creation', async () => {
		const { ids } = await callControl('seed', {
			count: 3,
			statuses: ['approved', 'declined'],
			minutesToFinish: [2, 4],
			from: '2025-01-01T00:00:00.000Z',
			to: '2025-01-03T00:00:00.000Z',
		});
		const { list } = await send(
			sandbox,
			'GET',
			'/inquiries?filter[created-at-end]=2025-12-31T00:00:00Z',
		);
		expect(list.map(({ id }) => id)).toEqual((ids as string[]).reverse());
		expect(list.map(({ attributes }) => attributes['created-at'])).toEqual([
			'2025-01-03T00:00:00.000Z',
			'2025-01-02T00:00:00.000Z',
			'2025-01-01T00:00:00.000Z',
		]);
		const { 'started-at': started, 'completed-at': ended } = list[1].attributes;
		expect(Date.parse(String(ended)) - Date.parse(String(started))).toBe(4 * 60_000);
	});

	it('emits and redelivers events, and rotates secrets', async () => {
		const attributes = { name: 'x', url: receiver.url, 'enabled-events': ['*'] };
		const { data } = await send(sandbox, 'POST', '/webhooks', { data: { attributes } });
		await send(sandbox, 'POST', `/webhooks/${data.id}/enable`);
		const [inquiry] = sandbox.control.seedInquiries(1);
		const { eventId } = await callControl('emit', { name: 'inquiry.completed', objectId: inquiry });
		await waitUntil(() => sandbox.control.deliveries.length === 1);
		await callControl(`events/${String(eventId)}/redeliver`);
		await waitUntil(() => sandbox.control.deliveries.length === 2);
		const deliveries = (await callControl(
			'deliveries',
			undefined,
			'GET',
		)) as unknown as JsonObject[];
		expect(deliveries.map((each) => each.eventId)).toEqual([eventId, eventId]);
		const { secret } = await callControl(`webhooks/${data.id}/rotate`, { expiresInSeconds: 60 });
		expect(sandbox.control.getSecrets(data.id)).toEqual([secret, data.attributes.secret]);
	});

	it('sets quotas, the limit of a key, and what lists show of their items', async () => {
		const limit = { maxRequests: 1, windowSeconds: 60 };
		await callControl('quota', { product: 'create_inquiry', ...limit, used: 1 });
		const refused = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		expect(refused.errors[0].title).toBe('Quota exceeded');
		await callControl('list-items', { shown: 'none' });
		const list = { data: { attributes: { name: 'Blocked' } } };
		const { id } = (await send(sandbox, 'POST', '/list/strings', list)).data;
		const item = { data: { attributes: { 'list-id': id, value: 'x' } } };
		await send(sandbox, 'POST', '/list-item/strings', item);
		const { data } = await send(sandbox, 'GET', `/lists/${id}`);
		expect(data.relationships?.['list-items'].data).toEqual([]);
		await callControl('key-rate-limit', { apiKey: 'persona_sandbox_demo', ...limit, used: 1 });
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(429);
		await callControl('reset');
		expect((await send(sandbox, 'GET', '/rate-limits')).status).toBe(200);
	});

	it('has an overview page', async () => {
		const response = await fetch(`${sandbox.url}/sandbox`);
		expect(response.headers.get('content-type')).toContain('text/html');
		expect(await response.text()).toContain('People to try');
	});
});
