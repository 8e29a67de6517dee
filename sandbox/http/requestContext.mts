import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, BadRequestError } from '../state/errors.mts';
import type { FaultOptions } from '../state/faultQueue.mts';
import type { IdempotencyClaim } from '../state/idempotencyStore.mts';
import { createId } from '../state/ids.mts';
import type { Inflection } from '../state/inflection.mts';
import type { JsonObject } from '../state/json.mts';
import type { RequestLogEntry } from '../state/logEntries.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import { API_VERSIONS } from './apiVersions.mts';
import {
	authenticate,
	type AuthenticatedKey,
	isProductionKey,
	requirePermission,
} from './authentication.mts';
import type { Endpoint } from './endpoint.mts';

/** What is known about a request while it is handled. */
export interface RequestContext {
	logEntry: RequestLogEntry;
	key: AuthenticatedKey;
	version: string;
	inflection: Inflection;
	fault?: FaultOptions;
	idempotency?: { key: string; claim: IdempotencyClaim };
	requestId: string;
}

declare module 'fastify' {
	interface FastifyRequest {
		requestContext: RequestContext;
	}
	interface FastifyContextConfig {
		endpoint?: Endpoint;
	}
}

/** Adds the request to the log. */
export function createRequestContext(state: SandboxState, request: FastifyRequest): RequestContext {
	const { method, url, query, headers, ip } = request;
	const logEntry: RequestLogEntry = {
		id: createId('req'),
		method,
		path: url.split('?')[0],
		query: query as JsonObject,
		headers: { ...headers },
		ip,
		body: undefined,
		startedAt: Date.now(),
		status: null,
		isReplay: false,
	};
	state.requests.push(logEntry);
	return {
		logEntry,
		key: { id: '', value: '', attributes: {} },
		version: '2025-12-08',
		inflection: 'kebab',
		requestId: logEntry.id,
	};
}

/**
 * Checks key, rate limit, version, casing and permission, in this order, and sets the headers of
 * every authenticated response. Throws `ApiError`.
 */
export function authorize(state: SandboxState, request: FastifyRequest, reply: FastifyReply) {
	const { requestContext: context, headers } = request;
	const key = authenticate(state, headers.authorization);
	context.key = key;
	const environment = isProductionKey(key) ? 'Production' : 'Sandbox';
	const isWithinLimit = state.rateLimitWindow.countRequest();
	reply.headers({
		...state.rateLimitWindow.toHeaders('RateLimit'),
		'Request-Id': context.requestId,
		'Persona-Environment-Id': `env_${environment}`,
		'Persona-Organization-Id': 'org_Sandbox',
	});
	if (!isWithinLimit) {
		const { maxRequests, windowSeconds } = state.rateLimitWindow.limit;
		throw new ApiError(
			429,
			`You have hit your rate limit of ${maxRequests} requests in ${windowSeconds} s`,
		);
	}
	const { 'persona-version': version = key.attributes['api-version'] } = headers;
	const { 'key-inflection': inflection = key.attributes['api-key-inflection'] } = headers;
	if (!API_VERSIONS.includes(String(version))) {
		throw new BadRequestError('Persona-Version is not a known version');
	}
	if (inflection !== 'kebab' && inflection !== 'camel' && inflection !== 'snake') {
		throw new BadRequestError('Key-Inflection must be camel, kebab or snake');
	}
	context.version = String(version);
	context.inflection = inflection;
	const endpoint = request.routeOptions.config?.endpoint;
	if (endpoint) requirePermission(endpoint, key);
}
