import type { IDataObject } from 'n8n-workflow';
import { isRecord } from '../utils/isRecord';
import type { ApiRequest } from './apiRequest';
import { hideValues } from './hideValues';
import { getAttributes, isPersonaObject } from './jsonApi';

/** Headers of a response. Names are in lower case, as Node gives them. */
export type ResponseHeaders = Record<string, string | undefined>;

/**
 * The outcome of a request. If Persona did not respond, `statusCode` is `NO_RESPONSE` (the network
 * failed), `NOT_SENT` (the request never left n8n), `NOT_PERSONA` (something else responded),
 * `OTHER_ENVIRONMENT` or `OVER_LIMIT`, and `body` is the reason as text.
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
	/** With `NO_RESPONSE`: no connection could be made, so Persona has not received the request. */
	isUnsent?: boolean;
	/** The last attempt was refused, but an earlier one without an answer may have been carried out. */
	isOutcomeUnknown?: boolean;
}

/** Status of a request without a response. Persona may still have carried it out. */
export const NO_RESPONSE = 0;

/** Status of a request that was not sent. */
export const NOT_SENT = -1;

/** Status of a request to which something else than Persona responded, e.g. a proxy. */
export const NOT_PERSONA = -2;

/** Status of a request to which another environment of Persona responded than to those before. */
export const OTHER_ENVIRONMENT = -3;

/** Status of a request whose answer is too large, or takes too long in all. */
export const OVER_LIMIT = -4;

/** Status with which a proxy asks for a user name and a password. */
export const PROXY_LOGIN_REQUIRED = 407;

/** Whether something has answered, and the whole answer has come. */
export const isAnswered = ({ statusCode }: ApiResponse): boolean => statusCode > 0;

/** Whether a status reports success. */
export const isSuccessStatus = (statusCode: number): boolean =>
	statusCode >= 200 && statusCode < 300;

/** Returns the attributes of the object in a response; none if there is no object. */
export function getResponseAttributes({ body }: ApiResponse): IDataObject {
	return isRecord(body) && isPersonaObject(body.data) ? getAttributes(body.data) : {};
}

/** Whether a failure may pass by itself. */
export const isTransientStatus = (statusCode: number): boolean =>
	statusCode === NO_RESPONSE ||
	// Too early (RFC 8470), and a gateway whose client went away (nginx), as well as Persona's own.
	[408, 425, 429, 499].includes(statusCode) ||
	// Not those that say that something is not supported, or that a network asks for a login.
	(statusCode >= 500 && ![501, 505, 511].includes(statusCode));

/** Whether a request was too large for something on its way, which need not be Persona. */
export const isTooLarge = (statusCode: number): boolean => [413, 414, 431].includes(statusCode);

/** Whether bytes are UTF-8. In any other encoding, names would be wrong. */
function isUtf8(bytes: Buffer): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return true;
	} catch {
		return false;
	}
}

/** Parses JSON in UTF-8, also after a byte-order mark; anything else becomes text. */
function parseJson(body: unknown): unknown {
	const text = Buffer.isBuffer(body) ? body.toString() : body;
	if (typeof text !== 'string') return text;
	const isDamaged = Buffer.isBuffer(body) && text.includes(REPLACEMENT) && !isUtf8(body);
	if (isDamaged) return text;
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		return text;
	}
}

/** What is left of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

function isExpected(value: unknown, expects: ApiRequest['expects'] = 'object'): boolean {
	if (!isRecord(value)) return false;
	const { data, links } = value;
	if (expects === 'list') {
		// A link that cannot be read would end the list too early.
		const { next } = isRecord(links) ? links : {};
		const isNextReadable = next === undefined || next === null || typeof next === 'string';
		return isNextReadable && Array.isArray(data) && data.every(isPersonaObject);
	}
	return isPersonaObject(data) && typeof data.id === 'string';
}

const isPdf = ({ headers, body }: ApiResponse) =>
	headers['content-type']?.startsWith('application/pdf') === true ||
	Buffer.from(body as Buffer)
		.subarray(0, 1024)
		.includes('%PDF-');

const isErrors = (value: unknown): value is { errors: unknown[] } =>
	isRecord(value) && Array.isArray(value.errors);

/** Whether a body is empty, or the list of errors that Persona sends with an error status. */
const isEmptyOrErrors = (value: unknown) =>
	value === undefined ||
	value === null ||
	value === '' ||
	isErrors(value) ||
	(isRecord(value) && Object.keys(value).length === 0);

