import { isRecord } from '../utils/isRecord';
import type { ApiRequest } from './apiRequest';
import { isPersonaObject } from './jsonApi';

/** Headers of a response. Names are in lower case, as Node gives them. */
export type ResponseHeaders = Record<string, string | undefined>;

/**
 * The outcome of a request. If Persona did not respond, `statusCode` is `NO_RESPONSE` (the network
 * failed), `NOT_SENT` (the request never left n8n) or `NOT_PERSONA` (something else responded), and
 * `body` is the reason as text.
 */
export interface ApiResponse {
	statusCode: number;
	headers: ResponseHeaders;
	/**
	 * The document or the errors of Persona, or the bytes of a file. With an error status, a text says
	 * that the response is not Persona's.
	 */
	body: unknown;
	/** The bytes of a document, if the request keeps them. */
	bytes?: Buffer;
	/** The status of a response that is not Persona's. */
	foreignStatus?: number;
}

/** Status of a request without a response. Persona may still have carried it out. */
export const NO_RESPONSE = 0;

/** Status of a request that was not sent. */
export const NOT_SENT = -1;

/** Status of a request to which something else than Persona responded, e.g. a proxy. */
export const NOT_PERSONA = -2;

/** Whether a status reports success. */
export const isSuccessStatus = (statusCode: number): boolean =>
	statusCode >= 200 && statusCode < 300;

/** Whether a failure may pass by itself. */
export const isTransientStatus = (statusCode: number): boolean =>
	statusCode === NO_RESPONSE ||
	statusCode === 408 ||
	statusCode === 429 ||
	// Not those that say that something is not supported, or that a network asks for a login.
	(statusCode >= 500 && ![501, 505, 511].includes(statusCode));

/** Whether a request was too large for something on its way, which need not be Persona. */
export const isTooLarge = (statusCode: number): boolean => [413, 414, 431].includes(statusCode);

const toText = (body: unknown) => {
	const bytes = body instanceof ArrayBuffer ? Buffer.from(body) : body;
	return Buffer.isBuffer(bytes) ? bytes.toString() : bytes;
};

/** Parses JSON, also after a byte-order mark; any other text stays as it is. */
function parseJson(body: unknown): unknown {
	const text = toText(body);
	if (typeof text !== 'string') return text;
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		return text;
	}
}

function isExpected(value: unknown, expects: ApiRequest['expects'] = 'object'): boolean {
	if (!isRecord(value)) return false;
	const { data } = value;
	if (expects === 'list') return Array.isArray(data) && data.every(isPersonaObject);
	return isPersonaObject(data) && typeof data.id === 'string';
}

const isPdf = ({ headers, body }: ApiResponse) =>
	headers['content-type']?.startsWith('application/pdf') === true ||
	Buffer.from(body as Buffer)
		.subarray(0, 1024)
		.includes('%PDF-');

const isErrors = (value: unknown) => isRecord(value) && Array.isArray(value.errors);

/** Whether a body is empty, or the list of errors that Persona sends with an error status. */
const isEmptyOrErrors = (value: unknown) =>
	value === undefined ||
	value === null ||
	value === '' ||
	isErrors(value) ||
	(isRecord(value) && Object.keys(value).length === 0);

/** Whether the body of an error may be Persona's. */
const isPersonasError = (statusCode: number, value: unknown) =>
	// Proxies send these without a body, and nothing that exists must be taken for gone.
	statusCode === 404 || statusCode === 410 ? isErrors(value) : isEmptyOrErrors(value);

/** A text that begins as JSON but is not, since the connection ended too early. */
const isCutOff = (value: unknown) =>
	typeof value === 'string' && /^\s*(\{\s*("|$)|\[\s*([{"]|$))/.test(value);

const MAX_EXCERPT_LENGTH = 100;

/** The first words of a body, without markup and without anything that looks like an API key. */
function getExcerpt(body: unknown, apiKey: string): string {
	const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
	const words = text
		.replace(/<(script|style)\b[^>]*>.*?<\/\1>/gis, ' ')
		.replace(/<[^>]*>|&#?\w+;/g, ' ')
		.replaceAll(apiKey || '\0', '…')
		.replace(/\b(persona_(sandbox|production)_|bearer\s+)[^\s"'<]+/gi, '…')
		.replace(/[\s\p{C}]+/gu, ' ')
		.trim();
	return words.length > MAX_EXCERPT_LENGTH ? `${words.slice(0, MAX_EXCERPT_LENGTH)}…` : words;
}

/** Says in one sentence that a response is not Persona's, and what it is instead. */
function describeForeign({ statusCode, headers }: ApiResponse, excerpt: string): string {
	const answer = isSuccessStatus(statusCode)
		? 'The answer'
		: `The answer with status ${statusCode}`;
	const { location } = headers;
	const isRedirect = statusCode < 400 && location !== undefined;
	const content = excerpt === '' ? 'is empty' : `begins with “${excerpt}”`;
	const what = isRedirect
		? `leads to ${location.split(/[?#]/)[0].slice(0, MAX_EXCERPT_LENGTH)}`
		: content;
	return `${answer} is not Persona's, but ${what}: check 'API URL' in the credential`;
}

/**
 * Reads the body of a response: JSON, or the bytes of a file. A response with something else is not
 * Persona's; it gets the status `NOT_PERSONA`, unless its own says that the failure may pass or that
 * the request is too large, and a body that describes it without the API key.
 */
export function parseResponse(
	response: ApiResponse,
	{ expects, keepsBytes }: Pick<ApiRequest, 'expects' | 'keepsBytes'>,
	apiKey: string,
): ApiResponse {
	const { statusCode, headers, body } = response;
	const isSuccess = isSuccessStatus(statusCode);
	if (isSuccess && expects === 'pdf' && isPdf(response)) return { statusCode, headers, body };
	const value = parseJson(body);
	if (isCutOff(value)) {
		// A partial success proves nothing: Persona may or may not have carried out the request.
		return isSuccess
			? { statusCode: NO_RESPONSE, headers, body: 'The response was cut off' }
			: { statusCode, headers, body: undefined };
	}
	const isPersona = isSuccess
		? expects !== 'pdf' && isExpected(value, expects)
		: statusCode >= 400 && isPersonasError(statusCode, value);
	if (isPersona) {
		const bytes = keepsBytes && isSuccess ? Buffer.from(body as Buffer) : undefined;
		return { statusCode, headers, body: value, ...(bytes && { bytes }) };
	}
	return {
		statusCode: isTransientStatus(statusCode) || isTooLarge(statusCode) ? statusCode : NOT_PERSONA,
		headers,
		body: describeForeign(response, getExcerpt(value, apiKey)),
		foreignStatus: statusCode,
	};
}

type RequestError = { isAxiosError?: boolean; message?: string } | undefined;

/**
 * Converts an error of n8n's HTTP helpers. Only its text is kept, since the error may contain the
 * key.
 */
export function toErrorResponse(error: unknown): ApiResponse {
	const { message, cause } = error as Error;
	// For a request with a credential n8n wraps the network error; otherwise it throws it as it is.
	const errors = [error, cause] as RequestError[];
	const networkError = errors.find((candidate) => candidate?.isAxiosError);
	return networkError
		? { statusCode: NO_RESPONSE, headers: {}, body: networkError.message }
		: { statusCode: NOT_SENT, headers: {}, body: message };
}
