import { setTimeout as sleep } from 'node:timers/promises';
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { PersonaApi } from '../credentials/PersonaApi.credentials.ts';
import { buildInquiry, send } from './support/apiClient.mts';
import { runListSearch, runResourceMapping } from './support/editorMethods.mts';
import { PersonaCredentialsHelper } from './support/credentialsHelper.mts';
import { runFakeNode, buildThing, useFakeServer } from './support/fakeResource.mts';
import { runNode } from './support/runNode.mts';
import { sign } from './support/sign.mts';
import { createPollingTriggerHarness } from './triggers/polling/pollingTriggerHarness.mts';
import {
	buildEventBody,
	createWebhookTriggerHarness,
	getActiveWebhooks,
} from './triggers/webhook/webhookTriggerHarness.mts';

const KEYS = { sandbox: 'persona_sandbox_demo', production: 'persona_production_demo' };

const WRONG: Array<[onlyUseIn: unknown, apiKey: string, problem: RegExp]> = [
	['sandbox', KEYS.production, /is a production key.*begins with persona_sandbox_/],
	['production', KEYS.sandbox, /is a sandbox key.*begins with persona_production_/],
	['production', ' \u200bpersona_sandbox_demo\n', /is a sandbox key/],
	['sandbox', 'persona_access_token_abc', /does not show its environment/],
	['production', 'my_persona_production_demo', /does not show its environment/],
	['production', 'PERSONA_PRODUCTION_DEMO', /does not show its environment/],
	['', KEYS.sandbox, /is not any, sandbox or production/],
	[undefined, KEYS.sandbox, /is not any, sandbox or production/],
	[null, KEYS.sandbox, /is not any, sandbox or production/],
	['Sandbox', KEYS.sandbox, /is not any, sandbox or production/],
	['constructor', KEYS.sandbox, /is not any, sandbox or production/],
	['={{ $vars.environment }}', KEYS.sandbox, /is not any, sandbox or production/],
];

const toData = (data: IDataObject) => data as ICredentialDataDecryptedObject;

describe.each(WRONG)("'Only Use In' %j with the key %j", (onlyUseIn, apiKey, problem) => {
	const serve = useFakeServer();
	const sentence = new RegExp(
		`^'Only Use In' in the Persona credential [^\\n]*${problem.source}[^\\n]*$`,
	);

	it('stops the node before anything is sent', async () => {
		const server = await serve();
		const credentials = toData({ onlyUseIn, apiKey, baseUrl: server.baseUrl } as IDataObject);
		const { error, items } = await runFakeNode(server, 'create', {
			parameters: { kind: 'plain' },
			credentials,
		});
		expect(error?.message).toMatch(sentence);
		expect(items).toEqual([]);
		expect(server.requests).toEqual([]);
	});

	it('is said by the lists and the columns of the editor, which ask for nothing', async () => {
		const server = await serve();
		const credentials = toData({ onlyUseIn, apiKey, baseUrl: server.baseUrl } as IDataObject);
		await expect(runListSearch('searchInquiries', credentials)).rejects.toThrow(sentence);
		await expect(
			runResourceMapping('inquiryFields', credentials, {
				resource: 'inquiry',
				operation: 'create',
				inquiryTemplateId: { __rl: true, mode: 'id', value: 'itmpl_1' },
			}),
		).rejects.toThrow(sentence);
		expect(server.requests).toEqual([]);
	});

	it('refuses a request of the HTTP Request node and of the test of the credential', async () => {
		const { authenticate } = new PersonaApi();
		if (typeof authenticate !== 'function') throw new Error('It is a function');
		const credential = toData({
			...{ apiVersion: '2025-12-08', baseUrl: 'https://api.withpersona.com/api/v1' },
			...{ onlyUseIn, apiKey },
		} as IDataObject);
		const request = { url: 'https://api.withpersona.com/api/v1/inquiries' };
		const error: unknown = await authenticate(credential, request).catch((e: unknown) => e);
		expect((error as Error).message).toMatch(sentence);
		expect((error as Error).message).not.toContain(apiKey.trim());
	});
});

