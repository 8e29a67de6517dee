import { createHash } from 'crypto';
import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';
import { isRecord } from '../utils/isRecord';

/** One request to Persona, without the headers and settings that all requests share. */
export interface ApiRequest {
	method: IHttpRequestMethods;
	/** Path below the API URL, with a leading slash. */
	path: string;
	/** Objects become Persona's brackets: `{ page: { size: 5 } }` is sent as `page[size]=5`. */
	query?: IDataObject;
	body?: IDataObject;
	/** The body has files: sent as Base64 in JSON, or as their bytes in a form. */
	files?: 'json' | 'form';
	/** What a successful response contains; one object by default. */
	expects?: 'object' | 'list' | 'pdf';
	/** The response also has the bytes from which its document was read. */
	keepsBytes?: boolean;
	/** Idempotency key of a POST that changes something; by default a random one. */
	idempotencyKey?: string;
}

/** Whether a request changes something in Persona. A search is a POST, but only reads. */
export const changesData = ({ method, path }: Pick<ApiRequest, 'method' | 'path'>): boolean =>
	method !== 'GET' && !path.endsWith('/search');

/** Whether a request has an idempotency key: Persona reads the key of a POST only. */
export const hasIdempotencyKey = (request: Pick<ApiRequest, 'method' | 'path'>): boolean =>
	request.method === 'POST' && changesData(request);

/** Builds the path of a request with its encoded query. */
export function buildPathWithQuery({ path, query }: ApiRequest): string {
	const parameters = encodeQuery(query, '');
	return parameters.length > 0 ? `${path}?${parameters.join('&')}` : path;
}

function encodeQuery(value: unknown, name: string): string[] {
	if (value === undefined || value === null) return [];
	if (typeof value === 'object') {
		return Object.entries(value).flatMap(([key, member]) =>
			encodeQuery(member, name ? `${name}[${key}]` : key),
		);
	}
	return [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`];
}

/** A database or a model may give the members of an object in another order each time. */
const sortMembers = (_: string, value: unknown): unknown =>
	isRecord(value)
		? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
		: value;

/**
 * Creates an idempotency key that is the same whenever all parts are the same, whatever the order of
 * the members of objects in them.
 */
export const createIdempotencyKey = (...parts: unknown[]): string =>
	createHash('sha256').update(JSON.stringify(parts, sortMembers)).digest('hex').slice(0, 40);