/** The members in which an answer says what is wrong: Persona's `details`, and those of others. */
const TEXT_MEMBERS = [
	'details',
	'detail',
	'message',
	'Message',
	'description',
	'error_description',
	'title',
	'error',
	'errors',
];

/** Finds the texts in which an answer says what is wrong, whatever its form; one for each object. */
export function findTexts(value: unknown): string[] {
	if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
	if (Array.isArray(value)) return value.flatMap(findTexts);
	if (!isRecord(value)) return [];
	const texts = TEXT_MEMBERS.map((name) => findTexts(value[name]));
	return texts.find(({ length }) => length > 0) ?? [];
}

/**
 * Whether errors tell of an object that does not exist. Errors without a text prove nothing, and one
 * of an unknown route means that the request did not get to where objects are.
 */
const isAboutObject = (errors: unknown[]) => {
	const texts = errors.filter(isRecord).flatMap(findTexts);
	return (
		texts.length > 0 && !texts.some((text) => /(?<![.\w])(routes?|paths?|endpoints?)\b/i.test(text))
	);
};

/** Whether the body of an error may be Persona's. */
const isPersonasError = (statusCode: number, value: unknown) =>
	// Proxies send these as well, and nothing that exists must be taken for gone.
	statusCode === 404 || statusCode === 410
		? isErrors(value) && isAboutObject(value.errors)
		: isEmptyOrErrors(value);

/** Where the JSON at the beginning of a text ends; undefined if the text ends first. */
function findJsonEnd(text: string): number | undefined {
	let depth = 0;
	for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|["{}[\]]/gs)) {
		if (token === '"') return undefined;
		if (token === '{' || token === '[') depth++;
		else if (!token.startsWith('"') && --depth <= 0) return index + 1;
	}
	return undefined;
}

/** A text that begins as JSON but is not, since the connection ended too early. */
const isCutOff = (value: unknown) =>
	typeof value === 'string' &&
	/^\s*(\{\s*("|$)|\[\s*([{"]|$))/.test(value) &&
	findJsonEnd(value) === undefined;

/** What follows the JSON at the beginning of a text; empty if the text is something else. */
function getAddition(value: unknown): string {
	if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return '';
	const end = findJsonEnd(value);
	return typeof parseJson(value.slice(0, end)) === 'object' ? value.slice(end) : '';
}

/** Hides in a text what n8n must not show. */
type HideValues = (text: string) => string;

/** Applies a function to all texts of a document. */
const mapTexts = (document: unknown, change: HideValues): unknown =>
	JSON.parse(
		JSON.stringify(document, (_, value: unknown) =>
			typeof value === 'string' ? change(value) : value,
		),
	);

const MAX_EXCERPT_LENGTH = 100;

/** How much of a text is looked at for an excerpt: a page may have many megabytes. */
const MAX_EXCERPT_SOURCE_LENGTH = 20_000;

const MAX_TEXT_LENGTH = 300;

const shorten = (text: string, maxLength: number) =>
	text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;

/** Members of JSON:API that hold what Persona knows about a person. */
const PERSONAL_MEMBERS = ['attributes', 'included'];

