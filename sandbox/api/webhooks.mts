import {
	anyObject,
	defineBody,
	defineObject,
	integer,
	type JsonSchema,
	text,
	textList,
	textOrNull,
} from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import { ConflictError } from '../state/errors.mts';
import { DEFAULT_FILE_LINK_SECONDS } from '../state/fileLinks.mts';
import type { JsonObject } from '../state/json.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { getTimestamp } from '../state/timestamp.mts';
import type { IncludedAllowlist } from '../webhooks/payload.mts';
import { getSecretAttributes, rotateSecret } from '../webhooks/secrets.mts';

const defineState = (name: string) => defineObject({ 'state*': { const: name } });

const attributeSchemas: Record<string, JsonSchema> = {
	name: text,
	url: { type: 'string', format: 'uri' },
	'enabled-events': {
		type: 'array',
		items: {
			type: 'string',
			pattern:
				'^(\\*|(?!custom\\.)[a-z-]+(/[a-z_-]+)?\\.[a-z.-]+[a-z0-9.-]*|custom(\\.[a-z0-9]+(-[a-z0-9]+)*){1,4})$',
			maxLength: 128,
		},
	},
	description: textOrNull,
	'api-version': text,
	'api-key-inflection': { type: 'string', enum: ['camel', 'kebab', 'snake'] },
	'api-attributes-blocklist': textList,
	'file-access-token-expires-in': integer,
	'payload-filter': defineObject({ data: anyObject }),
	'included-allowlist': {
		oneOf: [
			defineState('include_all'),
			defineState('include_none'),
			defineObject({
				'state*': { const: 'custom' },
				'event-types*': {
					type: 'array',
					minItems: 1,
					maxItems: 200,
					items: defineObject({ 'event-type*': text, 'relationships*': textList }),
				},
			}),
		],
	},
	'relationship-allowlist': { oneOf: [defineState('include_all'), defineState('include_none')] },
	'custom-http-headers': { type: 'object', additionalProperties: text },
};

const { name, url, 'enabled-events': events, ...optional } = attributeSchemas;
const write = { permission: 'webhook.write', include: [] };
const read = { permission: 'webhook.read' };

/** Everything under `/webhooks`. */
export const webhooks: Endpoint[] = [
	{
		...write,
		route: 'POST /webhooks',
		body: defineBody({
			'data*': defineObject({
				'attributes*': defineObject({
					'name*': name,
					'url*': url,
					'enabled-events*': events,
					...optional,
				}),
			}),
		}),
		handle: (request) => {
			const { state, version, attributes } = request;
			const { 'custom-http-headers': customHeaders, ...settings } = attributes;
			const webhook = createWebhook(state, { 'api-version': version, ...settings });
			state.getPrivateState(webhook).customHeaders = customHeaders as
				Record<string, string> | undefined;
			return { object: showSecrets(state, webhook), status: 201 };
		},
	},
	{
		...read,
		route: 'GET /webhooks',
		paged: true,
		handle: () => ({ collection: { family: 'webhook' } }),
	},
	{
		...read,
		route: 'GET /webhooks/:id',
		include: [],
		handle: (request) => ({ object: showSecrets(request.state, getTarget(request, 'webhook')) }),
	},
	{
		...write,
		route: 'PATCH /webhooks/:id',
		body: defineBody({ data: defineObject({ attributes: defineObject(attributeSchemas) }) }),
		handle: (request) => {
			const webhook = getActiveWebhook(request);
			const { 'custom-http-headers': customHeaders, ...settings } = request.attributes;
			Object.assign(webhook.attributes, settings);
			normalizeIncluded(webhook.attributes);
			const privateState = request.state.getPrivateState(webhook);
			if (customHeaders) privateState.customHeaders = customHeaders as Record<string, string>;
			return { object: webhook };
		},
	},
	...(['enable', 'disable', 'archive'] as const).map((verb) => ({
		...write,
		route: `POST /webhooks/:id/${verb}`,
		handle: (request: ApiRequest) => {
			const webhook = getActiveWebhook(request);
			webhook.attributes.status = `${verb}d`;
			if (verb !== 'enable') request.state.onWebhookDisabled(webhook);
			return { object: webhook };
		},
	})),
	{
		...write,
		route: 'POST /webhooks/:id/rotate-secret',
		body: defineBody({ meta: defineObject({ 'expires-in-seconds': { ...integer, minimum: 0 } }) }),
		handle: (request) => {
			const webhook = getActiveWebhook(request);
			const seconds = request.meta['expires-in-seconds'] as number | undefined;
			rotateSecret(request.state, webhook, seconds);
			return { object: showSecrets(request.state, webhook) };
		},
	},
	{
		...write,
		route: 'POST /webhooks/:id/clone',
		handle: (request) => {
			const { state } = request;
			const original = getTarget(request, 'webhook');
			const webhook = createWebhook(state, structuredClone(original.attributes));
			Object.assign(webhook.attributes, { status: 'disabled', 'created-at': getTimestamp() });
			state.getPrivateState(webhook).customHeaders = state.getPrivateState(original).customHeaders;
			return { object: showSecrets(state, webhook) };
		},
	},
];

/** Creates a webhook, which receives nothing before it is enabled. */
function createWebhook(state: SandboxState, attributes: JsonObject): StoredObject {
	const webhook = state.createObject('webhook', 'wbh', {
		status: 'disabled',
		url: null,
		name: null,
		description: null,
		'api-version': null,
		'api-key-inflection': 'kebab',
		'api-attributes-blocklist': [],
		'file-access-token-expires-in': DEFAULT_FILE_LINK_SECONDS,
		'enabled-events': [],
		'payload-filter': null,
		'included-allowlist': { state: 'include_none' },
		'relationship-allowlist': { state: 'include_all' },
		'created-at': getTimestamp(),
		...attributes,
	});
	normalizeIncluded(webhook.attributes);
	rotateSecret(state, webhook);
	return webhook;
}

/** Saves which objects an event includes as Persona does, without events that the webhook does not receive. */
function normalizeIncluded(attributes: JsonObject) {
	const allowlist = attributes['included-allowlist'] as unknown as IncludedAllowlist | null;
	if (allowlist?.state !== 'custom') return;
	const enabled = attributes['enabled-events'] as string[];
	const received = (allowlist['event-types'] ?? []).filter(
		({ 'event-type': name }) => enabled.includes('*') || enabled.includes(name),
	);
	const includesAll = enabled.every((name) =>
		received.some((one) => one['event-type'] === name && one.relationships.includes('*')),
	);
	attributes['included-allowlist'] = includesAll
		? { state: 'include_all' }
		: { ...allowlist, 'event-types': received };
}

const showSecrets = (state: SandboxState, webhook: StoredObject): StoredObject => ({
	...webhook,
	attributes: { ...webhook.attributes, ...getSecretAttributes(state, webhook) },
});

function getActiveWebhook(request: ApiRequest): StoredObject {
	const webhook = getTarget(request, 'webhook');
	if (webhook.attributes.status === 'archived') throw new ConflictError('Webhook is archived');
	return webhook;
}
