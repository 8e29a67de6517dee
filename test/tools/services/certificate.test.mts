import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
	createCertificate,
	joinCertificates,
	readCertificate,
	type Certificate,
} from '../../../tools/services/certificate.mts';

const execute = promisify(execFile);

/** So many that the length of the list takes more than one byte. */
const HOSTS = [
	'slack.com',
	'127.0.0.1',
	...Array.from({ length: 20 }, (_, i) => `host-${i}.example`),
];

describe('a certificate', () => {
	let folder: string;
	let certificate: Certificate;
	let server: Server;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'persona-certificate-'));
		certificate = await readCertificate(await createCertificate(folder, HOSTS));
		server = createServer(certificate, (_, response) => response.end());
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
	});
	afterAll(async () => {
		server.close();
		await rm(folder, { recursive: true });
	});

	/** Connects as to a host, and returns the status or the code of the error. */
	const connect = async (servername: string, ca?: Buffer) =>
		await new Promise((resolve) => {
			const { port } = server.address() as AddressInfo;
			const name = servername === '127.0.0.1' ? {} : { servername };
			request({ host: '127.0.0.1', port, ca, ...name, agent: false }, (response) => {
				response.resume();
				resolve(response.statusCode);
			})
				.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
				.end();
		});

	it.each(['slack.com', '127.0.0.1', 'host-19.example'])(
		'lets a program that trusts it connect to %s',
		async (host) => {
			expect(await connect(host, certificate.cert)).toBe(200);
		},
	);

	it('is for no other host, and nobody else trusts it', async () => {
		expect(await connect('elsewhere.example', certificate.cert)).toBe(
			'ERR_TLS_CERT_ALTNAME_INVALID',
		);
		expect(await connect('slack.com')).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
	});

	it('is trusted beside the authorities that the user has, also if its file does not end a line', async () => {
		const own = await mkdtemp(join(folder, 'own-'));
		const { certificateFile: authority } = await createCertificate(own, ['own.example']);
		const joined = join(folder, 'joined.pem');
		await joinCertificates([join(folder, 'certificate.pem'), authority], joined);
		const { port } = server.address() as AddressInfo;
		const script = `require('https').get({ host: '127.0.0.1', port: ${port} }, ({ statusCode }) => console.log(statusCode))`;
		const env = { ...process.env, NODE_EXTRA_CA_CERTS: joined };
		const { stdout, stderr } = await execute(process.execPath, ['-e', script], { env });
		expect([stdout, stderr]).toEqual(['200\n', '']);
	});
});
