import { DEFAULT_LINK_SECONDS } from '../files/fileLinks.mts';
import {
	anyMap,
	body,
	integer,
	object,
	type Schema,
	text,
	textOrNull,
	words,
} from '../server/body.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found } from '../server/find.mts';
import { conflict } from '../server/problem.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { rotateSecret, secretAttributes } from '../webhooks/secrets.mts';
import { now, type World } from '../world.mts';

const state = (name: string) => object({ 'state*': { const: name } });

const members: Record<string, Schema> = {
	name: text,
	url: { type: 'string', format: 'uri' },
	'enabled-events': {
		type: 'array',
		items: { type: 'string', pattern: '^(\\*|[a-z-]+(/[a-z_-]+)?\\.[a-z.-]+[a-z0-9.-]*)$' },
	},
	description: textOrNull,
	'api-version': text,
	'api-key-inflection': { type: 'string', enum: ['camel', 'kebab', 'snake'] },
	'api-attributes-blocklist': words,
	'file-access-token-expires-in': integer,
	'payload-filter': object({ 'data*': anyMap }),
	'included-allowlist': {
		oneOf: [
			state('include_all'),
			state('include_none'),
			object({
				'state*': { const: 'custom' },
				'event-types*': {
					type: 'array',
					minItems: 1,
					maxItems: 200,
					items: object({ 'event-type*': text, 'relationships*': words }),
				},
			}),
		],
	},
	'relationship-allowlist': { oneOf: [state('include_all'), state('include_none')] },
	'custom-http-headers': { type: 'object', additionalProperties: text },
};

const { name, url, 'enabled-events': events, ...optional } = members;
const write = { permission: 'webhook.write', include: [] };
const read = { permission: 'webhook.read' };

/** Everything under `/webhooks`. */
export const webhooks: Endpoint[] = [
	{
		...write,
		route: 'POST /webhooks',
		body: body({
			'data*': object({
				'attributes*': object({
					'name*': name,
					'url*': url,
					'enabled-events*': events,
					...optional,
				}),
			}),
		}),
		handle: (call) => {
			const { world, version, attributes } = call;
			const { 'custom-http-headers': customHeaders, ...given } = attributes;
			const webhook = newWebhook(world, { 'api-version': version, ...given });
			world.about(webhook).customHeaders = customHeaders as Record<string, string> | undefined;
			return { item: withSecrets(world, webhook), status: 201 };
		},
	},
	{
		...read,
		route: 'GET /webhooks',
		paged: true,
		handle: () => ({ list: { family: 'webhook' } }),
	},
	{
		...read,
		route: 'GET /webhooks/:id',
		include: [],
		handle: (call) => ({ item: withSecrets(call.world, found(call, 'webhook')) }),
	},
	{
		...write,
		route: 'PATCH /webhooks/:id',
		body: body({ data: object({ attributes: object(members) }) }),
		handle: (call) => {
			const webhook = notArchived(call);
			const { 'custom-http-headers': customHeaders, ...given } = call.attributes;
			Object.assign(webhook.attributes, given);
			const about = call.world.about(webhook);
			if (customHeaders) about.customHeaders = customHeaders as Record<string, string>;
			return { item: webhook };
		},
	},
	...(['enable', 'disable', 'archive'] as const).map((verb) => ({
		...write,
		route: `POST /webhooks/:id/${verb}`,
		handle: (call: Call) => {
			const webhook = notArchived(call);
			webhook.attributes.status = `${verb}d`;
			if (verb !== 'enable') call.world.onSilence(webhook);
			return { item: webhook };
		},
	})),
	{
		...write,
		route: 'POST /webhooks/:id/rotate-secret',
		body: body({ meta: object({ 'expires-in-seconds': { ...integer, minimum: 0 } }) }),
		handle: (call) => {
			const webhook = notArchived(call);
			const seconds = call.meta['expires-in-seconds'] as number | undefined;
			rotateSecret(call.world, webhook, seconds);
			return { item: withSecrets(call.world, webhook) };
		},
	},
	{
		...write,
		route: 'POST /webhooks/:id/clone',
		handle: (call) => {
			const { world } = call;
			const original = found(call, 'webhook');
			const webhook = newWebhook(world, structuredClone(original.attributes));
			Object.assign(webhook.attributes, { status: 'disabled', 'created-at': now() });
			world.about(webhook).customHeaders = world.about(original).customHeaders;
			return { item: withSecrets(world, webhook) };
		},
	},
];

/** A webhook that receives nothing before it is enabled. */
function newWebhook(world: World, given: JsonObject): StoredObject {
	const webhook = world.create('webhook', 'wbh', {
		status: 'disabled',
		url: null,
		name: null,
		description: null,
		'api-version': null,
		'api-key-inflection': 'kebab',
		'api-attributes-blocklist': [],
		'file-access-token-expires-in': DEFAULT_LINK_SECONDS,
		'enabled-events': [],
		'payload-filter': null,
		'included-allowlist': { state: 'include_none' },
		'relationship-allowlist': { state: 'include_all' },
		'created-at': now(),
		...given,
	});
	rotateSecret(world, webhook);
	return webhook;
}

const withSecrets = (world: World, webhook: StoredObject): StoredObject => ({
	...webhook,
	attributes: { ...webhook.attributes, ...secretAttributes(world, webhook) },
});

function notArchived(call: Call): StoredObject {
	const webhook = found(call, 'webhook');
	if (webhook.attributes.status === 'archived') throw conflict('Webhook is archived');
	return webhook;
}
