import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { NODE_NAME } from '../../../support/workflow.mts';
import {
	getApiRequests,
	getActiveWebhooks,
	createWebhookTriggerHarness,
	type TestWebhookTrigger,
	type WebhookTriggerOptions,
} from '../webhookTriggerHarness.mts';

const harness = createWebhookTriggerHarness();

describe('register', () => {
	it('registers an enabled webhook and stores only its ID', async () => {
		const trigger = await harness.startTrigger({
			parameters: {
				moreEvents: ['account.archived'],
				otherEvents: ' report/screening.reviewed ,inquiry.approved,',
				options: { attributeBlocklist: 'name-last, birthdate', fileLinkLifetime: 24 },
			},
		});
		await trigger.activate();
		const [webhook, ...others] = getActiveWebhooks(harness);
		expect(others).toEqual([]);
		expect(webhook.attributes).toMatchObject({
			name: expect.stringMatching(/^n8n: Onboarding \(wf1, [0-9a-f]{12}\)$/) as string,
			url: trigger.url,
			status: 'enabled',
			'enabled-events': [
				...['inquiry.approved', 'inquiry.completed', 'account.archived'],
				'report/screening.reviewed',
			],
			'api-version': '2025-12-08',
			'api-key-inflection': 'kebab',
			'included-allowlist': { state: 'include_none' },
			'api-attributes-blocklist': ['name-last', 'birthdate'],
			'file-access-token-expires-in': 86_400,
		});
		expect(trigger.storedData).toEqual({ webhookId: webhook.id });
		expect(JSON.stringify(trigger.staticData)).not.toContain('wbhsec_');
	});

	it('subscribes to all events with the wildcard alone', async () => {
		const trigger = await harness.startTrigger({ parameters: { events: ['a.b', '*'] } });
		await trigger.activate();
		expect(getActiveWebhooks(harness)[0].attributes['enabled-events']).toEqual(['*']);
	});

	it('gives the webhook of a test its own name and does not touch the production webhook', async () => {
		const production = await harness.startTrigger();
		await production.activate();
		const test = await harness.startTrigger({ isTest: true });
		await test.activate();
		expect(
			getActiveWebhooks(harness)
				.map(({ attributes }) => String(attributes.name).split(',')[0])
				.sort(),
		).toEqual(['n8n test: Onboarding (wf1', 'n8n: Onboarding (wf1']);
		await test.delete();
		expect(getActiveWebhooks(harness).map(({ id }) => id)).toEqual([
			production.staticData.webhookId,
		]);
	});

	it('adopts a webhook that already delivers to its URL and archives duplicates', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		const [webhook] = getActiveWebhooks(harness);
		harness.sandbox.control.store.add({
			...webhook,
			id: 'wbh_second',
			attributes: { ...webhook.attributes },
		});
		delete trigger.staticData.webhookId;
		trigger.setParameters({ events: ['inquiry.declined'] });
		await trigger.activate();
		const [kept, ...others] = getActiveWebhooks(harness);
		expect(others).toEqual([]);
		expect([webhook.id, 'wbh_second']).toContain(kept.id);
		expect(trigger.staticData.webhookId).toBe(kept.id);
		expect(kept.attributes).toMatchObject({
			status: 'enabled',
			'enabled-events': ['inquiry.declined'],
		});
	});

	it('adopts its webhook after the workflow has been renamed, however Persona spells its URL', async () => {
		const before = await harness.startTrigger();
		await before.activate();
		const [webhook] = getActiveWebhooks(harness);
		webhook.attributes.url = `${before.url.replace('http:', 'HTTP:')}/`;
		delete before.staticData.webhookId;
		await before.activate();
		const [kept, ...others] = getActiveWebhooks(harness);
		expect(others).toEqual([]);
		expect(kept).toMatchObject({ id: webhook.id, attributes: { url: before.url } });
	});

	it('adopts the webhook with its URL, whatever its name is', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		const [webhook] = getActiveWebhooks(harness);
		delete trigger.staticData.webhookId;
		webhook.attributes.name = 'Renamed in Persona';
		await trigger.activate();
		expect(getActiveWebhooks(harness).map(({ id }) => id)).toEqual([webhook.id]);
	});

	it('fails when a duplicate cannot be archived, and archives it with the next attempt', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		const [old] = getActiveWebhooks(harness);
		harness.sandbox.control.store.add({
			...old,
			id: 'wbh_second',
			attributes: { ...old.attributes },
		});
		delete trigger.staticData.webhookId;
		const path = '/webhooks/.+/archive';
		harness.sandbox.control.addFault({ method: 'POST', path, kind: 'status', status: 403 });
		await expect(trigger.activate()).rejects.toThrow('webhook.write');
		await trigger.activate();
		expect(getActiveWebhooks(harness)).toHaveLength(1);
	});

	it('does not accumulate webhooks of tests that were never stopped', async () => {
		const publicUrl = 'https://n8n.example.com';
		for (let count = 0; count < 3; count++) {
			await (await harness.startTrigger({ isTest: true, publicUrl })).activate();
		}
		expect(getActiveWebhooks(harness)).toHaveLength(1);
	});

	it.each([
		['another workflow of the same name', { workflow: { id: 'wf2' } }],
		['another trigger in the same workflow', { webhookId: '0f9d1f52-6c0e-4a3f-8b38-6a0a5c1d2e3f' }],
		['a test of the same node', { isTest: true }],
	])('does not touch the webhook of %s', async (_, options) => {
		const other = await harness.startTrigger({ publicUrl: 'https://a.example.com', ...options });
		await other.activate();
		const trigger = await harness.startTrigger({ publicUrl: 'https://b.example.com' });
		await trigger.activate();
		expect(getActiveWebhooks(harness)).toHaveLength(2);
		expect(trigger.staticData.webhookId).not.toBe(other.staticData.webhookId);
	});

	it('does not touch webhooks whose names only resemble its own', async () => {
		const trigger = await harness.startTrigger({ publicUrl: 'https://a.example.com' });
		await trigger.activate();
		const [webhook] = getActiveWebhooks(harness);
		const name = String(webhook.attributes.name);
		const others = ['n8n: Onboarding (wf1)', name.slice(1), `${name} `, `Copy of ${name}`];
		for (const [index, other] of others.entries()) {
			const attributes = { ...webhook.attributes, name: other, url: 'https://b.example.com' };
			harness.sandbox.control.store.add({ ...webhook, id: `wbh_other${index}`, attributes });
		}
		delete trigger.staticData.webhookId;
		await trigger.activate();
		expect(getActiveWebhooks(harness)).toHaveLength(1 + others.length);
	});

	it('finds its webhook on any page of the list', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		const [webhook] = getActiveWebhooks(harness);
		for (let count = 0; count < 150; count++) {
			const attributes = { ...webhook.attributes, url: `https://example.com/${count}` };
			harness.sandbox.control.store.add({ ...webhook, id: `wbh_other${count}`, attributes });
		}
		delete trigger.staticData.webhookId;
		await trigger.activate();
		expect(trigger.staticData.webhookId).toBe(webhook.id);
		expect(getApiRequests(harness).filter((request) => request === 'GET /webhooks')).toHaveLength(
			3,
		);
	});

	it('archives a new webhook that cannot be enabled', async () => {
		const trigger = await harness.startTrigger();
		harness.sandbox.control.addFault({
			method: 'POST',
			path: '/webhooks/.+/enable',
			kind: 'status',
			status: 403,
		});
		await expect(trigger.activate()).rejects.toThrow('webhook.write');
		expect(getActiveWebhooks(harness)).toEqual([]);
		expect(trigger.storedData).toEqual({});
		await trigger.delete();
		await trigger.activate();
		expect(getActiveWebhooks(harness)).toHaveLength(1);
	});

	it('creates one webhook even if the response to the request is lost', async () => {
		const trigger = await harness.startTrigger();
		harness.sandbox.control.addFault({ method: 'POST', path: '/webhooks', kind: 'resetAfter' });
		await trigger.activate();
		expect(getActiveWebhooks(harness)).toHaveLength(1);
		expect(getActiveWebhooks(harness)[0].attributes.status).toBe('enabled');
	});

	it.each([
		[401, "Check 'API Key' in the credential"],
		[403, 'the key has the permission webhook.write'],
	])('says in the headline what to do about status %i', async (status, advice) => {
		const trigger = await harness.startTrigger();
		harness.sandbox.control.addFault({ method: 'POST', kind: 'status', status });
		await expect(trigger.activate()).rejects.toThrow(advice);
	});

	it("shows Persona's own message when it rejects the webhook", async () => {
		const trigger = await harness.startTrigger();
		const errors = [
			{
				title: 'Record invalid',
				details: 'limit of webhooks reached',
				source: { pointer: '/data/attributes/enabled-events' },
			},
		];
		harness.sandbox.control.addFault({
			method: 'POST',
			kind: 'status',
			status: 422,
			body: { errors },
		});
		await expect(trigger.activate()).rejects.toThrow(
			"'Trigger On', 'More Events' or 'Events by Name': limit of webhooks reached",
		);
	});

	it.each([
		['GET', 'webhook.read'],
		['POST', 'webhook.write'],
	])(
		'names the permission without which %s is denied, and changes nothing',
		async (method, name) => {
			const trigger = await harness.startTrigger();
			harness.sandbox.control.addFault({ method, path: '/webhooks', kind: 'status', status: 403 });
			await expect(trigger.activate()).rejects.toThrow(`the permission ${name},`);
			expect(getActiveWebhooks(harness)).toEqual([]);
			expect(trigger.staticData.webhookId).toBeUndefined();
		},
	);

	it('fails when a cache repeats a page of the list, where its own webhook may be missing', async () => {
		const trigger = await harness.startTrigger();
		const data = [{ type: 'webhook', id: 'wbh_other', attributes: { url: 'https://a.example/' } }];
		harness.sandbox.control.addFault({
			method: 'GET',
			path: '/webhooks',
			kind: 'status',
			status: 200,
			body: { data, links: { next: '/api/v1/webhooks?page%5Bafter%5D=wbh_other' } },
			times: 5,
		});
		await expect(trigger.activate()).rejects.toThrow('the same page came twice');
		expect(getActiveWebhooks(harness)).toEqual([]);
	});

	it('requires at least one event', async () => {
		const trigger = await harness.startTrigger({ parameters: { events: [] } });
		await expect(trigger.activate()).rejects.toThrow("'Trigger On'");
		expect(getApiRequests(harness)).toEqual([]);
	});

	it('fails for a URL that Persona cannot reach', async () => {
		const publicUrl = 'http://localhost:5678';
		const trigger = await harness.startTrigger({
			baseUrl: 'https://api.withpersona.com/api/v1',
			publicUrl,
		});
		await expect(trigger.activate()).rejects.toThrow(
			/^Persona cannot reach this n8n at localhost\. .*N8N_WEBHOOK_URL/,
		);
		const inside = await harness.startTrigger({ publicUrl: 'http://10.0.0.7:5678' });
		await expect(inside.activate()).rejects.toThrow('10.0.0.7');
		expect(getApiRequests(harness)).toEqual([]);
	});
});

