import { createApiKey, createKeyValue } from '../domain/organization/apiKey.mts';
import { isProductionKey } from '../http/authentication.mts';
import {
	defineBody,
	defineObject,
	integer,
	type JsonSchema,
	text,
	textList,
} from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import type { JsonObject } from '../state/json.mts';

const DAY_SECONDS = 86_400;

const { name, ...optional }: Record<string, JsonSchema> = {
	name: text,
	note: text,
	'api-version': text,
	'api-key-inflection': { type: 'string', enum: ['camel', 'kebab', 'snake'] },
	'api-attributes-blocklist': textList,
	'ip-address-allowlist': textList,
	permissions: textList,
	'file-access-token-expires-in': integer,
};

const write = { permission: 'api_key.write', include: [] };
const read = { permission: 'api_key.read' };

/** Everything under `/api-keys`. */
export const apiKeys: Endpoint[] = [
	{
		...write,
		route: 'POST /api-keys',
		body: defineBody({
			'data*': defineObject({ 'attributes*': defineObject({ 'name*': name, ...optional }) }),
		}),
		handle: (request) => ({ object: createKey(request, request.attributes), status: 201 }),
	},
	{
		...read,
		route: 'GET /api-keys',
		paged: true,
		filter: ['name'],
		handle: ({ filter }) => ({
			collection: {
				family: 'api-key',
				isListed: ({ attributes }) => filter.name === undefined || filter.name === attributes.name,
			},
		}),
	},
	{
		...read,
		route: 'GET /api-keys/:id',
		include: [],
		handle: (request) => ({ object: getTarget(request, 'api-key') }),
	},
	{
		...write,
		route: 'PATCH /api-keys/:id',
		body: defineBody({
			'data*': defineObject({ 'attributes*': defineObject({ name, ...optional }) }),
		}),
		handle: (request) => {
			const key = getTarget(request, 'api-key');
			Object.assign(key.attributes, request.attributes);
			const { permissions } = request.attributes;
			const { configuredKey } = request.state.getPrivateState(key);
			if (configuredKey && permissions) configuredKey.permissions = permissions as string[];
			return { object: key };
		},
	},
	{
		...write,
		route: 'POST /api-keys/:id/expire',
		body: defineBody({
			'meta*': defineObject({
				'expires-in-seconds*': { ...integer, minimum: 0, maximum: 30 * DAY_SECONDS },
			}),
		}),
		handle: (request) => {
			const key = getTarget(request, 'api-key');
			const ms = Number(request.meta['expires-in-seconds']) * 1000;
			key.attributes['expires-at'] = new Date(Date.now() + ms).toISOString();
			return { object: key };
		},
	},
	{
		...write,
		route: 'POST /api-keys/:id/clone',
		handle: (request) => ({ object: createKey(request, getTarget(request, 'api-key').attributes) }),
	},
];

/** Creates a key in the environment of the request's key. The response is the only one with its value. */
function createKey({ state, key }: ApiRequest, attributes: JsonObject) {
	const value = createKeyValue(isProductionKey(key) ? 'production' : 'sandbox');
	const created = createApiKey(state, value, structuredClone(attributes));
	return { ...created, attributes: { ...created.attributes, value } };
}
