import { createHmac, timingSafeEqual } from 'crypto';

/** Characters of a header that is read at all; a set takes 80, and a rotation sends two of them. */
const MAX_HEADER_LENGTH = 1024;

/** One signing of a body: the moment as it was written, and what it may have been signed to. */
export interface SignatureSet {
	time: string;
	digests: Buffer[];
}

function parseSignatureSet(text: string): SignatureSet {
	const members = text.split(',').map((member) => {
		const equals = member.indexOf('=');
		return [member.slice(0, equals), member.slice(equals + 1)];
	});
	const values = (name: string) =>
		members.filter(([member]) => member === name).map(([, value]) => value);
	const [time = ''] = values('t').filter((value) => /^\d{1,12}$/.test(value));
	const digests = values('v1').filter((value) => /^[0-9a-f]{64}$/i.test(value));
	return { time, digests: digests.map((digest) => Buffer.from(digest, 'hex')) };
}

/**
 * The sets of a `Persona-Signature` header, `t=…,v1=…` with a space between them. What cannot be one
 * is left out, so nothing remains of garbage.
 */
export function parseSignatureHeader(header: unknown): SignatureSet[] {
	if (typeof header !== 'string' || header.length > MAX_HEADER_LENGTH) return [];
	return header
		.split(' ')
		.map(parseSignatureSet)
		.filter(({ time, digests }) => time !== '' && digests.length > 0);
}

/**
 * When Persona signed these bytes, in seconds since 1970: the newest set that one of the secrets
 * made. Undefined when none did, so without a secret always.
 */
export function verifySignature(
	sets: SignatureSet[],
	body: Buffer,
	secrets: string[],
): number | undefined {
	const proven = sets.filter(({ time, digests }) =>
		secrets.some((secret) => {
			// Anybody can sign with the empty secret.
			if (secret === '') return false;
			const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
			return digests.some((digest) => timingSafeEqual(digest, expected));
		}),
	);
	return proven.length > 0 ? Math.max(...proven.map(({ time }) => Number(time))) : undefined;
}

/**
 * Whether a signature is young enough, for clocks that are wrong in either direction. `now` is in
 * milliseconds since 1970, the tolerance in minutes; 0 takes any age.
 */
export const isWithinTolerance = (seconds: number, now: number, tolerance: number) =>
	tolerance <= 0 || Math.abs(now / 1000 - seconds) <= tolerance * 60;