/** The first words of a body, without markup and without data of an object. */
function getExcerpt(value: unknown, hide: HideValues): string {
	const toJson = () =>
		JSON.stringify(value, (name, member: unknown) =>
			PERSONAL_MEMBERS.includes(name) && member !== null ? '…' : member,
		);
	const text = typeof value === 'string' ? value : (toJson() ?? '');
	const words = text
		.slice(0, MAX_EXCERPT_SOURCE_LENGTH)
		// A tag whose end is not in it.
		.replace(/<[^<>]*$/, ' ')
		.replace(/<(script|style)\b[^>]*>.*?<\/\1>/gis, ' ')
		.replace(/<[^>]*>|&#?\w+;/g, ' ')
		.replace(/[\s\p{C}]+/gu, ' ')
		.trim();
	return shorten(hide(words), MAX_EXCERPT_LENGTH);
}

/** Says what an answer is that is not Persona's. */
function describeContent(value: unknown, hide: HideValues): string {
	const texts = typeof value === 'object' ? findTexts(value) : [];
	if (texts.length > 0) return `says “${shorten(hide(texts.join(' ')), MAX_TEXT_LENGTH)}”`;
	// The rest may be a person's.
	if (typeof value === 'string' && value.includes(REPLACEMENT)) return 'is not text in UTF-8';
	const excerpt = getExcerpt(value, hide);
	if (excerpt !== '') return `begins with “${excerpt}”`;
	return typeof value === 'string' && value.trim() !== '' ? 'is a page without text' : 'is empty';
}

/** What is said of an answer whose end has not come. */
export const CUT_OFF = 'The answer was cut off';

/**
 * Whether a status alone says what happened, so that an answer which is cut off counts. A partial success
 * proves nothing, and something is gone only if Persona's own words say so.
 */
export const isRefusal = (statusCode: number): boolean =>
	statusCode >= 400 && statusCode !== 404 && statusCode !== 410;

/** Whether a status sends to another address. */
export const isRedirectStatus = (statusCode: number): boolean =>
	statusCode >= 300 && statusCode < 400;

/** Says where a redirect leads, without the part of the address that may hold a token; else undefined. */
export function describeRedirect({ statusCode, headers }: ApiResponse): string | undefined {
	const { location } = headers;
	if (!isRedirectStatus(statusCode) || location === undefined) return undefined;
	return `leads to ${shorten(location.split(/[?#]/)[0], MAX_EXCERPT_LENGTH)}`;
}

const API_URL_FIX = "check 'API URL' in the credential";

/** What the reading of a response depends on. */
type ReadRequest = Pick<ApiRequest, 'body' | 'expects' | 'keepsBytes' | 'query'>;

/** Says in one sentence that a response is not Persona's, and what it is instead. */
function describeForeign(response: ApiResponse, value: unknown, hide: HideValues): string {
	const { statusCode } = response;
	const answer = isSuccessStatus(statusCode)
		? 'The answer'
		: `The answer with status ${statusCode}`;
	const addition = getAddition(value);
	if (addition !== '') {
		const what = /^\s*[{[]/.test(addition)
			? 'another document'
			: `“${shorten(hide(JSON.stringify(addition).slice(1, -1)), MAX_EXCERPT_LENGTH)}”`;
		return `${answer} has something after its end that is not Persona's, ${what}: ${API_URL_FIX}`;
	}
	const what = describeRedirect(response) ?? describeContent(value, hide);
	return isErrors(value) && statusCode >= 400
		? `${answer} tells of no object, but ${what}: ${API_URL_FIX}`
		: `${answer} is not Persona's, but ${what}: ${API_URL_FIX}`;
}

/**
 * Reads the body of a response: JSON, or the bytes of a file. A response with something else is not
 * Persona's; it gets the status `NOT_PERSONA`, unless its own says that the failure may pass or that
 * the request is too large, and a body that describes it. What it and Persona's errors say is shown
 * without the API key and without the values of the request.
 */
export function parseResponse(
	response: ApiResponse,
	request: ReadRequest,
	apiKey: string,
): ApiResponse {
	try {
		return readResponse(response, request, apiKey);
	} catch {
		// Values are read level by level, and each level takes memory of the program.
		const { statusCode, headers } = response;
		const body = `The answer is not Persona's, but nested too deeply to be read: ${API_URL_FIX}`;
		return { statusCode: NOT_PERSONA, headers, body, foreignStatus: statusCode };
	}
}

function readResponse(response: ApiResponse, request: ReadRequest, apiKey: string): ApiResponse {
	const { expects, keepsBytes } = request;
	const { statusCode, headers, body } = response;
	const isSuccess = isSuccessStatus(statusCode);
	if (isSuccess && expects === 'pdf' && isPdf(response)) return { statusCode, headers, body };
	// The proxy that n8n has for its way out has sent it; what its page says helps nobody.
	if (statusCode === PROXY_LOGIN_REQUIRED) return { statusCode, headers, body: undefined };
	const value = parseJson(body);
	if (isSuccess && expects !== 'pdf' && isExpected(value, expects)) {
		const bytes = keepsBytes ? Buffer.from(body as Buffer) : undefined;
		return { statusCode, headers, body: value, ...(bytes && { bytes }) };
	}
	if (isCutOff(value)) {
		return isRefusal(statusCode)
			? { statusCode, headers, body: undefined }
			: { statusCode: NO_RESPONSE, headers, body: CUT_OFF };
	}
	const hide = (text: string) => hideValues(text, request, apiKey);
	if (statusCode >= 400 && isPersonasError(statusCode, value)) {
		return { statusCode, headers, body: isErrors(value) ? mapTexts(value, hide) : value };
	}
	return {
		statusCode: isTransientStatus(statusCode) || isTooLarge(statusCode) ? statusCode : NOT_PERSONA,
		headers,
		body: describeForeign(response, value, hide),
		foreignStatus: statusCode,
	};
}
