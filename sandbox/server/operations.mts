import type { FastifyInstance, FastifyReply } from 'fastify';
import type { JsonObject } from '../store.mts';
import type { World } from '../world.mts';
import { documentOf } from './answer.mts';
import { body as bodyOf, object, type Schema, text } from './body.mts';
import type { Endpoint } from './endpoint.mts';
import { inflect } from './inflection.mts';
import { LimitWindow } from './limitWindow.mts';
import { Problem } from './problem.mts';

/** Makes one endpoint a route: checks query and body, calls the handler, writes its answer. */
export function serve(app: FastifyInstance, world: World, endpoint: Endpoint) {
	const [method, url] = endpoint.route.split(' ');
	app.route<{ Params: Record<string, string>; Querystring: JsonObject; Body: JsonObject | null }>({
		method: method as 'GET',
		url,
		config: { endpoint },
		schema: {
			querystring: querySchema(endpoint),
			...(method !== 'GET' && { body: endpoint.body ?? bodyOf({}) }),
		},
		handler: async (request, reply) => {
			const { key, version, inflection, entry } = request.passage;
			const { params, query } = request;
			const body = request.body ?? {};
			const data = (body.data ?? {}) as JsonObject;
			if (endpoint.quota) countQuota(world, endpoint.quota, reply);
			const call = {
				world,
				key,
				version,
				inflection,
				params,
				query,
				filter: filterOf((query.filter ?? {}) as JsonObject),
				attributes: (data.attributes ?? {}) as JsonObject,
				meta: (body.meta ?? {}) as JsonObject,
				body,
			};
			const answer = endpoint.handle(call);
			if ('pdf' in answer) return reply.type('application/pdf').send(await answer.pdf);
			if ('item' in answer) reply.code(answer.status ?? 200);
			const document = documentOf(answer, call, endpoint, entry.path);
			return reply.type('application/json; charset=utf-8').send(JSON.stringify(document));
		},
	});
}

function querySchema({ include, noFields, paged, filter, query = [] }: Endpoint): Schema {
	const anything = { type: 'object', additionalProperties: text };
	const page = object({ after: text, before: text, size: { type: 'string', pattern: '^[0-9]+$' } });
	return object({
		...Object.fromEntries(query.map((name) => [name, text])),
		...(include && { include: text }),
		...(!noFields && { fields: anything }),
		...(paged && { page }),
		...(filter && {
			[filter.some((each) => each.endsWith('*')) ? 'filter*' : 'filter']: filterSchema(filter),
		}),
	});
}

/** The filters by their names; those below another are `identifier.key`. */
function filterOf(members: JsonObject, prefix = ''): Record<string, string> {
	const entries = Object.entries(members).flatMap(([name, value]): [string, string][] => {
		const path = prefix + inflect(name, 'kebab');
		if (typeof value === 'string') return [[path, value]];
		return Object.entries(filterOf(value as JsonObject, `${path}.`));
	});
	return Object.fromEntries(entries);
}

function filterSchema(names: string[]): Schema {
	const members: Record<string, Schema> = {};
	for (const name of names) {
		const [first, second] = name.split('.');
		if (second === undefined) members[first] = text;
		else {
			const siblings = members[first]?.properties as Record<string, Schema> | undefined;
			members[first] = object({ ...siblings, [second]: text });
		}
	}
	const schema = object(members);
	const properties = schema.properties as Record<string, Schema>;
	for (const name of Object.keys(properties)) {
		properties[inflect(name, 'camel')] = properties[name];
		properties[inflect(name, 'snake')] = properties[name];
	}
	return schema;
}

function countQuota(world: World, product: string, reply: FastifyReply) {
	if (!world.settings.quota) return;
	const quota = world.quotas.get(product) ?? new LimitWindow(world.settings.quota);
	world.quotas.set(product, quota);
	const admitted = quota.take();
	reply.headers(quota.headers('Quota'));
	if (!admitted) {
		throw new Problem(429, `You have hit your quota for ${product}`, { title: 'Quota exceeded' });
	}
}