describe('isRegistered', () => {
	it('is true for a webhook with the configured settings', async () => {
		const trigger = await harness.startTrigger();
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
		'is false after the %s has changed, and registering updates the webhook in place',
		async (_, parameters) => {
			const trigger = await harness.startTrigger();
			await trigger.activate();
			const { webhookId } = trigger.staticData;
			trigger.setParameters(parameters);
			expect(await trigger.checkExists()).toBe(false);
			await trigger.create();
			expect(await trigger.checkExists()).toBe(true);
			expect(getActiveWebhooks(harness).map(({ id }) => id)).toEqual([webhookId]);
		},
	);

	it.each([
		['status', 'disabled'],
		['api-version', '2023-01-05'],
		['api-key-inflection', 'camel'],
		['relationship-allowlist', { state: 'include_none' }],
		['api-attributes-blocklist', ['name-last']],
		['file-access-token-expires-in', 60],
	])(
		'is false when the %s differs in Persona, and registering corrects it',
		async (name, value) => {
			const trigger = await harness.startTrigger();
			await trigger.activate();
			const [webhook] = getActiveWebhooks(harness);
			const right = webhook.attributes[name];
			webhook.attributes[name] = value;
			expect(await trigger.checkExists()).toBe(false);
			await trigger.create();
			expect(getActiveWebhooks(harness)).toHaveLength(1);
			expect(getActiveWebhooks(harness)[0].attributes[name]).toEqual(right);
		},
	);

	it.each([
		['attributeBlocklist', 'name-last', 'api-attributes-blocklist'],
		['fileLinkLifetime', 1, 'file-access-token-expires-in'],
		['includeRelated', true, 'included-allowlist'],
	])(
		'is false after the option %s was removed while Persona did not answer, and registering removes it there',
		async (option, value, attribute) => {
			const withoutOption = await harness.startTrigger();
			await withoutOption.activate();
			const expected = getActiveWebhooks(harness)[0].attributes[attribute];
			await withoutOption.delete();
			const trigger = await harness.startTrigger({ parameters: { options: { [option]: value } } });
			await trigger.activate();
			const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
			harness.sandbox.control.addFault({ kind: 'status', status: 503, times: 9 });
			await trigger.delete();
			harness.sandbox.control.clearFaults();
			expect(getActiveWebhooks(harness)[0].attributes[attribute]).not.toEqual(expected);
			trigger.setParameters({ options: {} });
			expect(await trigger.checkExists()).toBe(false);
			await trigger.create();
			expect(getActiveWebhooks(harness)[0].attributes[attribute]).toEqual(expected);
			expect(await trigger.checkExists()).toBe(true);
			warn.mockRestore();
		},
	);

	it("keeps what the node has no setting for: the user's headers and description", async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		const [webhook] = getActiveWebhooks(harness);
		const own = { description: 'Ours' };
		Object.assign(webhook.attributes, own);
		expect(await trigger.checkExists()).toBe(true);
		await trigger.create();
		expect(getActiveWebhooks(harness)[0].attributes).toMatchObject(own);
		expect(
			harness.sandbox.control.requests.filter(({ method }) => method === 'PATCH'),
		).toHaveLength(1);
	});

	it('forgets a webhook that is missing or archived, and registering creates another', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		const { webhookId } = trigger.staticData;
		getActiveWebhooks(harness)[0].attributes.status = 'archived';
		expect(await trigger.checkExists()).toBe(false);
		expect(trigger.storedData).toEqual({});
		await trigger.activate();
		expect(trigger.staticData.webhookId).not.toBe(webhookId);
		harness.sandbox.control.reset();
		expect(await trigger.checkExists()).toBe(false);
		expect(trigger.storedData).toEqual({});
	});

	it('throws when Persona cannot tell, and forgets nothing', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		harness.sandbox.control.addFault({ kind: 'status', status: 403 });
		await expect(trigger.checkExists()).rejects.toThrow('webhook.read');
		expect(trigger.staticData).toHaveProperty('webhookId');
	});
});

