import { createHmac, timingSafeEqual } from 'crypto';

/** A longer header is ignored. A signature takes 80 characters; during a rotation there are two. */
const MAX_HEADER_LENGTH = 1024;

/** One signature of a body: the timestamp as written, and its digests, of which one must match. */
export interface SignatureSet {
	timestamp: string;
	digests: Buffer[];
}

function parseSignatureSet(text: string): SignatureSet {
	const pairs = text.split(',').map((pair) => {
		const separatorIndex = pair.indexOf('=');
		return [pair.slice(0, separatorIndex), pair.slice(separatorIndex + 1)];
	});
	const getValues = (name: string) =>
		pairs.filter(([key]) => key === name).map(([, value]) => value);
	const [timestamp = ''] = getValues('t').filter((value) => /^\d{1,12}$/.test(value));
	const digests = getValues('v1').filter((value) => /^[0-9a-f]{64}$/i.test(value));
	return { timestamp, digests: digests.map((digest) => Buffer.from(digest, 'hex')) };
}

/**
 * Parses the signatures of a `Persona-Signature` header: `t=…,v1=…`, separated by spaces. Malformed
 * ones are left out, so garbage results in an empty list.
 */
export function parseSignatureHeader(header: unknown): SignatureSet[] {
	if (typeof header !== 'string' || header.length > MAX_HEADER_LENGTH) return [];
	return header
		.split(' ')
		.map(parseSignatureSet)
		.filter(({ timestamp, digests }) => timestamp !== '' && digests.length > 0);
}

/**
 * Returns the timestamp of the newest signature that matches the body and one of the secrets, in
 * seconds since 1970; undefined if there is none, so always without a secret.
 */
export function findSignedTime(
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

/** How old a signature may be if the user does not say otherwise, in minutes. */
export const DEFAULT_TOLERANCE_MINUTES = 5;

/** Whether a timestamp is close enough to now; clocks may be wrong in either direction. */
export const isWithinTolerance = (
	signedAtSeconds: number,
	nowMs: number,
	/** With 0 the age is not checked. */
	toleranceMinutes: number,
) => toleranceMinutes <= 0 || Math.abs(nowMs / 1000 - signedAtSeconds) <= toleranceMinutes * 60;