describe("'Only Use In'", () => {
	const serve = useFakeServer();

	it.each([
		['any', 'persona_access_token_abc'],
		['sandbox', KEYS.sandbox],
		['production', KEYS.production],
		['production', ' persona_production_demo\n'],
	])('%s lets the key %j through', async (onlyUseIn, apiKey) => {
		const server = await serve(() => ({ body: { data: buildThing('thg_1') } }));
		const credentials = { onlyUseIn, apiKey, baseUrl: server.baseUrl };
		const { error } = await runFakeNode(server, 'create', {
			parameters: { kind: 'plain' },
			credentials,
		});
		expect(error).toBeUndefined();
		expect(server.requests).toHaveLength(1);
	});

	it('stops the run when an answer comes from another environment than those before', async () => {
		const server = await serve((_, count) => ({
			body: { data: buildThing(`thg_${count}`) },
			headers: { 'persona-environment-id': count === 1 ? 'env_A' : 'env_B' },
		}));
		const run = async (onlyUseIn: string) =>
			await runFakeNode(server, 'create', {
				parameters: { kind: 'plain' },
				items: Array.from({ length: 40 }, () => ({})),
				credentials: { onlyUseIn, baseUrl: server.baseUrl },
				onError: 'continueRegularOutput',
			});
		const { items } = await run('sandbox');
		expect(items[0].json).toMatchObject({ id: 'thg_1' });
		const errors = items.slice(1).map(({ json }) => json.error);
		expect(new Set(errors)).toEqual(
			new Set(['The answers come from two environments of Persona, env_A and env_B']),
		);
		// Those that were under way.
		expect(server.requests.length).toBeLessThan(40);
		server.requests.length = 0;
		expect((await run('any')).items.filter(({ json }) => json.error)).toEqual([]);
	});

	it('stops an operation of Persona with the same sentence', async () => {
		const { error } = await runNode({
			parameters: { resource: 'inquiry', operation: 'getDecisionSummary', inquiryId: 'inq_1' },
			credentials: { onlyUseIn: 'production' },
		});
		expect(error?.message).toMatch(/^'Only Use In' in the Persona credential is production/);
	});
});

describe("the polling trigger with 'Only Use In'", () => {
	const harness = createPollingTriggerHarness();

	it('fails with a key of the other environment, and forgets no event', async () => {
		const credentials = { onlyUseIn: 'sandbox' };
		const trigger = harness.createTrigger({ credentials });
		await trigger.poll();
		const eventId = harness.addEvent(Date.now() + 1000);
		credentials.onlyUseIn = 'production';
		await expect(trigger.poll()).rejects.toThrow(/^'Only Use In' in the Persona credential/);
		await expect(trigger.pollManually()).rejects.toThrow(/^'Only Use In'/);
		credentials.onlyUseIn = 'sandbox';
		await trigger.poll();
		expect(trigger.eventIds).toEqual([eventId]);
	});
});

