import axios from 'axios';
import { rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { INode } from 'n8n-workflow';
import { waitFor, type StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { PROXY_NAME } from '../../../tools/services/forwardProxy.mts';
import { itWithIpv6 } from '../../support/ipv6.mts';
import { hasLua } from '../../support/nginx.mts';
import { sign } from '../../support/sign.mts';
import { buildIdLocator, selectCredential } from '../buildNode.mts';
import {
	hasNginx,
	PROXY_PASSWORD,
	startNetworkEnvironment,
	type NetworkEnvironment,
} from './networkEnvironment.mts';

const CREATE = {
	...{ resource: 'inquiry', operation: 'create' },
	inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
};

const TRIGGER = 'Persona Trigger';

let environment: NetworkEnvironment;

beforeAll(async () => {
	environment = await startNetworkEnvironment({ webhookRetrySeconds: [1, 1, 1, 1, 2, 2, 2] });
}, 300_000);
afterAll(async () => await environment?.close());

describe('n8n behind the proxy of a company', () => {
	it('reaches Persona with the password, and trusts the authority that it is told to', async () => {
		const { proxy, runPersona, testCredential } = environment;
		expect(await runPersona(CREATE)).toMatchObject({ status: 'success' });
		expect(await testCredential()).toMatchObject({ status: 'OK' });
		expect(new Set(proxy.requests)).toEqual(new Set(['CONNECT api.withpersona.com:443']));
	});

	it('uses the proxy without encryption as well, and not for the hosts of NO_PROXY', async () => {
		const { proxy, runPersona, sandbox, apiUrls } = environment;
		proxy.requests.length = 0;
		expect(await runPersona(CREATE, apiUrls.plain)).toMatchObject({ status: 'success' });
		expect(await runPersona(CREATE, sandbox.apiUrl)).toMatchObject({ status: 'success' });
		expect(proxy.requests).toEqual([`POST ${apiUrls.plain}/inquiries`]);
	});

	it('fails an item in one sentence if the password is wrong, and shows it nowhere', async () => {
		const { proxy, runPersona, testCredential, readLog, apiUrls } = environment;
		proxy.login = 'n8n:another';
		for (const apiUrl of [undefined, apiUrls.plain]) {
			const execution = await runPersona(CREATE, apiUrl);
			expect(execution.error?.message).toMatch(
				new RegExp(`^The proxy “${PROXY_NAME}” does not let n8n through: it wants a user name`),
			);
			const encoded = Buffer.from(`n8n:${PROXY_PASSWORD}`).toString('base64');
			for (const text of [JSON.stringify(execution), await readLog()]) {
				expect(text).not.toContain(PROXY_PASSWORD);
				expect(text).not.toContain(encodeURIComponent(PROXY_PASSWORD));
				expect(text).not.toContain(encoded);
			}
		}
		expect((await testCredential()).message).toMatch(/^The proxy of n8n wants a user name and/);
		proxy.login = `n8n:${PROXY_PASSWORD}`;
	});

	it('sends nothing to a server whose certificate it does not trust', async () => {
		const { runPersona, testCredential, sandbox, apiUrls } = environment;
		const before = sandbox.control.requests.length;
		for (const [apiUrl, sentence, code] of [
			[
				apiUrls.unknownAuthority,
				/^n8n does not trust the certificate .+ \(self-signed certificate\): .+ NODE_EXTRA_CA_CERTS, and restart n8n$/,
				'DEPTH_ZERO_SELF_SIGNED_CERT',
			],
			[
				apiUrls.otherName,
				/^The certificate of other\.example\.com is not valid \(.+ does not match certificate's altnames\): check 'API URL'/,
				'ERR_TLS_CERT_ALTNAME_INVALID',
			],
		] as const) {
			const { error } = await runPersona(CREATE, apiUrl);
			expect(error?.message).toMatch(sentence);
			expect(error?.description ?? '').toBe('');
			// n8n's own test of a credential has no more to say.
			expect((await testCredential(apiUrl)).message).toBe(code);
		}
		expect(sandbox.control.requests).toHaveLength(before);
	});
});

const title = 'the trigger behind nginx';

(hasNginx ? describe : describe.skip)(hasNginx ? title : `${title} (there is no nginx)`, () => {
	let workflow: StoredWorkflow;
	let webhook: StoredObject;

	beforeAll(async () => {
		const trigger: INode = {
			id: 'c2f8b1de-38b7-4a75-9a6f-6f3a9f4f7d11',
			name: TRIGGER,
			type: 'n8n-nodes-persona.personaTrigger',
			typeVersion: 1,
			position: [0, 0],
			webhookId: '0f9d1f52-6c0e-4a3f-8b38-6a0a5c1d2e40',
			parameters: { events: ['inquiry.created'], options: { catchUp: 1 } },
			...selectCredential(environment),
		};
		const { client, sandbox } = environment;
		workflow = await client.createWorkflow({ name: 'Listen', nodes: [trigger], connections: {} });
		expect(await client.publish(workflow.id)).toMatchObject({ status: 'published' });
		[webhook] = sandbox.control.store.getCollection('webhook').findAll();
	});

	const emitEvent = (note?: string) => {
		const { control } = environment.sandbox;
		const inquiry = control.find(control.seedInquiries(1)[0]) as StoredObject;
		if (note) inquiry.attributes.note = note;
		return control.emitEvent('inquiry.created', inquiry);
	};

	const listStatuses = (eventId: string) =>
		environment.sandbox.control.deliveries
			.filter((delivery) => delivery.eventId === eventId)
			.map(({ status }) => status);

	const waitForStatus = async (eventId: string, wanted: number) =>
		await waitFor(`${eventId} gets ${wanted}`, async () => listStatuses(eventId).includes(wanted));

	const listStarted = async () => {
		const executions = await environment.client.fetchExecutions(workflow.id);
		const ended = await Promise.all(
			executions.map(async ({ id }) => await environment.client.waitForExecution(id)),
		);
		return ended.map(({ runs }) => runs[TRIGGER]?.[0]?.data?.main?.[0]?.[0]?.json.eventId);
	};

	/** The first delivery under another ID, signed anew unless a signature is given. */
	const buildDelivery = (eventId: string, addition = '') => {
		const [first] = environment.sandbox.control.deliveries;
		const body = `${first.body.replaceAll(first.eventId, eventId)}${addition}`;
		const [secret] = environment.sandbox.control.getSecrets(webhook.id);
		return { bytes: Buffer.from(body), signature: sign(body, secret) };
	};

	/** Sends a delivery to nginx at an address of this machine. */
	const post = async (
		data: Buffer | Readable,
		headers: Record<string, string>,
		host = `127.0.0.1:${environment.publicPort}`,
	) => {
		const { pathname } = new URL(String(webhook.attributes.url));
		const httpsAgent = new Agent({ ca: environment.certificate, servername: 'n8n.example.com' });
		return await axios.post<unknown>(`https://${host}${pathname}`, data, {
			headers: { 'content-type': 'application/json', ...headers },
			...{ httpsAgent, proxy: false, maxRedirects: 0, validateStatus: () => true },
			transformRequest: [(body: Buffer) => body],
		});
	};

	it('registers the public address, with the prefix, and receives what is sent there', async () => {
		const { publicPort } = environment;
		const prefix = `https://n8n.example.com:${publicPort}/automation/webhook/`;
		expect(String(webhook.attributes.url)).toContain(prefix);
		const eventId = emitEvent();
		await waitForStatus(eventId, 200);
		expect(await listStarted()).toEqual([eventId]);
	});

	it('shows the editor below the prefix', async () => {
		const { publicPort, certificate } = environment;
		const httpsAgent = new Agent({ ca: certificate, servername: 'n8n.example.com' });
		const url = `https://127.0.0.1:${publicPort}/automation`;
		const page = await axios.get<string>(`${url}/`, { httpsAgent, proxy: false });
		expect(page.data).toContain('src="/automation/');
		const settings = await axios.get<unknown>(`${url}/rest/settings`, { httpsAgent, proxy: false });
		expect(settings.data).toMatchObject({ data: { settingsMode: 'public' } });
	});

	it('receives an event that is larger than nginx takes by default, in which case nginx refuses it', async () => {
		const eventId = emitEvent('x'.repeat(2_000_000));
		await waitForStatus(eventId, 200);
		expect(listStatuses(eventId)).toEqual([200]);
		const { bytes, signature } = buildDelivery('evt_large', ' '.repeat(2_000_000));
		const host = `127.0.0.1:${environment.defaultPort}`;
		const { status, data } = await post(bytes, { 'persona-signature': signature }, host);
		expect({ status, data }).toEqual({ status: 413, data: expect.stringContaining('nginx') });
		expect(await listStarted()).not.toContain('evt_large');
	});

	it('receives a delivery in chunks and a compressed one', async () => {
		const chunked = buildDelivery('evt_chunked');
		const parts = [chunked.bytes.subarray(0, 100), chunked.bytes.subarray(100)];
		const inChunks = await post(Readable.from(parts), { 'persona-signature': chunked.signature });
		expect(inChunks.status).toBe(200);
		const { bytes, signature } = buildDelivery('evt_compressed');
		const headers = { 'persona-signature': signature, 'content-encoding': 'gzip' };
		expect((await post(gzipSync(bytes), headers)).status).toBe(200);
		expect(await listStarted()).toEqual(expect.arrayContaining(['evt_chunked', 'evt_compressed']));
	});

	itWithIpv6('receives a delivery at an address of IPv6', async () => {
		const { bytes, signature } = buildDelivery('evt_ipv6');
		const host = `[::1]:${environment.publicPort}`;
		expect((await post(bytes, { 'persona-signature': signature }, host)).status).toBe(200);
		expect(await listStarted()).toContain('evt_ipv6');
	});

	(hasLua ? it : it.skip)(
		'rejects a delivery that nginx has changed, says why, and receives it once nginx does not',
		async () => {
			const { changeFile, readLog } = environment;
			await writeFile(changeFile, '');
			const eventId = emitEvent();
			await waitForStatus(eventId, 401);
			expect(listStatuses(eventId)).not.toContain(200);
			expect(await readLog()).toContain(
				`${TRIGGER}: A delivery was rejected because its signature does not match: whoever sent it does not have the secret. If it was Persona, a proxy or firewall between Persona and n8n changes the body`,
			);
			expect(await listStarted()).not.toContain(eventId);
			await rm(changeFile);
			await waitForStatus(eventId, 200);
			expect((await listStarted()).filter((id) => id === eventId)).toHaveLength(1);
		},
	);

	it('delivers to itself what it missed, at its public address and through the proxy', async () => {
		const { client, proxy, publicPort } = environment;
		await client.unpublish(workflow.id);
		const eventId = emitEvent();
		proxy.requests.length = 0;
		await client.publish(workflow.id);
		await waitFor('the event starts the workflow', async () =>
			(await listStarted()).includes(eventId),
		);
		expect(proxy.requests).toContain(`CONNECT n8n.example.com:${publicPort}`);
	});
});
