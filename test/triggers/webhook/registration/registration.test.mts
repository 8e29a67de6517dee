import { NODE_NAME } from '../../../support/workflow.mts';
import {
	getApiRequests,
	getActiveWebhooks,
	createWebhookTriggerHarness,
} from '../sandboxHarness.mts';

const here = createWebhookTriggerHarness();

describe('create', () => {
	it('registers an enabled webhook and stores nothing but its ID', async () => {
		const trigger = await here.listener({
			parameters: {
				otherEvents: ' report/screening.reviewed ,inquiry.approved,',
				options: { attributeBlocklist: 'name-last, birthdate', fileLinkLifetime: 24 },
			},
		});
		await trigger.activate();
		const [webhook, ...others] = getActiveWebhooks(here);
		expect(others).toEqual([]);
		expect(webhook.attributes).toMatchObject({
			name: expect.stringMatching(/^n8n: Onboarding \(wf1, [0-9a-f]{12}\)$/) as string,
			url: trigger.url,
			status: 'enabled',
			'enabled-events': ['inquiry.approved', 'inquiry.completed', 'report/screening.reviewed'],
			'api-version': '2025-12-08',
			'api-key-inflection': 'kebab',
			'included-allowlist': { state: 'include_none' },
			'api-attributes-blocklist': ['name-last', 'birthdate'],
			'file-access-token-expires-in': 86_400,
		});
		expect(trigger.storedData).toEqual({ webhookId: webhook.id });
		expect(JSON.stringify(trigger.staticData)).not.toContain('wbhsec_');
	});

	it('asks for every event with a single name', async () => {
		const trigger = await here.listener({ parameters: { events: ['a.b', '*'] } });
		await trigger.activate();
		expect(getActiveWebhooks(here)[0].attributes['enabled-events']).toEqual(['*']);
	});

	it('names the webhook of a test and leaves that of production alone', async () => {
		const production = await here.listener();
		await production.activate();
		const test = await here.listener({ test: true });
		await test.activate();
		expect(
			getActiveWebhooks(here)
				.map(({ attributes }) => String(attributes.name).split(',')[0])
				.sort(),
		).toEqual(['n8n test: Onboarding (wf1', 'n8n: Onboarding (wf1']);
		await test.delete();
		expect(getActiveWebhooks(here).map(({ id }) => id)).toEqual([production.staticData.webhookId]);
	});

	it('takes over the webhook that delivers here already, and archives what is too many', async () => {
		const trigger = await here.listener();
		await trigger.activate();
		const [webhook] = getActiveWebhooks(here);
		here.sandbox.control.store.add({
			...webhook,
			id: 'wbh_second',
			attributes: { ...webhook.attributes },
		});
		delete trigger.staticData.webhookId;
		trigger.setParameters({ events: ['inquiry.declined'] });
		await trigger.activate();
		const [kept, ...others] = getActiveWebhooks(here);
		expect(others).toEqual([]);
		expect([webhook.id, 'wbh_second']).toContain(kept.id);
		expect(trigger.staticData.webhookId).toBe(kept.id);
		expect(kept.attributes).toMatchObject({
			status: 'enabled',
			'enabled-events': ['inquiry.declined'],
		});
	});

	it('takes over its webhook although the address of n8n and the names have changed since', async () => {
		const before = await here.listener({ publicUrl: 'https://old.example.com' });
		await before.activate();
		const [webhook] = getActiveWebhooks(here);
		const after = await here.listener({ workflow: { name: 'Onboarding, second draft' } });
		await after.activate();
		const [kept, ...others] = getActiveWebhooks(here);
		expect(others).toEqual([]);
		expect(kept.id).toBe(webhook.id);
		expect(kept.attributes).toMatchObject({ url: after.url, status: 'enabled' });
		expect(kept.attributes.name).toContain('second draft');
	});

	it('keeps the webhook with its address rather than one with its name', async () => {
		await (await here.listener({ publicUrl: 'https://old.example.com' })).activate();
		const [old] = getActiveWebhooks(here);
		const trigger = await here.listener();
		here.sandbox.control.store.add({
			...old,
			id: 'wbh_here',
			attributes: { ...old.attributes, name: 'Renamed in Persona', url: trigger.url },
		});
		await trigger.activate();
		expect(getActiveWebhooks(here).map(({ id }) => id)).toEqual(['wbh_here']);
	});

	it('tries again later where one of too many cannot be archived', async () => {
		await (await here.listener({ publicUrl: 'https://a.example.com' })).activate();
		const [old] = getActiveWebhooks(here);
		here.sandbox.control.store.add({ ...old, id: 'wbh_second', attributes: { ...old.attributes } });
		const trigger = await here.listener();
		const path = '/webhooks/.+/archive';
		here.sandbox.control.addFault({ method: 'POST', path, kind: 'status', status: 403 });
		await expect(trigger.activate()).rejects.toThrow('webhook.write');
		await trigger.activate();
		expect(getActiveWebhooks(here)).toHaveLength(1);
	});

	it('piles up no webhooks of tests that were never ended', async () => {
		for (const publicUrl of [undefined, 'https://a.example.com', 'https://b.example.com']) {
			await (await here.listener({ test: true, publicUrl })).activate();
		}
		expect(getActiveWebhooks(here)).toHaveLength(1);
	});

	it.each([
		['another workflow of the same name', { workflow: { id: 'wf2' } }],
		['another trigger in the same workflow', { webhookId: '0f9d1f52-6c0e-4a3f-8b38-6a0a5c1d2e3f' }],
		['a test of the same node', { test: true }],
	])('leaves the webhook of %s alone', async (_, options) => {
		const other = await here.listener({ publicUrl: 'https://a.example.com', ...options });
		await other.activate();
		const trigger = await here.listener({ publicUrl: 'https://b.example.com' });
		await trigger.activate();
		expect(getActiveWebhooks(here)).toHaveLength(2);
		expect(trigger.staticData.webhookId).not.toBe(other.staticData.webhookId);
	});

	it('leaves webhooks alone whose names only resemble its own', async () => {
		const trigger = await here.listener({ publicUrl: 'https://a.example.com' });
		await trigger.activate();
		const [webhook] = getActiveWebhooks(here);
		const name = String(webhook.attributes.name);
		const others = ['n8n: Onboarding (wf1)', name.slice(1), `${name} `, `Copy of ${name}`];
		for (const [index, other] of others.entries()) {
			const attributes = { ...webhook.attributes, name: other, url: 'https://b.example.com' };
			here.sandbox.control.store.add({ ...webhook, id: `wbh_other${index}`, attributes });
		}
		delete trigger.staticData.webhookId;
		await trigger.activate();
		expect(getActiveWebhooks(here)).toHaveLength(1 + others.length);
	});

	it('finds its webhook on whatever page it stands', async () => {
		const trigger = await here.listener();
		await trigger.activate();
		const [webhook] = getActiveWebhooks(here);
		for (let count = 0; count < 150; count++) {
			const attributes = { ...webhook.attributes, url: `https://example.com/${count}` };
			here.sandbox.control.store.add({ ...webhook, id: `wbh_other${count}`, attributes });
		}
		delete trigger.staticData.webhookId;
		await trigger.activate();
		expect(trigger.staticData.webhookId).toBe(webhook.id);
		expect(getApiRequests(here).filter((request) => request === 'GET /webhooks')).toHaveLength(3);
	});

	it('archives what it made when it cannot be enabled', async () => {
		const trigger = await here.listener();
		here.sandbox.control.addFault({
			method: 'POST',
			path: '/webhooks/.+/enable',
			kind: 'status',
			status: 403,
		});
		await expect(trigger.activate()).rejects.toThrow('webhook.write');
		expect(getActiveWebhooks(here)).toEqual([]);
		expect(trigger.storedData).toEqual({});
		await trigger.delete();
		await trigger.activate();
		expect(getActiveWebhooks(here)).toHaveLength(1);
	});

	it('makes one webhook although the answer to the request is lost', async () => {
		const trigger = await here.listener();
		here.sandbox.control.addFault({ method: 'POST', path: '/webhooks', kind: 'resetAfter' });
		await trigger.activate();
		expect(getActiveWebhooks(here)).toHaveLength(1);
		expect(getActiveWebhooks(here)[0].attributes.status).toBe('enabled');
	});

	it.each([
		[401, "Check 'API Key' in the credential"],
		[403, 'the key has the permission webhook.write'],
	])('says in the headline what to do about status %i', async (status, advice) => {
		const trigger = await here.listener();
		here.sandbox.control.addFault({ method: 'POST', kind: 'status', status });
		await expect(trigger.activate()).rejects.toThrow(advice);
	});

	it('shows what Persona says about a webhook that it does not take', async () => {
		const trigger = await here.listener();
		const errors = [
			{
				title: 'Record invalid',
				details: 'limit of webhooks reached',
				source: { pointer: '/data/attributes/enabled-events' },
			},
		];
		here.sandbox.control.addFault({
			method: 'POST',
			kind: 'status',
			status: 422,
			body: { errors },
		});
		await expect(trigger.activate()).rejects.toThrow("'Trigger On': limit of webhooks reached");
	});

	it('asks for at least one event', async () => {
		const trigger = await here.listener({ parameters: { events: [] } });
		await expect(trigger.activate()).rejects.toThrow("'Trigger On'");
		expect(getApiRequests(here)).toEqual([]);
	});

	it('refuses an address that Persona cannot reach', async () => {
		const publicUrl = 'http://localhost:5678';
		const trigger = await here.listener({
			baseUrl: 'https://api.withpersona.com/api/v1',
			publicUrl,
		});
		await expect(trigger.activate()).rejects.toThrow(
			/^Persona cannot reach this n8n at localhost\. .*N8N_WEBHOOK_URL/,
		);
		const inside = await here.listener({ publicUrl: 'http://10.0.0.7:5678' });
		await expect(inside.activate()).rejects.toThrow('10.0.0.7');
		expect(getApiRequests(here)).toEqual([]);
	});
});

