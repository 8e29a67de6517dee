import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { globalAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { findFreePort } from '../../../tools/n8n/findFreePort.mts';
import type { SandboxOptions } from '../../../sandbox/sandbox.mts';
import { createCertificate, readCertificate } from '../../../tools/services/certificate.mts';
import { findProgram } from '../../../tools/findProgram.mts';
import { startForwardProxy, type ForwardProxy } from '../../../tools/services/forwardProxy.mts';
import { hasIpv6 } from '../../support/ipv6.mts';
import { hasLua, startNginx } from '../../support/nginx.mts';
import { startTlsFront } from '../../support/tlsFront.mts';
import { buildNode, runNodes, selectCredential } from '../buildNode.mts';
import {
	buildCredentialData,
	startTestEnvironment,
	type TestEnvironment,
} from '../testEnvironment.mts';
import {
	readN8nSettings,
	readNginxConfiguration,
	replaceAll,
	type Places,
} from './networkSettings.mts';

/** The address of Persona, behind which the sandbox is. */
const PERSONA = 'https://api.withpersona.com/api/v1';

/** The password that the proxy wants. */
export const PROXY_PASSWORD = 's3cret!';

/** Whether nginx can be started. */
export const hasNginx = findProgram('nginx') !== undefined;

/** An n8n that reaches Persona through a proxy only, and that is reached through nginx only. */
export interface NetworkEnvironment extends TestEnvironment {
	proxy: ForwardProxy;
	/** Port of an nginx as on the page, and of another one that takes as much as nginx does by default. */
	publicPort: number;
	defaultPort: number;
	/** The certificate of n8n and Persona, in PEM format. */
	certificate: Buffer;
	/** API URLs: without encryption, of another name than its certificate has, and of an unknown authority. */
	apiUrls: { plain: string; otherName: string; unknownAuthority: string };
	/** While this file exists, nginx changes the bodies that it passes on. */
	changeFile: string;
	/** Runs the node, by default with the address of Persona. */
	runPersona(parameters: IDataObject, apiUrl?: string): ReturnType<typeof runNodes>;
	testCredential(apiUrl?: string): ReturnType<TestEnvironment['client']['testCredential']>;
	readLog(): Promise<string>;
}

/** Lower case wins where both are set. */
const setBoth = (name: string, value: string) => ({ [name]: value, [name.toLowerCase()]: value });

const resolveToThisMachine: LookupFunction = (_, { all }, done) =>
	all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

/** Puts a blank behind each colon, as something does that reads JSON and writes it again. */
const buildChange = (changeFile: string) => `access_by_lua_block {
	local file = io.open("${changeFile}")
	if not file then return end
	file:close()
	ngx.req.read_body()
	local body = ngx.req.get_body_data()
	if body then ngx.req.set_body_data((body:gsub('":', '": '))) end
}`;

/** Starts nginx twice: as on the page, which may change bodies, and with its default limit of bodies. */
async function startBothNginx(places: Places, defaultPort: number, changeFile: string) {
	const configuration = readNginxConfiguration(places);
	const changing = hasLua
		? replaceAll(configuration, [
				['proxy_http_version', `${buildChange(changeFile)}\nproxy_http_version`],
			])
		: configuration;
	const limited = replaceAll(readNginxConfiguration({ ...places, publicPort: defaultPort }), [
		['client_max_body_size 16m;', ''],
	]);
	return [await startNginx(changing, places.publicPort), await startNginx(limited, defaultPort)];
}

/** Starts everything, and n8n again with the settings of the page. The caller closes it. */
export async function startNetworkEnvironment(
	options: SandboxOptions,
): Promise<NetworkEnvironment> {
	const environment = await startTestEnvironment(options);
	const { n8n, client, sandbox, credential } = environment;
	const folder = await mkdtemp(join(tmpdir(), 'persona-network-'));
	const changeFile = join(folder, 'change');
	await mkdir(join(folder, 'unknown'));
	const files = await createCertificate(folder, ['api.withpersona.com', 'n8n.example.com']);
	const unknownFiles = await createCertificate(join(folder, 'unknown'), ['127.0.0.1']);
	const certificate = await readCertificate(files);
	const sandboxPort = Number(new URL(sandbox.url).port);
	const front = await startTlsFront(certificate, { port: sandboxPort });
	const unknownFront = await startTlsFront(await readCertificate(unknownFiles), {
		port: sandboxPort,
	});
	const [publicPort, defaultPort] = [await findFreePort(), await findFreePort()];
	const places = { ...files, publicPort, n8nPort: Number(new URL(n8n.url).port), hasIpv6 };
	const proxy = await startForwardProxy({
		targets: {
			'api.withpersona.com:443': front.port,
			'other.example.com:443': front.port,
			'persona.internal:80': sandboxPort,
			[`n8n.example.com:${publicPort}`]: publicPort,
		},
	});
	proxy.login = `n8n:${PROXY_PASSWORD}`;
	const servers = hasNginx ? await startBothNginx(places, defaultPort, changeFile) : [];
	const proxyUrl = `http://n8n:${encodeURIComponent(PROXY_PASSWORD)}@${proxy.host}`;
	await n8n.restart({
		...readN8nSettings(places),
		...setBoth('HTTPS_PROXY', proxyUrl),
		...setBoth('HTTP_PROXY', proxyUrl),
		...setBoth('NO_PROXY', '127.0.0.1,localhost'),
		NODE_EXTRA_CA_CERTS: files.certificateFile,
	});
	// The sandbox delivers with Node's own agent, to a name that leads nowhere.
	Object.assign(globalAgent.options, { ca: certificate.cert, lookup: resolveToThisMachine });

	const buildCredential = (baseUrl = PERSONA) => ({
		name: credential.name,
		type: 'personaApi',
		data: { ...buildCredentialData(sandbox), baseUrl },
	});
	await client.updateCredential(credential.id, buildCredential());
	return {
		...environment,
		...{ proxy, publicPort, defaultPort, certificate: certificate.cert, changeFile },
		apiUrls: {
			plain: 'http://persona.internal/api/v1',
			otherName: 'https://other.example.com/api/v1',
			unknownAuthority: `https://127.0.0.1:${unknownFront.port}/api/v1`,
		},
		async runPersona(parameters, apiUrl) {
			await client.updateCredential(credential.id, buildCredential(apiUrl));
			const selected = selectCredential(environment);
			const node = buildNode('n8n-nodes-persona.persona', 'Persona', parameters, selected);
			try {
				return await runNodes(environment, node);
			} finally {
				await client.updateCredential(credential.id, buildCredential());
			}
		},
		testCredential: async (apiUrl) => await client.testCredential(buildCredential(apiUrl)),
		readLog: async () => await readFile(n8n.logFile, 'utf8'),
		async close() {
			for (const name of ['ca', 'lookup'] as const) delete globalAgent.options[name];
			await environment.close();
			for (const server of servers) await server.stop();
			for (const one of [front, unknownFront, proxy]) await one.close();
			await rm(folder, { recursive: true });
		},
	};
}
