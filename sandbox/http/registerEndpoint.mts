import type { FastifyInstance, FastifyRequest } from 'fastify';
import { inflect } from '../state/inflection.mts';
import type { JsonObject } from '../state/json.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import { getEnvironment } from '../state/settings.mts';
import {
	defineBody,
	defineObject,
	type JsonSchema,
	text,
	toValidationError,
	type ValidationIssue,
} from './bodySchema.mts';
import type { ApiRequest, Endpoint } from './endpoint.mts';
import { serializeResult } from './serializeResult.mts';

/** Registers an endpoint as a route that validates query and body, calls the handler and responds. */
export function registerEndpoint(app: FastifyInstance, state: SandboxState, endpoint: Endpoint) {
	const [method, url] = endpoint.route.split(' ');
	const querySchema = buildQuerySchema(endpoint);
	const bodySchema = method === 'GET' ? undefined : (endpoint.body ?? defineBody({}));
	app.route<{ Params: Record<string, string>; Querystring: JsonObject; Body: JsonObject | null }>({
		method: method as 'GET',
		url,
		config: { endpoint },
		handler: async (request, reply) => {
			if (bodySchema) validateInput(request, bodySchema, request.body ?? null);
			validateInput(request, querySchema, request.query);
			const { key, version, inflection, logEntry } = request.requestContext;
			const { params, query } = request;
			const body = request.body ?? {};
			const data = (body.data ?? {}) as JsonObject;
			const apiRequest: ApiRequest = {
				state,
				key,
				version,
				inflection,
				params,
				query,
				filter: parseFilter((query.filter ?? {}) as JsonObject),
				attributes: (data.attributes ?? {}) as JsonObject,
				meta: (body.meta ?? {}) as JsonObject,
				body,
			};
			const runInEnvironment = <T,>(run: () => T) => state.store.runIn(getEnvironment(key), run);
			const result = runInEnvironment(() => {
				if (method !== 'GET' && params.id) state.recordBeforeChange(params.id);
				return endpoint.handle(apiRequest);
			});
			if ('pdf' in result) return reply.type('application/pdf').send(await result.pdf);
			if ('object' in result) {
				reply.code(result.status ?? 200);
				if (method !== 'GET') state.recordChange(result.object);
			}
			const document = runInEnvironment(() =>
				serializeResult(result, apiRequest, endpoint, logEntry.path),
			);
			return reply.type('application/json; charset=utf-8').send(JSON.stringify(document));
		},
	});
}

/**
 * Throws the error of the first invalid member. A schema is compiled when the first request needs it:
 * as schemas of the routes, all of them would be compiled whenever a sandbox starts.
 */
function validateInput(request: FastifyRequest, schema: JsonSchema, input: unknown) {
	const validate = request.compileValidationSchema(schema);
	if (!validate(input)) throw toValidationError((validate.errors as ValidationIssue[])[0]);
}

function buildQuerySchema({ include, noFields, paged, filter, query = [] }: Endpoint): JsonSchema {
	const textMap = { type: 'object', additionalProperties: text };
	const page = defineObject({
		after: text,
		before: text,
		size: { type: 'string', pattern: '^[0-9]+$' },
	});
	return defineObject({
		...Object.fromEntries(query.map((name) => [name, text])),
		...(include && { include: text }),
		...(!noFields && { fields: textMap }),
		...(paged && { page }),
		...(filter && {
			[filter.some((name) => name.endsWith('*')) ? 'filter*' : 'filter']: buildFilterSchema(filter),
		}),
	});
}

/** Flattens the filters to their values by name; nested ones are named `identifier.key`. */
function parseFilter(filter: JsonObject, prefix = ''): Record<string, string> {
	const entries = Object.entries(filter).flatMap(([name, value]): [string, string][] => {
		const path = prefix + inflect(name, 'kebab');
		if (typeof value === 'string') return [[path, value]];
		return Object.entries(parseFilter(value as JsonObject, `${path}.`));
	});
	return Object.fromEntries(entries);
}

/** Accepts the names in every casing. */
function buildFilterSchema(names: string[]): JsonSchema {
	const members: Record<string, JsonSchema> = {};
	for (const name of names) {
		const [first, second] = name.split('.');
		if (second === undefined) members[first] = text;
		else {
			const siblings = members[first]?.properties as Record<string, JsonSchema> | undefined;
			members[first] = defineObject({ ...siblings, [second]: text });
		}
	}
	const schema = defineObject(members);
	const properties = schema.properties as Record<string, JsonSchema>;
	for (const name of Object.keys(properties)) {
		properties[inflect(name, 'camel')] = properties[name];
		properties[inflect(name, 'snake')] = properties[name];
	}
	return schema;
}
