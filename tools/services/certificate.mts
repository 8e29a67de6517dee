import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';

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

/** Types of ASN.1 values. */
const TAGS = {
	...{ boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, text: 0x0c },
	...{ time: 0x17, sequence: 0x30, set: 0x31, version: 0xa0, extensions: 0xa3 },
	// The kinds of names that a certificate is for.
	...{ hostName: 0x82, address: 0x87 },
};

/** The numbers of what a certificate consists of (RFC 5280, RFC 5758), encoded. */
const IDS = {
	ecdsaWithSha256: '2a8648ce3d040302',
	commonName: '550403',
	basicConstraints: '551d13',
	names: '551d11',
};

/** Encodes a value of ASN.1 by the distinguished rules (X.690). */
function encode(tag: keyof typeof TAGS, ...parts: Buffer[]): Buffer {
	const value = Buffer.concat(parts);
	const { length } = value;
	const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from([TAGS[tag], ...size]), value]);
}

const encodeId = (id: keyof typeof IDS) => encode('oid', Buffer.from(IDS[id], 'hex'));

/** A point in time before 2050 as YYMMDDHHMMSSZ. */
const encodeTime = (time: number) =>
	encode('time', Buffer.from(`${new Date(time).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

const encodeHost = (host: string) =>
	isIP(host) === 4
		? encode('address', Buffer.from(host.split('.').map(Number)))
		: encode('hostName', Buffer.from(host));

const toPem = (bytes: Buffer) => {
	const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
	return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
};

/**
 * Creates a key in a folder, and a certificate for these hosts (names and IPv4 addresses). It has
 * signed itself, so that it also serves as the certificate of an authority.
 */
export async function createCertificate(
	folder: string,
	hosts: string[],
): Promise<CertificateFiles> {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const algorithm = encode('sequence', encodeId('ecdsaWithSha256'));
	const serial = randomBytes(8);
	// Each has a name of its own, since programs look for a certificate's issuer by its name.
	const name = encode('text', Buffer.from(`fake ${serial.toString('hex')}`));
	const issuer = encode(
		'sequence',
		encode('set', encode('sequence', encodeId('commonName'), name)),
	);
	const isAuthority = encode('sequence', encode('boolean', Buffer.from([0xff])));
	const names = encode('sequence', ...hosts.map(encodeHost));
	const contents = encode(
		'sequence',
		encode('version', encode('integer', Buffer.from([2]))),
		// Positive, and without a zero in front.
		encode('integer', Buffer.from([0x40]), serial),
		algorithm,
		issuer,
		// The clocks of this machine's programs are the same, but one of them may round.
		encode(
			'sequence',
			encodeTime(Date.now() - DAY_MS),
			encodeTime(Date.now() + VALID_DAYS * DAY_MS),
		),
		issuer,
		publicKey.export({ type: 'spki', format: 'der' }),
		encode(
			'extensions',
			encode(
				'sequence',
				encode('sequence', encodeId('basicConstraints'), encode('octets', isAuthority)),
				encode('sequence', encodeId('names'), encode('octets', names)),
			),
		),
	);
	const signature = encode('bits', Buffer.from([0]), sign('sha256', contents, privateKey));
	const files = {
		keyFile: join(folder, 'key.pem'),
		certificateFile: join(folder, 'certificate.pem'),
	};
	const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
	await writeFile(files.keyFile, key, { mode: 0o600 });
	await writeFile(files.certificateFile, toPem(encode('sequence', contents, algorithm, signature)));
	return files;
}

/** Reads a key and its certificate. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
	const [key, cert] = await Promise.all([readFile(files.keyFile), readFile(files.certificateFile)]);
	return { key, cert };
}
