import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The hosts that the tests fake. */
const HOSTS = ['slack.com', 'hooks.slack.com', 'api.hubapi.com'];

/** Paths of a key and its certificate, in PEM format. */
export interface CertificateFiles {
	keyFile: string;
	certificateFile: string;
}

/** A key and its certificate, as a server takes them. */
export interface Certificate {
	key: Buffer;
	cert: Buffer;
}

/** Creates a key in a folder, and a certificate for the fake hosts that is valid for a day. */
export async function createCertificate(folder: string): Promise<CertificateFiles> {
	const keyFile = join(folder, 'key.pem');
	const certificateFile = join(folder, 'certificate.pem');
	const names = HOSTS.map((host) => `DNS:${host}`).join(',');
	const settings = '-x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=fake'.split(' ');
	const output = ['-keyout', keyFile, '-out', certificateFile];
	await promisify(execFile)('openssl', [
		'req',
		...settings,
		'-addext',
		`subjectAltName=${names}`,
		...output,
	]);
	return { keyFile, certificateFile };
}

/** Reads a key and its certificate. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
	const [key, cert] = await Promise.all([readFile(files.keyFile), readFile(files.certificateFile)]);
	return { key, cert };
}
