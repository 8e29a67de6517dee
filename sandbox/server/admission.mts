import type { FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '../ids.mts';
import type { JsonObject } from '../store.mts';
import type { RequestLogEntry, World } from '../world.mts';
import type { Endpoint } from './endpoint.mts';
import type { FaultOptions } from './faults.mts';
import type { Claim } from './idempotency.mts';
import type { Inflection } from './inflection.mts';
import { isProduction, keyOf, requirePermission, type UsedKey } from './keys.mts';
import { malformed, Problem } from './problem.mts';

/** What is known about a request while it is handled. */
export interface Passage {
	entry: RequestLogEntry;
	key: UsedKey;
	version: string;
	inflection: Inflection;
	fault?: FaultOptions;
	claim?: { key: string; claim: Claim };
	requestId: string;
}

declare module 'fastify' {
	interface FastifyRequest {
		passage: Passage;
	}
	interface FastifyContextConfig {
		endpoint?: Endpoint;
	}
}

// What the description lists, and the one that came after it.
const versions = [
	'2026-09-29',
	'2025-12-08',
	'2025-10-27',
	'2023-01-05',
	'2022-09-01',
	'2021-08-18',
	'2021-07-05',
	'2021-05-14',
	'2021-02-21',
	'2020-05-18',
];

/** Writes the request into the log. */
export function newPassage(world: World, request: FastifyRequest): Passage {
	const { method, url, query, headers, ip } = request;
	const entry: RequestLogEntry = {
		id: newId('req'),
		method,
		path: url.split('?')[0],
		query: query as JsonObject,
		headers: { ...headers },
		ip,
		body: undefined,
		startedAt: Date.now(),
		status: null,
		replayed: false,
	};
	world.requests.push(entry);
	return {
		entry,
		key: { id: '', value: '', attributes: {} },
		version: '2025-12-08',
		inflection: 'kebab',
		requestId: entry.id,
	};
}

/** Lets the request in: key, headers of the answer, version, limit and permission, in this order. */
export function admit(world: World, request: FastifyRequest, reply: FastifyReply) {
	const { passage, headers } = request;
	const key = keyOf(world, headers.authorization);
	passage.key = key;
	const environment = isProduction(key) ? 'Production' : 'Sandbox';
	const admitted = world.rateLimit.take();
	reply.headers({
		...world.rateLimit.headers('RateLimit'),
		'Request-Id': passage.requestId,
		'Persona-Environment-Id': `env_${environment}`,
		'Persona-Organization-Id': 'org_Sandbox',
	});
	if (!admitted) {
		const { maxRequests: limit, windowSeconds } = world.rateLimit.limit;
		throw new Problem(
			429,
			`You have hit your rate limit of ${limit} requests in ${windowSeconds} s`,
		);
	}
	const { 'persona-version': version = key.attributes['api-version'] } = headers;
	const { 'key-inflection': inflection = key.attributes['api-key-inflection'] } = headers;
	if (!versions.includes(String(version)))
		throw malformed('Persona-Version is not a known version');
	if (inflection !== 'kebab' && inflection !== 'camel' && inflection !== 'snake') {
		throw malformed('Key-Inflection must be camel, kebab or snake');
	}
	passage.version = String(version);
	passage.inflection = inflection;
	const endpoint = request.routeOptions.config?.endpoint;
	if (endpoint) requirePermission(endpoint, key);
}
