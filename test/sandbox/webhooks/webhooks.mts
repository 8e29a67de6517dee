import { createHmac } from 'node:crypto';
import { type JsonObject, type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../../support/apiClient.mts';
import { type WebhookReceiver, startWebhookReceiver } from '../../support/webhookReceiver.mts';

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

	const registerWebhook = async (more: JsonObject = {}, enable = true) => {
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
	const createInquiry = (fields: JsonObject = {}) =>
		send(sandbox, 'POST', '/inquiries', buildInquiry(fields, {}, { 'auto-create-account': false }));
	const getPayloads = () =>
		receiver.deliveries.map(
			({ body }) =>
				(JSON.parse(body) as { data: { id: string; attributes: JsonObject } }).data.attributes,
		);
	const waitForSilence = () => new Promise((resolve) => setTimeout(resolve, 300));
	const parseSignatures = (header: unknown) =>
		String(header)
			.split(' ')
			.map((set) => /^t=(\d+),v1=([0-9a-f]{64})$/.exec(set)?.slice(1) ?? []);
	const computeDigest = (secret: string, seconds: string, body: string) =>
		createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');

	it('hold back events and release them newest first', async () => {
		await registerWebhook();
		sandbox.control.holdDeliveries();
		await createInquiry({ 'name-first': 'One' });
		await createInquiry({ 'name-first': 'Two' });
		await waitForSilence();
		expect(receiver.deliveries).toHaveLength(0);
		sandbox.control.releaseDeliveries();
		await waitUntil(() => receiver.deliveries.length === 2);
		const times = getPayloads().map((attributes) => String(attributes['created-at']));
		expect([...times].sort()).toEqual([...times].reverse());
		await waitUntil(() => sandbox.control.deliveries.length === 2);
		expect(
			sandbox.control.deliveries.every(({ durationMs }) => durationMs >= 0 && durationMs < 200),
		).toBe(true);
	});

	it('are created disabled and receive nothing until they are enabled', async () => {
		const { attributes, id } = await registerWebhook({}, false);
		expect(attributes.status).toBe('disabled');
		await createInquiry();
		await send(sandbox, 'POST', `/webhooks/${id}/enable`);
		await createInquiry();
		await waitUntil(() => receiver.deliveries.length > 0);
		await waitForSilence();
		expect(receiver.deliveries).toHaveLength(1);
	});

	it('receive the events they are subscribed to, or all of them', async () => {
		await registerWebhook({ 'enabled-events': ['*'] });
		await registerWebhook({ 'enabled-events': ['inquiry.approved'] });
		const { data } = await createInquiry();
		await send(sandbox, 'POST', `/inquiries/${data.id}/approve`);
		await waitUntil(() => receiver.deliveries.length === 3);
		expect(
			getPayloads()
				.map(({ name }) => name)
				.sort(),
		).toEqual(['inquiry.approved', 'inquiry.approved', 'inquiry.created']);
	});

	it('sign the raw body with the whole secret', async () => {
		const { attributes } = await registerWebhook();
		await createInquiry({ 'name-first': 'Žofie' });
		await waitUntil(() => receiver.deliveries.length === 1);
		const [{ headers, body }] = receiver.deliveries;
		const [[seconds, signature]] = parseSignatures(headers['persona-signature']);
		expect(signature).toBe(computeDigest(String(attributes.secret), seconds, body));
		expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(5);
		expect(headers['content-type']).toBe('application/json; charset=utf-8');
	});

	it('have two signatures while a secret is rotated, the new one first', async () => {
		const { id, attributes } = await registerWebhook();
		const rotate = `/webhooks/${id}/rotate-secret`;
		const rotated = await send(sandbox, 'POST', rotate, { meta: { 'expires-in-seconds': 1 } });
		const newSecret = String(rotated.data.attributes.secret);
		expect(newSecret).not.toBe(attributes.secret);
		expect(rotated.data.attributes.secrets).toHaveLength(2);
		await createInquiry();
		await waitUntil(() => receiver.deliveries.length === 1);
		const [{ headers, body }] = receiver.deliveries;
		const sets = parseSignatures(headers['persona-signature']);
		expect(sets.map(([, signature]) => signature)).toEqual(
			[newSecret, String(attributes.secret)].map((secret) =>
				computeDigest(secret, sets[0][0], body),
			),
		);
		await new Promise((resolve) => setTimeout(resolve, 1000));
		expect(sandbox.control.getSecrets(id)).toEqual([newSecret]);
		await createInquiry();
		await waitUntil(() => receiver.deliveries.length === 2);
		expect(parseSignatures(receiver.deliveries[1].headers['persona-signature'])).toHaveLength(1);
	});

	it('show their secrets when created, retrieved, cloned and rotated only', async () => {
		const { id } = await registerWebhook();
		const path = `/webhooks/${id}`;
		const hasSecrets = async (method: string, to: string, body?: unknown) =>
			'secrets' in (await send(sandbox, method, to, body)).data.attributes;
		expect(await hasSecrets('GET', path)).toBe(true);
		expect(await hasSecrets('POST', `${path}/clone`)).toBe(true);
		expect(await hasSecrets('POST', `${path}/rotate-secret`)).toBe(true);
		expect(await hasSecrets('PATCH', path, { data: { attributes: { name: 'x' } } })).toBe(false);
		for (const verb of ['disable', 'enable', 'archive']) {
			expect(await hasSecrets('POST', `${path}/${verb}`)).toBe(false);
		}
		const { list } = await send(sandbox, 'GET', '/webhooks');
		expect(list.some(({ attributes }) => 'secrets' in attributes || 'secret' in attributes)).toBe(
			false,
		);
	});

	it('retry an event until the response has an accepted status', async () => {
		await registerWebhook();
		receiver.statuses.push(500, 206, 204);
		await createInquiry();
		await waitUntil(() => receiver.deliveries.length === 3);
		await waitForSilence();
		expect(receiver.deliveries).toHaveLength(3);
		const ids = receiver.deliveries.map(
			({ body }) => (JSON.parse(body) as { data: JsonObject }).data.id,
		);
		expect(new Set(ids).size).toBe(1);
		const getHeaders = (name: string) => receiver.deliveries.map(({ headers }) => headers[name]);
		expect(getHeaders('persona-webhook-attempts-made')).toEqual(['1', '2', '3']);
		expect(getHeaders('persona-webhook-attempts-left')).toEqual(['2', '1', '0']);
		expect(new Set(getHeaders('persona-webhook-first-attempted-at')).size).toBe(1);
		expect(sandbox.control.deliveries.map(({ status }) => status)).toEqual([500, 206, 204]);
	});

	it('stop after the last retry', async () => {
		await registerWebhook();
		receiver.statuses.push(500, 500, 500, 500);
		await createInquiry();
		await waitUntil(() => receiver.deliveries.length === 3);
		await waitForSilence();
		expect(receiver.deliveries).toHaveLength(3);
	});

	it('retry after a timeout', async () => {
		await registerWebhook();
		receiver.statuses.push(0);
		await createInquiry();
		await waitUntil(() => sandbox.control.deliveries.length === 2);
		expect(sandbox.control.deliveries.map(({ status }) => status)).toEqual([null, 200]);
	});

	it('do not retry once they are disabled', async () => {
		const { id } = await registerWebhook();
		receiver.statuses.push(500);
		await createInquiry();
		await waitUntil(() => sandbox.control.deliveries.length === 1);
		await send(sandbox, 'POST', `/webhooks/${id}/disable`);
		await waitForSilence();
		expect(receiver.deliveries).toHaveLength(1);
	});

	it('can be redelivered manually, as another attempt', async () => {
		const { id } = await registerWebhook();
		await createInquiry();
		await waitUntil(() => sandbox.control.deliveries.length === 1);
		const [{ eventId }] = sandbox.control.deliveries;
		sandbox.control.redeliver(eventId, id);
		await waitUntil(() => sandbox.control.deliveries.length === 2);
		expect(sandbox.control.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2]);
		expect(sandbox.control.deliveries[1].eventId).toBe(eventId);
	});

	it('contain the object as the API shows it, in the casing of the webhook', async () => {
		await registerWebhook({ 'api-key-inflection': 'camel' });
		const { data } = await createInquiry({ 'name-first': 'Jane' });
		await waitUntil(() => receiver.deliveries.length === 1);
		const [{ name, createdAt, payload }] = getPayloads();
		expect(name).toBe('inquiry.created');
		expect(typeof createdAt).toBe('string');
		const camel = { 'Key-Inflection': 'camel' };
		const shown = await send(sandbox, 'GET', `/inquiries/${data.id}`, undefined, camel);
		// In Persona's examples, only responses have empty objects for a missing reviewer and template.
		const missing = { reviewer: { data: null }, template: { data: null } };
		const relationships = { ...shown.data.relationships, ...missing };
		expect(payload).toEqual({ data: { ...shown.data, relationships }, included: [] });
	});

	it('include related objects by the allowlist only', async () => {
		const only = { 'event-type': 'inquiry.created', relationships: ['inquiry-template'] };
		await registerWebhook({ 'included-allowlist': { state: 'custom', 'event-types': [only] } });
		await createInquiry();
		await waitUntil(() => receiver.deliveries.length === 1);
		const { included } = getPayloads()[0].payload as { included: { type: string }[] };
		expect(included.map(({ type }) => type)).toEqual(['inquiry-template']);
	});

	it.each([
		['without events that the webhook does not receive', ['inquiry-template'], 'custom'],
		['as all, where all of every event are named', ['*'], 'include_all'],
	])('save which related objects to include %s', async (_, relationships, state) => {
		const names = ['inquiry.created', 'inquiry.approved'];
		const types = names.map((name) => ({ 'event-type': name, relationships }));
		const { attributes } = await registerWebhook({
			'included-allowlist': { state: 'custom', 'event-types': types },
		});
		const saved = state === 'custom' ? { state, 'event-types': types.slice(0, 1) } : { state };
		expect(attributes['included-allowlist']).toEqual(saved);
	});

	it('omit blocked attributes, except exempted ones', async () => {
		const list = [
			'name-*',
			'!nameLast',
			'/data/attributes/note?type=inquiry',
			'/data/attributes/tags?type=case',
		];
		await registerWebhook({ 'api-attributes-blocklist': list });
		await createInquiry({ 'name-first': 'Jane', 'name-last': 'Doe' });
		await waitUntil(() => receiver.deliveries.length === 1);
		const { data } = getPayloads()[0].payload as { data: { attributes: JsonObject } };
		const fields = Object.keys(data.attributes.fields as JsonObject);
		expect(fields).toContain('name-last');
		expect(fields).not.toContain('name-first');
		expect(data.attributes).not.toHaveProperty('note');
		expect(data.attributes).toHaveProperty('tags');
	});

	it('skip events that the payload filter does not match', async () => {
		const buildNameFilter = (first: string) => ({
			attributes: { fields: { 'name-first': { value: first } } },
		});
		await registerWebhook({
			'payload-filter': { data: { $or: [buildNameFilter('Jane'), buildNameFilter('June')] } },
		});
		await createInquiry({ 'name-first': 'John' });
		await createInquiry({ 'name-first': 'June' });
		await waitUntil(() => receiver.deliveries.length === 1);
		await waitForSilence();
		expect(receiver.deliveries).toHaveLength(1);
		expect(receiver.deliveries[0].body).toContain('June');
	});

	describe('have their deliveries searched', () => {
		const immediate = { searchLagSeconds: 0, webhookRetrySeconds: [0.05] };
		let searched: Sandbox;

		beforeAll(async () => {
			searched = await startSandbox(immediate);
		});
		afterAll(() => searched.close());

		const search = async (attribute: string, value: string, page = {}) =>
			await send(searched, 'POST', '/webhook-events/search', {
				query: { attribute, operator: 'eq', value },
				page,
			});

		it('by status, webhook, event, event name, related object and own ID, with the last result', async () => {
			const attributes = { name: 'n', url: receiver.url, 'enabled-events': ['inquiry.created'] };
			const { data } = await send(searched, 'POST', '/webhooks', { data: { attributes } });
			await send(searched, 'POST', `/webhooks/${data.id}/enable`);
			receiver.statuses.push(500, 200, 500, 500, 500);
			const first = await send(searched, 'POST', '/inquiries', buildInquiry());
			await waitUntil(() => receiver.deliveries.length === 2);
			await send(searched, 'POST', '/inquiries', buildInquiry());
			await waitUntil(() => searched.control.deliveries.length === 4);
			const { list: completed } = await search('status', 'completed');
			expect(completed.map(({ attributes: found }) => found)).toMatchObject([
				{ 'result-code': 200, 'attempts-made': 2, 'webhook-id': data.id },
			]);
			const { list: failed } = await search('status', 'failed');
			expect(failed.map(({ attributes: found }) => found['result-code'])).toEqual([500]);
			const [{ id, attributes: found }] = completed;
			for (const [attribute, value] of [
				['event_id', found['event-id']],
				['related_object_ids', first.data.id],
				['webhook_event_id', id],
			]) {
				const { list } = await search(String(attribute), String(value));
				expect(list.map((one) => one.id)).toEqual([id]);
			}
			for (const [attribute, value] of [
				['event_name', 'inquiry.created'],
				['webhook_id', data.id],
			]) {
				expect((await search(attribute, String(value))).list).toHaveLength(2);
			}
			const { links } = await search('event_name', 'inquiry.created', { size: 1 });
			const after = new URL(String(links.next), 'http://persona').searchParams.get('page[after]');
			expect(after).not.toContain('wbhe_');
			const second = await search('event_name', 'inquiry.created', { size: 1, after });
			expect(second.list.map((one) => one.id)).toEqual([id]);
			const built = await search('event_name', 'inquiry.created', { after: id });
			expect(built.status).toBe(400);
		});

		it('by nothing else, and in no other order', async () => {
			for (const body of [
				{ query: { attribute: 'created_at', operator: 'eq', value: '2026-01-01' } },
				{ query: { and: [{ attribute: 'status', operator: 'gt', value: 'failed' }] } },
				{ sort: { attribute: 'status', direction: 'asc' } },
			]) {
				expect((await send(searched, 'POST', '/webhook-events/search', body)).status).toBe(400);
			}
		});
	});

	it('send the configured headers', async () => {
		await registerWebhook({ 'custom-http-headers': { 'X-API-Key': 'k' } });
		await createInquiry();
		await waitUntil(() => receiver.deliveries.length === 1);
		expect(receiver.deliveries[0].headers['x-api-key']).toBe('k');
	});

	it('stay archived', async () => {
		const { id } = await registerWebhook();
		await send(sandbox, 'POST', `/webhooks/${id}/archive`);
		expect((await send(sandbox, 'POST', `/webhooks/${id}/enable`)).status).toBe(409);
		await createInquiry();
		await waitForSilence();
		expect(receiver.deliveries).toHaveLength(0);
	});
});
