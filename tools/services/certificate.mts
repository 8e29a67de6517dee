import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';

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

/** How long a certificate is valid: longer than a demo is left running. */
const VALID_DAYS = 90;

const DAY_MS = 86_400_000;

/**
 * Creates a key in a folder, and a certificate for these hosts (names and IP addresses). It has signed
 * itself, so that it also serves as the certificate of an authority.
 */
export async function createCertificate(
	folder: string,
	hosts: string[],
): Promise<CertificateFiles> {
	// Each has a name of its own, since programs look for a certificate's issuer by its name.
	const name = [{ name: 'commonName', value: `fake ${randomBytes(8).toString('hex')}` }];
	const altNames = hosts.map((host) =>
		isIP(host) ? ({ type: 7, ip: host } as const) : ({ type: 2, value: host } as const),
	);
	const { private: key, cert } = await generate(name, {
		keyType: 'ec',
		algorithm: 'sha256',
		// The clocks of this machine's programs are the same, but one of them may round.
		notBeforeDate: new Date(Date.now() - DAY_MS),
		notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
		extensions: [
			{ name: 'basicConstraints', cA: true },
			{ name: 'subjectAltName', altNames },
		],
	});
	const files = {
		keyFile: join(folder, 'key.pem'),
		certificateFile: join(folder, 'certificate.pem'),
	};
	await writeFile(files.keyFile, key, { mode: 0o600 });
	await writeFile(files.certificateFile, cert);
	return files;
}

/** Writes the certificates of several files to one that Node reads, each of which begins on a line of its own. */
export async function joinCertificates(files: string[], joinedFile: string): Promise<void> {
	const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
	await writeFile(joinedFile, texts.map((text) => `${text.trim()}\n`).join(''));
}

/** Reads a key and its certificate. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
	const [key, cert] = await Promise.all([readFile(files.keyFile), readFile(files.certificateFile)]);
	return { key, cert };
}