describe('checkExists', () => {
	it('is true for a webhook that stands as the parameters ask for', async () => {
		const trigger = await here.listener();
		expect(await trigger.checkExists()).toBe(false);
		await trigger.create();
		expect(await trigger.checkExists()).toBe(true);
		trigger.setParameters({ events: ['inquiry.completed', 'inquiry.approved'] });
		expect(await trigger.checkExists()).toBe(true);
	});

	it.each([
		['events', { events: ['inquiry.approved'] }],
		['included objects', { options: { includeRelated: true } }],
		['blocklist', { options: { attributeBlocklist: 'name-*' } }],
		['lifetime of file links', { options: { fileLinkLifetime: 1 } }],
	])(
		'is false when its %s changed, and create changes the webhook in place',
		async (_, parameters) => {
			const trigger = await here.listener();
			await trigger.activate();
			const { webhookId } = trigger.staticData;
			trigger.setParameters(parameters);
			expect(await trigger.checkExists()).toBe(false);
			await trigger.create();
			expect(await trigger.checkExists()).toBe(true);
			expect(getActiveWebhooks(here).map(({ id }) => id)).toEqual([webhookId]);
		},
	);

	it.each([
		['url', 'https://elsewhere.example.com'],
		['status', 'disabled'],
		['api-version', '2023-01-05'],
		['api-key-inflection', 'camel'],
	])('is false when the %s is another in Persona, and create mends it', async (name, value) => {
		const trigger = await here.listener();
		await trigger.activate();
		const [webhook] = getActiveWebhooks(here);
		const right = webhook.attributes[name];
		webhook.attributes[name] = value;
		expect(await trigger.checkExists()).toBe(false);
		await trigger.create();
		expect(getActiveWebhooks(here)).toHaveLength(1);
		expect(getActiveWebhooks(here)[0].attributes[name]).toBe(right);
	});

	it('forgets a webhook that is gone or archived, and create makes another', async () => {
		const trigger = await here.listener();
		await trigger.activate();
		const { webhookId } = trigger.staticData;
		getActiveWebhooks(here)[0].attributes.status = 'archived';
		expect(await trigger.checkExists()).toBe(false);
		expect(trigger.storedData).toEqual({});
		await trigger.activate();
		expect(trigger.staticData.webhookId).not.toBe(webhookId);
		here.sandbox.control.reset();
		expect(await trigger.checkExists()).toBe(false);
		expect(trigger.storedData).toEqual({});
	});

	it('throws when it cannot know, and forgets nothing', async () => {
		const trigger = await here.listener();
		await trigger.activate();
		here.sandbox.control.addFault({ kind: 'status', status: 403 });
		await expect(trigger.checkExists()).rejects.toThrow('webhook.read');
		expect(trigger.staticData).toHaveProperty('webhookId');
	});
});