describe('unregister', () => {
	it('archives the webhook and forgets it', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		expect(await trigger.delete()).toBe(true);
		expect(getActiveWebhooks(harness)).toEqual([]);
		expect(trigger.storedData).toEqual({ off: expect.any(Number) as number });
	});

	it('succeeds when there is no webhook, or it is already missing or archived', async () => {
		const trigger = await harness.startTrigger();
		expect(await trigger.delete()).toBe(true);
		expect(getApiRequests(harness)).toEqual([]);
		await trigger.activate();
		getActiveWebhooks(harness)[0].attributes.status = 'archived';
		expect(await trigger.delete()).toBe(true);
		expect(trigger.storedData).toEqual({ off: expect.any(Number) as number });
		await trigger.activate();
		harness.sandbox.control.reset();
		expect(await trigger.delete()).toBe(true);
		expect(trigger.storedData).toEqual({ off: expect.any(Number) as number });
	});

	it('does not take a webhook for gone because the API URL is wrong', async () => {
		const trigger = await harness.startTrigger();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		await trigger.activate();
		const { webhookId } = trigger.staticData;
		const errors = [{ title: 'Record not found', details: 'No such route' }];
		for (const body of [{ errors }, { errors: ['Not found'] }, { message: 'no Route matched' }]) {
			harness.sandbox.control.addFault({ kind: 'status', status: 404, body });
			await expect(trigger.checkExists()).rejects.toThrow("check 'API URL' in the credential");
			harness.sandbox.control.addFault({ kind: 'status', status: 404, body });
			expect(await trigger.delete()).toBe(true);
			expect(warn.mock.calls.at(-1)?.[0]).toContain("check 'API URL' in the credential");
			expect(trigger.storedData).toEqual({ webhookId });
		}
		expect(getActiveWebhooks(harness)).toHaveLength(1);
		warn.mockRestore();
	});

	it('logs which webhook could not be archived, and adopts it later', async () => {
		const trigger = await harness.startTrigger();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		await trigger.activate();
		const { webhookId } = trigger.staticData;
		harness.sandbox.control.addFault({ kind: 'status', status: 403 });
		expect(await trigger.delete()).toBe(true);
		expect(warn.mock.calls[0][0]).toContain(
			`Webhook ${String(webhookId)} could not be archived in Persona`,
		);
		expect(trigger.storedData).toEqual({ webhookId });
		await trigger.activate();
		expect(getActiveWebhooks(harness).map(({ id }) => id)).toEqual([webhookId]);
		warn.mockRestore();
	});

	it('deletes static data of another node that an import has brought along', async () => {
		const original = await harness.startTrigger();
		await original.activate();
		const copy = await harness.startTrigger({
			workflow: { id: 'wf2' },
			staticData: { [`node:${NODE_NAME}`]: { ...original.staticData } },
		});
		await copy.activate();
		expect(getActiveWebhooks(harness)).toHaveLength(2);
		await copy.delete();
		expect(getActiveWebhooks(harness).map(({ id }) => id)).toEqual([original.staticData.webhookId]);
	});

	it('leaves exactly one webhook after republishing with other parameters', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		await trigger.republish({ events: ['account.created'] });
		await trigger.republish({ events: ['account.created', 'case.created'] });
		const [webhook, ...others] = getActiveWebhooks(harness);
		expect(others).toEqual([]);
		expect(webhook.attributes['enabled-events']).toEqual(['account.created', 'case.created']);
		expect(trigger.storedData).toEqual({ webhookId: webhook.id });
	});
});

