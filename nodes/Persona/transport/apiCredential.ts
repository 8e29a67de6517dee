import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';
import { isUrl } from '../utils/isUrl';
import { isPublic } from '../utils/publicUrl';
import { trimText } from '../utils/values/trimText';

/** The credential as requests use it. */
export interface ApiCredential {
	apiKey: string;
	apiVersion: string;
	/** The address that all paths are below, without a slash at its end. */
	apiUrl: string;
}

/** Where Persona's API is, unless a proxy or a sandbox is used. */
export const DEFAULT_API_URL = 'https://api.withpersona.com/api/v1';

/** Reads a value as text without what copying leaves around it. */
const read = (value: unknown) => trimText(String(value ?? ''));

function readApiUrl(value: unknown): string {
	const text = read(value);
	const fail = (problem: string): never => {
		throw new UserError(
			`'API URL' in the Persona credential ${problem}. Without a proxy it is ${DEFAULT_API_URL}`,
		);
	};
	if (text === '') fail('is empty');
	if (!/^https?:\/\//i.test(text)) fail('does not begin with https://');
	if (/\s/.test(text) || !isUrl(text)) fail('is not an address');
	const { protocol, host, username, password, search, hash } = new URL(text);
	if (username || password) fail('contains a user name or password, which cannot be used there');
	if (search || hash) fail('contains a ? or #, which cannot be used there');
	if (protocol === 'http:' && isPublic(text)) {
		fail(`begins with http://, which would send the API key to ${host} unencrypted`);
	}
	return text.replace(/[?#/]+$/, '');
}

function readApiKey(value: unknown): string {
	const key = read(value);
	if (key === '') throw new UserError("'API Key' in the Persona credential is empty");
	if (/^[!-~]+$/.test(key)) return key;
	throw new UserError(
		"'API Key' in the Persona credential contains a blank, a line break or another character that no key has: copy the key again, and nothing else",
	);
}

/** The value of 'API Version' that leaves the version to 'Other API Version'. */
const OTHER_VERSION = 'other';

function readApiVersion({ apiVersion, otherApiVersion }: ICredentialDataDecryptedObject): string {
	const isOther = apiVersion === OTHER_VERSION;
	const version = read(isOther ? otherApiVersion : apiVersion);
	if (/^\d{4}-\d{2}-\d{2}$/.test(version)) return version;
	throw new UserError(
		`'${isOther ? 'Other API Version' : 'API Version'}' in the Persona credential is not the date of a version, e.g. 2025-12-08`,
	);
}

/** What the keys of each environment begin with (https://docs.withpersona.com/api-keys). */
const KEY_PREFIXES = { sandbox: 'persona_sandbox_', production: 'persona_production_' };

/** The environments that 'Only Use In' offers beside any. */
type Environment = keyof typeof KEY_PREFIXES;

const isEnvironment = (value: unknown): value is Environment =>
	typeof value === 'string' && Object.hasOwn(KEY_PREFIXES, value);

/** Finds the environment that a key belongs to; undefined if its beginning does not show it. */
const findEnvironment = (apiKey: string): Environment | undefined =>
	Object.keys(KEY_PREFIXES)
		.filter(isEnvironment)
		.find((environment) => apiKey.startsWith(KEY_PREFIXES[environment]));

/**
 * Reads 'Only Use In'; undefined if any environment may be used. Throws an error in one sentence if the
 * key does not belong to the environment, or if its beginning does not show where it belongs.
 */
export function readGuardedEnvironment(
	data: ICredentialDataDecryptedObject,
): Environment | undefined {
	// n8n fills in the default; only a value that is there may be an emptied expression.
	const { onlyUseIn } = { onlyUseIn: 'any', ...data };
	const fail = (problem: string): never => {
		throw new UserError(`'Only Use In' in the Persona credential ${problem}`);
	};
	if (onlyUseIn === 'any') return undefined;
	if (!isEnvironment(onlyUseIn)) {
		return fail('is not any, sandbox or production, so nothing is sent: choose one of them');
	}
	const environment = findEnvironment(read(data.apiKey));
	if (environment === onlyUseIn) return environment;
	const fix = `use a key that begins with ${KEY_PREFIXES[onlyUseIn]}, or change 'Only Use In'`;
	return fail(
		environment
			? `is ${onlyUseIn}, but 'API Key' is a ${environment} key, so nothing is sent: ${fix}`
			: `is ${onlyUseIn}, but the beginning of 'API Key' does not show its environment, so nothing is sent: ${fix}`,
	);
}

/**
 * Reads the credential for a request. Throws an error in one sentence, with the field that has to be
 * corrected, if a request with it could not be sent or would show the key to others.
 */
export function readApiCredential(data: ICredentialDataDecryptedObject): ApiCredential {
	const credential = {
		apiUrl: readApiUrl(data.baseUrl),
		apiKey: readApiKey(data.apiKey),
		apiVersion: readApiVersion(data),
	};
	readGuardedEnvironment(data);
	return credential;
}
