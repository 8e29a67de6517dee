import type { Json, JsonObject } from './json.mts';
import type { Environment } from './settings.mts';

/** One request to the API, successful or not. */
export interface RequestLogEntry {
	id: string;
	method: string;
	/** Without the query. */
	path: string;
	query: JsonObject;
	headers: Record<string, string | string[] | undefined>;
	ip: string;
	/** The parsed body, before its keys were inflected. */
	body: Json | undefined;
	/** Milliseconds since 1970. */
	startedAt: number;
	/** Null until the response is sent, and for good where the connection was cut. */
	status: number | null;
	/** The status that was decided, also if the connection ended before the client had the response. */
	decidedStatus?: number;
	/** Missing until there is a response. */
	responseHeaders?: JsonObject;
	idempotencyKey?: string;
	/** Of the key; missing without a valid one. */
	environment?: Environment;
	/** The response was stored for an earlier request with the same key. */
	isReplay: boolean;
	/** Persona's API logs have no entry about this request. */
	isUnlogged?: true;
}

/** One request to the file host. */
export interface FileRequestLogEntry {
	path: string;
	headers: Record<string, string | string[] | undefined>;
	status: number;
}
