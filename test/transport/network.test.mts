import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import { createCertificate, readCertificate } from '../../tools/services/certificate.mts';
import { CREDENTIAL } from '../support/credentialsHelper.mts';
import { runFakeNode, toLocator, useFakeServer } from '../support/fakeResource.mts';
import {
	PROXY_NAME,
	startForwardProxy,
	type ForwardProxy,
} from '../../tools/services/forwardProxy.mts';
import { itWithIpv6 } from '../support/ipv6.mts';
import { runNode } from '../support/runNode.mts';
import { startTlsFront } from '../support/tlsFront.mts';
import { useVirtualClock } from '../support/virtualClock.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

const HOST = 'persona.internal';

const PASSWORD = 'p@ss:w0rd/ä';

const CREATE = { parameters: { kind: 'plain' } };

const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** The variables as they were: lower case wins where both are set. */
const original = [...VARIABLES, ...VARIABLES.map((name) => name.toLowerCase())].map(
	(name) => [name, process.env[name]] as const,
);

const serve = useFakeServer();
const clock = useVirtualClock();
const opened: Array<{ close(): Promise<void> }> = [];

beforeEach(() => {
	for (const [name] of original) delete process.env[name];
});
afterEach(async () => {
	for (const [name, value] of original) {
		if (value === undefined) delete process.env[name];
		else process.env[name] = value;
	}
	for (const one of opened.splice(0).reverse()) await one.close();
});

/** Starts a proxy that knows a fake Persona under a name that only the proxy can resolve. */
async function startProxy(): Promise<ForwardProxy> {
	const { baseUrl } = await serve();
	const port = Number(new URL(baseUrl).port);
	const proxy = await startForwardProxy({
		targets: { [`${HOST}:80`]: port, [`${HOST}:443`]: port },
	});
	opened.push(proxy);
	return proxy;
}

const run = async (scheme: 'http' | 'https', operation = 'create', options = CREATE) => {
	const result = await runFakeNode({ baseUrl: `${scheme}://${HOST}/api/v1` }, operation, options);
	return { ...result, waits: clock.waitsMs.length, shown: JSON.stringify(result) };
};

const encodedLogin = `n8n:${encodeURIComponent(PASSWORD)}`;

describe('a proxy on the way to Persona', () => {
	it('gets the requests, with a user name and password if it asks for them', async () => {
		const proxy = await startProxy();
		process.env.HTTP_PROXY = `http://${proxy.host}`;
		expect((await run('http')).items).toHaveLength(1);
		proxy.login = `n8n:${PASSWORD}`;
		process.env.HTTP_PROXY = `http://${encodedLogin}@${proxy.host}`;
		expect((await run('http')).items).toHaveLength(1);
		expect(proxy.requests).toEqual(Array(2).fill(`POST http://${HOST}/api/v1/things`));
	});

	it('is left out for the hosts of NO_PROXY', async () => {
		const proxy = await startProxy();
		process.env.HTTP_PROXY = `http://${proxy.host}`;
		process.env.NO_PROXY = '127.0.0.1,.internal';
		expect((await run('http')).error?.message).toBe('Persona did not respond');
		expect(await runFakeNode(await serve(), 'create', CREATE)).toMatchObject({ error: undefined });
		expect([...proxy.requests, ...proxy.refused]).toEqual([]);
	});

	it.each<['http' | 'https', string]>([
		['http', 'HTTP_PROXY'],
		['https', 'HTTPS_PROXY'],
	])('is named where %s gets no further without the right password', async (scheme, variable) => {
		const proxy = await startProxy();
		proxy.login = `n8n:${PASSWORD}`;
		for (const login of ['', 'n8n:s3cret@']) {
			process.env[variable] = `http://${login}${proxy.host}`;
			const { error, waits, shown } = await run(scheme);
			expect(error?.message).toBe(
				`The proxy “${PROXY_NAME}” does not let n8n through: it wants a user name and a password, or other ones`,
			);
			expect(error?.description).toContain('such as HTTPS_PROXY, in the form');
			expect(waits).toBe(0);
			expect(shown).not.toContain('s3cret');
			expect(shown).not.toContain(Buffer.from('n8n:s3cret').toString('base64'));
		}
		expect(proxy.requests).toEqual([]);
	});

	it('does not show its password where it refuses a host, is down or is no proxy', async () => {
		const proxy = await startProxy();
		const other = await startForwardProxy({ targets: {} });
		await other.close();
		const down = other.host;
		for (const [url, message] of [
			[`http://n8n:s3cret@${down}`, 'Persona did not respond'],
			[`https://n8n:s3cret@${proxy.host}`, `between n8n and ${HOST} speaks without encryption`],
			[`http://n8n:s3cret@${proxy.host}`, `between n8n and ${HOST} speaks without encryption`],
		]) {
			process.env.HTTPS_PROXY = url;
			const { error, shown } = await run('https');
			expect(error?.message).toContain(message);
			expect(shown).not.toContain('s3cret');
		}
		process.env.HTTPS_PROXY = `http://${down}`;
		expect((await run('https')).error?.description).toMatch(
			new RegExp(
				`connect ECONNREFUSED ${down}\\. Check the connection, the proxy of n8n if it has`,
			),
		);
	});
});

