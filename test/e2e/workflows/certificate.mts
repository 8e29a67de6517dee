import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a server needs to be taken for the hosts that it stands in for. */
export interface Certificate {
	key: Buffer;
	cert: Buffer;
	/** Where the certificate lies, for those who shall trust it. */
	file: string;
}

/** Makes a key, and a certificate for these hosts that is good for a day. */
export async function certificateFor(hosts: string[], folder: string): Promise<Certificate> {
	const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
	const names = hosts.map((host) => `DNS:${host}`).join(',');
	const settings = [
		'-x509',
		'-newkey',
		'rsa:2048',
		'-nodes',
		'-days',
		'1',
		'-subj',
		'/CN=stand-in',
	];
	const output = ['-addext', `subjectAltName=${names}`, '-keyout', keyFile, '-out', file];
	await promisify(execFile)('openssl', ['req', ...settings, ...output]);
	const [key, cert] = await Promise.all([readFile(keyFile), readFile(file)]);
	return { key, cert, file };
}
