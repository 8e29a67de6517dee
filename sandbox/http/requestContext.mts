import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadRequestError, createQuotaError, createRateLimitError } from '../state/errors.mts';
import type { FaultOptions } from '../state/faultQueue.mts';
import type { IdempotencyClaim } from '../state/idempotencyStore.mts';
import { createId } from '../state/ids.mts';
import type { Inflection } from '../state/inflection.mts';
import type { JsonObject } from '../state/json.mts';
import type { RequestLogEntry } from '../state/logEntries.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import { getEnvironment } from '../state/settings.mts';
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
	idempotency?: IdempotencyClaim;
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
 * Checks key and rate limit, in this order, and sets the headers of every authenticated
 * response. Throws `ApiError`.
 */
export function identify(state: SandboxState, request: FastifyRequest, reply: FastifyReply) {
	const { requestContext: context } = request;
	const key = authenticate(state, request.headers.authorization);
	context.key = key;
	context.logEntry.environment = getEnvironment(key);
	const { window, isWithinLimit } = state.limits.countRequest(key);
	reply.headers({
		...window.toHeaders('RateLimit'),
		'Request-Id': context.requestId,
		'Persona-Environment-Id': `env_${isProductionKey(key) ? 'Production' : 'Sandbox'}`,
		'Persona-Organization-Id': 'org_Sandbox',
	});
	if (!isWithinLimit) {
		throw createRateLimitError(window.limit.maxRequests, window.limit.windowSeconds);
	}
}

/**
 * Counts a request that creates something against the quota of its product, which has a window and
 * headers of its own. Throws where it is used up. Quotas are rate limits
 * (https://docs.withpersona.com/rate-limiting), and those are checked before the idempotency layer
 * (https://docs.withpersona.com/errors), so that a repeated request counts too.
 */
export function countQuota(state: SandboxState, request: FastifyRequest, reply: FastifyReply) {
	const product = request.routeOptions.config?.endpoint?.quota;
	const window = product && state.limits.getQuota(product);
	if (!window) return;
	const isWithinQuota = window.countRequest();
	reply.headers(window.toHeaders('Quota'));
	if (!isWithinQuota) throw createQuotaError(product, window.limit.maxRequests);
}

/**
 * Checks version, casing, IP address and permission. Throws `ApiError`, which is stored under the
 * Idempotency-Key: only 401 and 429 are not (https://docs.withpersona.com/errors).
 */
export function requireAccess(request: FastifyRequest) {
	const { requestContext: context, headers, routeOptions, ip } = request;
	const { key } = context;
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
	requirePermission(routeOptions.config?.endpoint ?? {}, key, ip);
}