describe("the webhook trigger with 'Only Use In'", () => {
	const harness = createWebhookTriggerHarness(undefined, Object.values(KEYS));

	afterEach(() => jest.restoreAllMocks());

	/** An event of an inquiry that is created with a key. */
	async function createEvent(apiKey: string) {
		const { data } = await send(harness.sandbox, 'POST', '/inquiries', buildInquiry(), {
			Authorization: `Bearer ${apiKey}`,
		});
		const events = harness.sandbox.control.store.getCollection('event').findAll();
		const event = events.find(({ attributes: { payload } }) =>
			JSON.stringify(payload).includes(data.id),
		);
		return event?.id ?? '';
	}

	/** Activates a trigger that registers its own webhook. Returns a function that delivers an event. */
	async function activate(trigger: Awaited<ReturnType<typeof harness.startTrigger>>) {
		await trigger.activate();
		const [secret] = harness.sandbox.control.getSecrets(getActiveWebhooks(harness)[0].id);
		return async (id: string) => {
			const body = buildEventBody(id);
			return await trigger.deliver(body, { 'persona-signature': sign(body, secret) });
		};
	}

	it('registers nothing with a key of the other environment', async () => {
		const trigger = await harness.startTrigger({ credentials: { onlyUseIn: 'production' } });
		await expect(trigger.activate()).rejects.toThrow(/^'Only Use In' in the Persona credential/);
		expect(getActiveWebhooks(harness)).toEqual([]);
	});

	it('starts nothing while the key is one of the other environment, and loses nothing', async () => {
		const trigger = await harness.startTrigger({ credentials: { onlyUseIn: 'sandbox' } });
		const deliver = await activate(trigger);
		expect(await deliver('evt_1')).toBe(200);
		trigger.setCredentials({ apiKey: KEYS.production });
		expect(await deliver('evt_2')).toBe(503);
		trigger.setCredentials({ onlyUseIn: '' });
		expect(await deliver('evt_2')).toBe(503);
		trigger.setCredentials({ apiKey: KEYS.sandbox, onlyUseIn: 'sandbox' });
		expect(await deliver('evt_2')).toBe(200);
		expect(trigger.started).toMatchObject([{ eventId: 'evt_1' }, { eventId: 'evt_2' }]);
	});

	it('reads a credential without a guard again after ten seconds, since n8n takes long to decrypt it', async () => {
		const read = jest.spyOn(PersonaCredentialsHelper.prototype, 'getDecrypted');
		const trigger = await harness.startTrigger();
		const deliver = await activate(trigger);
		await deliver('evt_1');
		const { length } = read.mock.calls;
		await deliver('evt_2');
		expect(read).toHaveBeenCalledTimes(length);
		const { now } = Date;
		jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_001);
		await deliver('evt_3');
		expect(read).toHaveBeenCalledTimes(length + 1);
		expect(trigger.started).toHaveLength(3);
	});

	it('reads a credential without a guard once for all deliveries that come at the same time', async () => {
		const trigger = await harness.startTrigger();
		const deliver = await activate(trigger);
		expect(await deliver('evt_first')).toBe(200);
		const { now } = Date;
		jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_001);
		const { getDecrypted } = PersonaCredentialsHelper.prototype;
		const read = jest
			.spyOn(PersonaCredentialsHelper.prototype, 'getDecrypted')
			.mockImplementation(async function (this: PersonaCredentialsHelper, ...options) {
				await sleep(100);
				return await getDecrypted.apply(this, options);
			});
		const ids = Array.from({ length: 20 }, (_, index) => `evt_burst_${index}`);
		expect(await Promise.all(ids.map(deliver))).toEqual(ids.map(() => 200));
		expect(read).toHaveBeenCalledTimes(1);
		expect(trigger.started).toHaveLength(21);
	});

	it('starts nothing from a webhook that is left in the other environment', async () => {
		const trigger = await harness.startTrigger();
		const deliver = await activate(trigger);
		expect(await deliver('evt_1')).toBe(200);
		trigger.setCredentials({ apiKey: KEYS.production, onlyUseIn: 'production' });
		const { now } = Date;
		jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_001);
		expect(await deliver('evt_2')).toBe(403);
		expect(trigger.started).toHaveLength(1);
	});

	it.each(['wbhsec_a', 'wbhsec_a,wbhsec_b'])(
		'registered by hand, starts only from events that Persona shows to the key: %s',
		async (webhookSecret) => {
			const trigger = await harness.startTrigger({
				parameters: { receive: 'byHand', events: ['inquiry.created'] },
				credentials: { onlyUseIn: 'sandbox', webhookSecret },
			});
			await trigger.activate();
			const deliver = async (id: string) => {
				const body = buildEventBody(id, 'inquiry.created');
				return await trigger.deliver(body, { 'persona-signature': sign(body, 'wbhsec_a') });
			};
			const [own, other] = [await createEvent(KEYS.sandbox), await createEvent(KEYS.production)];
			expect(await deliver(other)).toBe(403);
			harness.sandbox.control.setOutage(true);
			expect(await deliver(own)).toBe(503);
			harness.sandbox.control.setOutage(false);
			expect(await deliver(own)).toBe(200);
			expect(trigger.started).toMatchObject([{ eventId: own }]);
		},
	);

	it('asks Persona about a webhook registered by hand only once', async () => {
		const trigger = await harness.startTrigger({
			parameters: { receive: 'byHand', events: ['inquiry.created'] },
			credentials: { onlyUseIn: 'sandbox', webhookSecret: 'wbhsec_once' },
		});
		await trigger.activate();
		const ids = [await createEvent(KEYS.sandbox), await createEvent(KEYS.sandbox)];
		harness.sandbox.control.requests.length = 0;
		for (const id of ids) {
			const body = buildEventBody(id, 'inquiry.created');
			await trigger.deliver(body, { 'persona-signature': sign(body, 'wbhsec_once') });
		}
		expect(trigger.started).toHaveLength(2);
		expect(harness.sandbox.control.requests).toHaveLength(1);
	});

	it('called by a Persona workflow, starts nothing with a key of the other environment', async () => {
		const trigger = await harness.startTrigger({
			parameters: { receive: 'workflow' },
			credentials: { onlyUseIn: 'production', webhookSecret: 'wbhsec_step' },
		});
		const body = JSON.stringify({ run: 1 });
		const headers = { 'persona-signature': sign(body, 'wbhsec_step') };
		expect(await trigger.deliver(body, headers)).toBe(503);
		trigger.setCredentials({ onlyUseIn: 'sandbox' });
		expect(await trigger.deliver(body, headers)).toBe(200);
	});
});
