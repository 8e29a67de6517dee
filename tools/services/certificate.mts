import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

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

const SETTINGS = '-x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=fake'.split(' ');

/**
 * Creates a key in a folder, and a certificate for these hosts that is valid for a day. It has signed
 * itself, so that it also serves as the certificate of an authority.
 */
export async function createCertificate(
	folder: string,
	hosts: string[],
): Promise<CertificateFiles> {
	const keyFile = join(folder, 'key.pem');
	const certificateFile = join(folder, 'certificate.pem');
	const names = hosts.map((host) => `${isIP(host) ? 'IP' : 'DNS'}:${host}`).join(',');
	const output = ['-keyout', keyFile, '-out', certificateFile];
	const extension = ['-addext', `subjectAltName=${names}`];
	await promisify(execFile)('openssl', ['req', ...SETTINGS, ...extension, ...output]);
	return { keyFile, certificateFile };
}

/** Reads a key and its certificate. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
	const [key, cert] = await Promise.all([readFile(files.keyFile), readFile(files.certificateFile)]);
	return { key, cert };
}
