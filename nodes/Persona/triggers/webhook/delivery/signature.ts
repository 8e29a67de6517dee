import { createHmac, timingSafeEqual } from 'crypto';

/** A longer header is not read; a signature takes 80 characters, and a rotation sends two of them. */
const MAX_HEADER_LENGTH = 1024;

/** One signature of a body: the timestamp as it was written, and the digests it may have. */
export interface SignatureSet {
	timestamp: string;
	digests: Buffer[];
}

function parseSignatureSet(text: string): SignatureSet {
	const members = text.split(',').map((member) => {
		const equals = member.indexOf('=');
		return [member.slice(0, equals), member.slice(equals + 1)];
	});
	const getValues = (name: string) =>
		members.filter(([member]) => member === name).map(([, value]) => value);
	const [timestamp = ''] = getValues('t').filter((value) => /^\d{1,12}$/.test(value));
	const digests = getValues('v1').filter((value) => /^[0-9a-f]{64}$/i.test(value));
	return { timestamp, digests: digests.map((digest) => Buffer.from(digest, 'hex')) };
}

/**
 * The signatures of a `Persona-Signature` header: `t=…,v1=…`, with a space between two of them.
 * Whatever is malformed is left out, so garbage gives an empty list.
 */
export function parseSignatureHeader(header: unknown): SignatureSet[] {
	if (typeof header !== 'string' || header.length > MAX_HEADER_LENGTH) return [];
	return header
		.split(' ')
		.map(parseSignatureSet)
		.filter(({ timestamp, digests }) => timestamp !== '' && digests.length > 0);
}

/**
 * The timestamp of the newest signature that one of the secrets made of this body, in seconds since
 * 1970. Undefined where there is none, and therefore always without a secret.
 */
export function verifySignature(
	signatures: SignatureSet[],
	body: Buffer,
	secrets: string[],
): number | undefined {
	const valid = signatures.filter(({ timestamp, digests }) =>
		secrets.some((secret) => {
			// Anybody can sign with the empty secret.
			if (secret === '') return false;
			const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
			return digests.some((digest) => timingSafeEqual(digest, expected));
		}),
	);
	return valid.length > 0
		? Math.max(...valid.map(({ timestamp }) => Number(timestamp)))
		: undefined;
}

/** Whether a timestamp is close enough to now; clocks may be wrong in either direction. */
export const isWithinTolerance = (
	signedAtSeconds: number,
	nowMs: number,
	/** With 0 the age is not checked. */
	toleranceMinutes: number,
) => toleranceMinutes <= 0 || Math.abs(nowMs / 1000 - signedAtSeconds) <= toleranceMinutes * 60;