describe('delete', () => {
	it('archives the webhook and forgets it', async () => {
		const trigger = await here.listener();
		await trigger.activate();
		expect(await trigger.delete()).toBe(true);
		expect(getActiveWebhooks(here)).toEqual([]);
		expect(trigger.storedData).toEqual({ off: expect.any(Number) as number });
	});

	it('is done when there is no webhook, or it is gone or archived already', async () => {
		const trigger = await here.listener();
		expect(await trigger.delete()).toBe(true);
		expect(getApiRequests(here)).toEqual([]);
		await trigger.activate();
		getActiveWebhooks(here)[0].attributes.status = 'archived';
		expect(await trigger.delete()).toBe(true);
		expect(trigger.storedData).toEqual({ off: expect.any(Number) as number });
		await trigger.activate();
		here.sandbox.control.reset();
		expect(await trigger.delete()).toBe(true);
		expect(trigger.storedData).toEqual({ off: expect.any(Number) as number });
	});

	it('writes to the log which webhook stays behind when Persona refuses, and takes it over later', async () => {
		const trigger = await here.listener();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		await trigger.activate();
		const { webhookId } = trigger.staticData;
		here.sandbox.control.addFault({ kind: 'status', status: 403 });
		expect(await trigger.delete()).toBe(true);
		expect(warn.mock.calls[0][0]).toContain(
			`Webhook ${String(webhookId)} could not be archived in Persona`,
		);
		expect(trigger.storedData).toEqual({ webhookId });
		await trigger.activate();
		expect(getActiveWebhooks(here).map(({ id }) => id)).toEqual([webhookId]);
		warn.mockRestore();
	});

	it('forgets what an import has brought along of another node', async () => {
		const original = await here.listener();
		await original.activate();
		const copy = await here.listener({
			workflow: { id: 'wf2' },
			staticData: { [`node:${NODE_NAME}`]: { ...original.staticData } },
		});
		await copy.activate();
		expect(getActiveWebhooks(here)).toHaveLength(2);
		await copy.delete();
		expect(getActiveWebhooks(here).map(({ id }) => id)).toEqual([original.staticData.webhookId]);
	});

	it('leaves exactly one webhook when the node is published again with other parameters', async () => {
		const trigger = await here.listener();
		await trigger.activate();
		await trigger.republish({ events: ['account.created'] });
		await trigger.republish({ events: ['account.created', 'case.created'] });
		const [webhook, ...others] = getActiveWebhooks(here);
		expect(others).toEqual([]);
		expect(webhook.attributes['enabled-events']).toEqual(['account.created', 'case.created']);
		expect(trigger.storedData).toEqual({ webhookId: webhook.id });
	});
});