describe('a webhook of the node at another address, which a moved n8n and a copy of it both find', () => {
	const elsewhere = 'https://production.example.com';

	/** What n8n has stored for the original, as a copy of its database contains it. */
	const copyStaticData = (original: TestWebhookTrigger) => ({
		[`node:${NODE_NAME}`]: JSON.parse(JSON.stringify(original.staticData)) as IDataObject,
	});

	/** The requests that change something, as `POST /webhooks`. */
	const getChanges = () => getApiRequests(harness).filter((request) => !request.startsWith('GET '));

	async function startCopy(options: Partial<WebhookTriggerOptions> = {}) {
		const original = await harness.startTrigger({ publicUrl: elsewhere, ...options });
		await original.activate();
		const [webhook] = getActiveWebhooks(harness);
		const before = structuredClone(webhook);
		const copy = await harness.startTrigger({ ...options, staticData: copyStaticData(original) });
		harness.sandbox.control.requests.length = 0;
		const warn = jest.spyOn(copy.logger, 'warn').mockImplementation(() => {});
		const getWarnings = () => warn.mock.calls.map(([text]) => String(text)).join('\n');
		return { original, copy, webhook, before, getWarnings };
	}

	afterEach(() => jest.restoreAllMocks());

	it('stays as it is when the copy is published, changed and unpublished, and both deliver', async () => {
		const { original, copy, webhook, before } = await startCopy();
		await copy.activate();
		const own = getActiveWebhooks(harness).find(({ id }) => id !== webhook.id);
		expect(own?.attributes.url).toBe(copy.url);
		await copy.republish({ events: ['case.created'] });
		await copy.delete();
		expect(getActiveWebhooks(harness)).toEqual([before]);
		expect(await original.checkExists()).toBe(true);
	});

	it('stays as it is when the copy is unpublished first', async () => {
		const { copy, before } = await startCopy();
		expect(await copy.delete()).toBe(true);
		expect(getActiveWebhooks(harness)).toEqual([before]);
		expect(getChanges()).toEqual([]);
		expect(copy.storedData).toEqual({});
	});

	it('stays as it is when the node no longer registers a webhook', async () => {
		const { copy, before } = await startCopy();
		copy.setParameters({ receive: 'byHand' });
		await copy.activate();
		expect(getActiveWebhooks(harness)).toEqual([before]);
		expect(getChanges()).toEqual([]);
	});

	it('stays as it is when the new webhook cannot be enabled', async () => {
		const { copy, before } = await startCopy();
		const path = '/webhooks/.+/enable';
		harness.sandbox.control.addFault({ method: 'POST', path, kind: 'status', status: 403 });
		await expect(copy.activate()).rejects.toThrow('webhook.write');
		expect(getActiveWebhooks(harness)).toEqual([before]);
	});

	it('stays as it is when Persona does not say what its address is', async () => {
		const { copy, webhook, before, getWarnings } = await startCopy();
		harness.sandbox.control.addFault({ method: 'GET', kind: 'status', status: 403 });
		expect(await copy.delete()).toBe(true);
		expect(getChanges()).toEqual([]);
		expect(getActiveWebhooks(harness)).toEqual([before]);
		expect(getWarnings()).toContain(`Webhook ${webhook.id} could not be archived`);
	});

	it('is not adopted by a test either', async () => {
		const { copy, before } = await startCopy({ isTest: true });
		await copy.activate();
		await copy.delete();
		expect(getActiveWebhooks(harness)).toEqual([before]);
	});

	it('is named in the log and in the description of the new webhook, with what to do', async () => {
		const { copy, webhook, getWarnings } = await startCopy();
		await copy.activate();
		expect(getWarnings()).toContain(`${webhook.id} (${String(webhook.attributes.url)})`);
		expect(getWarnings()).toContain('archive the webhook in the Persona dashboard under Webhooks');
		const { description } =
			getActiveWebhooks(harness).find(({ id }) => id !== webhook.id)?.attributes ?? {};
		expect(description).toContain(webhook.id);
		expect(String(description).length).toBeLessThan(256);
	});

	it('is found by its ID if it was renamed in Persona, and by its name if its ID is unknown', async () => {
		const { copy, webhook, getWarnings } = await startCopy();
		webhook.attributes.name = 'Renamed';
		await copy.activate();
		expect(getWarnings()).toContain(webhook.id);
		const { copy: other, getWarnings: getOther } = await startCopy({ workflow: { id: 'wf3' } });
		delete other.staticData.webhookId;
		await other.activate();
		expect(getOther()).toContain(elsewhere);
	});

	it('is one whose address was changed in Persona, too: the node creates its own', async () => {
		const trigger = await harness.startTrigger();
		jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		await trigger.activate();
		const [webhook] = getActiveWebhooks(harness);
		webhook.attributes.url = elsewhere;
		const before = structuredClone(webhook);
		expect(await trigger.checkExists()).toBe(false);
		await trigger.create();
		expect(await trigger.checkExists()).toBe(true);
		expect(getActiveWebhooks(harness)).toHaveLength(2);
		expect(getActiveWebhooks(harness)).toContainEqual(before);
	});

	it('is never changed, whatever its address is', async () => {
		const host = fc.domain();
		const path = fc.webPath();
		await fc.assert(
			fc.asyncProperty(fc.webUrl(), host, path, fc.boolean(), async (url, name, more, isStored) => {
				const addresses = [url, `https://${name}${more}`];
				const { copy, webhook } = await startCopy();
				if (!isStored) delete copy.staticData.webhookId;
				for (const address of addresses) {
					webhook.attributes.url = address;
					const before = structuredClone(webhook);
					await copy.activate();
					await copy.delete();
					expect(getActiveWebhooks(harness)).toEqual([before]);
				}
				harness.sandbox.control.reset();
			}),
			{ numRuns: 15 },
		);
	});
});