describe('a certificate of an authority that n8n does not know', () => {
	let folder: string;
	beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'persona-tls-'))));
	afterAll(async () => await rm(folder, { recursive: true }));

	it('fails an item at once, in one sentence that names the host and the fix', async () => {
		const server = await serve();
		const certificate = await readCertificate(await createCertificate(folder, ['127.0.0.1']));
		const front = await startTlsFront(certificate, { port: Number(new URL(server.baseUrl).port) });
		opened.push(front);
		const baseUrl = `https://127.0.0.1:${front.port}/api/v1`;
		for (const [operation, options] of [
			['create', CREATE],
			['get', { parameters: { thingId: toLocator('thg_1') } }],
		] as const) {
			const { error } = await runFakeNode({ baseUrl }, operation, options);
			expect(error?.message).toBe(
				`n8n does not trust the certificate of 127.0.0.1:${front.port} (self-signed certificate): if it is from an authority of your own, or from a proxy that reads the traffic, name the file with the certificate of the authority in NODE_EXTRA_CA_CERTS, and restart n8n`,
			);
			// Nothing was sent, so there is nothing to check in Persona.
			expect(error?.description ?? '').toBe('');
		}
		expect(clock.waitsMs).toEqual([]);
		expect(server.requests).toEqual([]);
	});

	it('is said once, also where the name of the host is long', async () => {
		const host = `${Array(4).fill('a'.repeat(60)).join('.')}.internal`;
		const certificate = await readCertificate(await createCertificate(folder, ['other.internal']));
		const front = await startTlsFront(certificate, { port: 1 });
		const proxy = await startForwardProxy({ targets: { [`${host}:443`]: front.port } });
		opened.push(front, proxy);
		process.env.HTTPS_PROXY = `http://${proxy.host}`;
		const { error } = await runFakeNode({ baseUrl: `https://${host}/api/v1` }, 'create', CREATE);
		expect(error?.message).toContain(`the certificate of ${host} (self-signed certificate)`);
		expect(error?.description ?? '').toBe('');
	});
});

describe('Persona at an address of IPv6', () => {
	itWithIpv6('is reached, and its lists are read page by page', async () => {
		const sandbox = await startSandbox({
			host: '::1',
			inquiryCount: 3,
			apiKeys: [CREDENTIAL.apiKey],
		});
		opened.push(sandbox);
		expect(sandbox.apiUrl).toMatch(/^http:\/\/\[::1\]:\d+\/api\/v1$/);
		const run = async (parameters: Parameters<typeof runNode>[0]['parameters']) =>
			await runNode({ parameters, credentials: { baseUrl: sandbox.apiUrl } });
		const created = await run({
			...{ resource: 'inquiry', operation: 'create' },
			inquiryTemplateId: toLocator(fixtures.inquiryTemplate),
		});
		expect(created.error).toBeUndefined();
		const all = await run({ resource: 'inquiry', operation: 'getAll', returnAll: true });
		expect(all.items).toHaveLength(4);
	});
});
