import { newKey, newValue } from '../life/apiKey.mts';
import { body, integer, object, type Schema, text, words } from '../server/body.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found } from '../server/find.mts';
import { isProduction } from '../server/keys.mts';
import type { JsonObject } from '../store.mts';

const DAY_SECONDS = 86_400;

const { name, ...optional }: Record<string, Schema> = {
	name: text,
	note: text,
	'api-version': text,
	'api-key-inflection': { type: 'string', enum: ['camel', 'kebab', 'snake'] },
	'api-attributes-blocklist': words,
	'ip-address-allowlist': words,
	permissions: words,
	'file-access-token-expires-in': integer,
};

const write = { permission: 'api_key.write', include: [] };
const read = { permission: 'api_key.read' };

/** Everything under `/api-keys`. */
export const apiKeys: Endpoint[] = [
	{
		...write,
		route: 'POST /api-keys',
		body: body({ 'data*': object({ 'attributes*': object({ 'name*': name, ...optional }) }) }),
		handle: (call) => ({ item: made(call, call.attributes), status: 201 }),
	},
	{
		...read,
		route: 'GET /api-keys',
		paged: true,
		filter: ['name'],
		handle: ({ filter }) => ({
			list: {
				family: 'api-key',
				keep: ({ attributes }) => filter.name === undefined || filter.name === attributes.name,
			},
		}),
	},
	{
		...read,
		route: 'GET /api-keys/:id',
		include: [],
		handle: (call) => ({ item: found(call, 'api-key') }),
	},
	{
		...write,
		route: 'PATCH /api-keys/:id',
		body: body({ 'data*': object({ 'attributes*': object({ name, ...optional }) }) }),
		handle: (call) => {
			const key = found(call, 'api-key');
			Object.assign(key.attributes, call.attributes);
			const { permissions } = call.attributes;
			const { given } = call.world.about(key);
			if (given && permissions) given.permissions = permissions as string[];
			return { item: key };
		},
	},
	{
		...write,
		route: 'POST /api-keys/:id/expire',
		body: body({
			'meta*': object({
				'expires-in-seconds*': { ...integer, minimum: 0, maximum: 30 * DAY_SECONDS },
			}),
		}),
		handle: (call) => {
			const key = found(call, 'api-key');
			const ms = Number(call.meta['expires-in-seconds']) * 1000;
			key.attributes['expires-at'] = new Date(Date.now() + ms).toISOString();
			return { item: key };
		},
	},
	{
		...write,
		route: 'POST /api-keys/:id/clone',
		handle: (call) => ({ item: made(call, found(call, 'api-key').attributes) }),
	},
];

/** A new key of the same environment, with its value, which no later answer shows. */
function made({ world, key: { value: own } }: Call, given: JsonObject) {
	const value = newValue(isProduction({ value: own }) ? 'production' : 'sandbox');
	const key = newKey(world, value, structuredClone(given));
	return { ...key, attributes: { ...key.attributes, value } };
}
