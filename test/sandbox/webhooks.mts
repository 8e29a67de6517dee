import { createHmac } from 'node:crypto';
import { type JsonObject, type Sandbox, startSandbox } from '../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../support/apiClient.mts';
import { type WebhookReceiver, startWebhookReceiver } from '../support/webhookReceiver.mts';

describe('webhooks of the sandbox', () => {
	let sandbox: Sandbox;
	let receiver: WebhookReceiver;

	beforeAll(async () => {
		sandbox = await startSandbox({
			webhookRetrySeconds: [0.05, 0.1],
			webhookTimeoutMs: 200,
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
	});
	afterAll(() => sandbox.close());
	beforeEach(async () => {
		receiver = await startWebhookReceiver();
		sandbox.control.reset();
	});
	afterEach(() => receiver.close());

	const register = async (more: JsonObject = {}, enable = true) => {
		const attributes = {
			name: 'test',
			url: receiver.url,
			'enabled-events': ['inquiry.created'],
			...more,
		};
		const { data } = await send(sandbox, 'POST', '/webhooks', { data: { attributes } });
		if (enable) await send(sandbox, 'POST', `/webhooks/${data.id}/enable`);
		return data;
	};
	const create = (fields: JsonObject = {}) =>
		send(sandbox, 'POST', '/inquiries', buildInquiry(fields, {}, { 'auto-create-account': false }));
	const payloads = () =>
		receiver.deliveries.map(
			({ body }) =>
				(JSON.parse(body) as { data: { id: string; attributes: JsonObject } }).data.attributes,
		);
	const quiet = () => new Promise((resolve) => setTimeout(resolve, 300));
	const setsOf = (header: unknown) =>
		String(header)
			.split(' ')
			.map((set) => /^t=(\d+),v1=([0-9a-f]{64})$/.exec(set)?.slice(1) ?? []);
	const digest = (secret: string, seconds: string, body: string) =>
		createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');

	it('hold events back and release them with the newest first', async () => {
		await register();
		sandbox.control.holdDeliveries();
		await create({ 'name-first': 'One' });
		await create({ 'name-first': 'Two' });
		await quiet();
		expect(receiver.deliveries).toHaveLength(0);
		sandbox.control.releaseDeliveries();
		await waitUntil(() => receiver.deliveries.length === 2);
		const times = payloads().map((attributes) => String(attributes['created-at']));
		expect([...times].sort()).toEqual([...times].reverse());
		await waitUntil(() => sandbox.control.deliveries.length === 2);
		expect(sandbox.control.deliveries.every(({ durationMs: ms }) => ms >= 0 && ms < 200)).toBe(
			true,
		);
	});

	it('are created disabled and receive nothing before they are enabled', async () => {
		const { attributes, id } = await register({}, false);
		expect(attributes.status).toBe('disabled');
		await create();
		await send(sandbox, 'POST', `/webhooks/${id}/enable`);
		await create();
		await waitUntil(() => receiver.deliveries.length > 0);
		await quiet();
		expect(receiver.deliveries).toHaveLength(1);
	});

	it('receive only the events they ask for, or all of them', async () => {
		await register({ 'enabled-events': ['*'] });
		await register({ 'enabled-events': ['inquiry.approved'] });
		const { data } = await create();
		await send(sandbox, 'POST', `/inquiries/${data.id}/approve`);
		await waitUntil(() => receiver.deliveries.length === 3);
		expect(
			payloads()
				.map(({ name }) => name)
				.sort(),
		).toEqual(['inquiry.approved', 'inquiry.approved', 'inquiry.created']);
	});

	it('sign the body as it is sent with the whole secret', async () => {
		const { attributes } = await register();
		await create({ 'name-first': 'Žofie' });
		await waitUntil(() => receiver.deliveries.length === 1);
		const [{ headers, body }] = receiver.deliveries;
		const [[seconds, signature]] = setsOf(headers['persona-signature']);
		expect(signature).toBe(digest(String(attributes.secret), seconds, body));
		expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(5);
		expect(headers['content-type']).toBe('application/json; charset=utf-8');
	});

	it('carry two signatures while a secret is rotated, the new one first', async () => {
		const { id, attributes } = await register();
		const rotate = `/webhooks/${id}/rotate-secret`;
		const rotated = await send(sandbox, 'POST', rotate, { meta: { 'expires-in-seconds': 1 } });
		const fresh = String(rotated.data.attributes.secret);
		expect(fresh).not.toBe(attributes.secret);
		expect(rotated.data.attributes.secrets).toHaveLength(2);
		await create();
		await waitUntil(() => receiver.deliveries.length === 1);
		const [{ headers, body }] = receiver.deliveries;
		const sets = setsOf(headers['persona-signature']);
		expect(sets.map(([, signature]) => signature)).toEqual(
			[fresh, String(attributes.secret)].map((secret) => digest(secret, sets[0][0], body)),
		);
		await new Promise((resolve) => setTimeout(resolve, 1000));
		expect(sandbox.control.getSecrets(id)).toEqual([fresh]);
		await create();
		await waitUntil(() => receiver.deliveries.length === 2);
		expect(setsOf(receiver.deliveries[1].headers['persona-signature'])).toHaveLength(1);
	});

	it('show their secrets when created, retrieved, cloned and rotated, and nowhere else', async () => {
		const { id } = await register();
		const path = `/webhooks/${id}`;
		const shown = async (method: string, to: string, body?: unknown) =>
			'secrets' in (await send(sandbox, method, to, body)).data.attributes;
		expect(await shown('GET', path)).toBe(true);
		expect(await shown('POST', `${path}/clone`)).toBe(true);
		expect(await shown('POST', `${path}/rotate-secret`)).toBe(true);
		expect(await shown('PATCH', path, { data: { attributes: { name: 'x' } } })).toBe(false);
		for (const verb of ['disable', 'enable', 'archive']) {
			expect(await shown('POST', `${path}/${verb}`)).toBe(false);
		}
		const { list } = await send(sandbox, 'GET', '/webhooks');
		expect(list.some(({ attributes }) => 'secrets' in attributes || 'secret' in attributes)).toBe(
			false,
		);
	});

	it('are tried again with the same event until one of the accepted statuses comes back', async () => {
		await register();
		receiver.statuses.push(500, 206, 204);
		await create();
		await waitUntil(() => receiver.deliveries.length === 3);
		await quiet();
		expect(receiver.deliveries).toHaveLength(3);
		const ids = receiver.deliveries.map(
			({ body }) => (JSON.parse(body) as { data: JsonObject }).data.id,
		);
		expect(new Set(ids).size).toBe(1);
		const header = (name: string) => receiver.deliveries.map(({ headers }) => headers[name]);
		expect(header('persona-webhook-attempts-made')).toEqual(['1', '2', '3']);
		expect(header('persona-webhook-attempts-left')).toEqual(['2', '1', '0']);
		expect(new Set(header('persona-webhook-first-attempted-at')).size).toBe(1);
		expect(sandbox.control.deliveries.map(({ status }) => status)).toEqual([500, 206, 204]);
	});

	it('give up after the last wait', async () => {
		await register();
		receiver.statuses.push(500, 500, 500, 500);
		await create();
		await waitUntil(() => receiver.deliveries.length === 3);
		await quiet();
		expect(receiver.deliveries).toHaveLength(3);
	});

	it('take silence for a failure', async () => {
		await register();
		receiver.statuses.push(0);
		await create();
		await waitUntil(() => sandbox.control.deliveries.length === 2);
		expect(sandbox.control.deliveries.map(({ status }) => status)).toEqual([null, 200]);
	});

	it('are not tried again once they are disabled', async () => {
		const { id } = await register();
		receiver.statuses.push(500);
		await create();
		await waitUntil(() => sandbox.control.deliveries.length === 1);
		await send(sandbox, 'POST', `/webhooks/${id}/disable`);
		await quiet();
		expect(receiver.deliveries).toHaveLength(1);
	});

	it('can be delivered again by hand, as a further attempt', async () => {
		const { id } = await register();
		await create();
		await waitUntil(() => sandbox.control.deliveries.length === 1);
		const [{ eventId }] = sandbox.control.deliveries;
		sandbox.control.redeliver(eventId, id);
		await waitUntil(() => sandbox.control.deliveries.length === 2);
		expect(sandbox.control.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2]);
		expect(sandbox.control.deliveries[1].eventId).toBe(eventId);
	});

	it('carry the object as the API shows it, in the casing of the webhook', async () => {
		await register({ 'api-key-inflection': 'camel' });
		const { data } = await create({ 'name-first': 'Jane' });
		await waitUntil(() => receiver.deliveries.length === 1);
		const [{ name, createdAt, payload }] = payloads();
		expect(name).toBe('inquiry.created');
		expect(typeof createdAt).toBe('string');
		const camel = { 'Key-Inflection': 'camel' };
		const shown = await send(sandbox, 'GET', `/inquiries/${data.id}`, undefined, camel);
		expect(payload).toEqual({ data: shown.data, included: [] });
	});

	it('include related objects only where the allowlist says so', async () => {
		const only = { 'event-type': 'inquiry.created', relationships: ['inquiry-template'] };
		await register({ 'included-allowlist': { state: 'custom', 'event-types': [only] } });
		await create();
		await waitUntil(() => receiver.deliveries.length === 1);
		const { included } = payloads()[0].payload as { included: { type: string }[] };
		expect(included.map(({ type }) => type)).toEqual(['inquiry-template']);
	});

	it('leave out blocked attributes, but never what is exempt', async () => {
		const list = [
			'name-*',
			'!nameLast',
			'/data/attributes/note?type=inquiry',
			'/data/attributes/tags?type=case',
		];
		await register({ 'api-attributes-blocklist': list });
		await create({ 'name-first': 'Jane', 'name-last': 'Doe' });
		await waitUntil(() => receiver.deliveries.length === 1);
		const { data } = payloads()[0].payload as { data: { attributes: JsonObject } };
		const fields = Object.keys(data.attributes.fields as JsonObject);
		expect(fields).toContain('name-last');
		expect(fields).not.toContain('name-first');
		expect(data.attributes).not.toHaveProperty('note');
		expect(data.attributes).toHaveProperty('tags');
	});

	it('skip events that the payload filter does not match', async () => {
		const names = (first: string) => ({
			attributes: { fields: { 'name-first': { value: first } } },
		});
		await register({ 'payload-filter': { data: { $or: [names('Jane'), names('June')] } } });
		await create({ 'name-first': 'John' });
		await create({ 'name-first': 'June' });
		await waitUntil(() => receiver.deliveries.length === 1);
		await quiet();
		expect(receiver.deliveries).toHaveLength(1);
		expect(receiver.deliveries[0].body).toContain('June');
	});

	it('send the headers that were configured', async () => {
		await register({ 'custom-http-headers': { 'X-API-Key': 'k' } });
		await create();
		await waitUntil(() => receiver.deliveries.length === 1);
		expect(receiver.deliveries[0].headers['x-api-key']).toBe('k');
	});

	it('stay archived', async () => {
		const { id } = await register();
		await send(sandbox, 'POST', `/webhooks/${id}/archive`);
		expect((await send(sandbox, 'POST', `/webhooks/${id}/enable`)).status).toBe(409);
		await create();
		await quiet();
		expect(receiver.deliveries).toHaveLength(0);
	});
});
