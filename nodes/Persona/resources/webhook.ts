import { choice, duration, json, jsonList, required, text, words, expert } from '../fields/kinds';
import { buildPairRequirements } from '../engine/requirements';
import type { Fields } from '../fields/types';
import type { Resource } from '../engine/types';
import { eventOptions } from '../events/eventTypes';
import { prepareWithUrl } from '../operations/prepareWithUrl';
import { buildApiSettings } from './shared/apiSettings';

const ALL_OR_NONE = { include_all: 'Include All', include_none: 'Include None' };

const attributes: Fields = {
	name: text('Name', 'Name of the webhook in the Persona dashboard', 'Orders'),
	url: text('URL', 'Public URL that events are sent to by POST', 'https://example.com/persona', {
		neverEmpty: true,
	}),
	'enabled-events': words(
		'Events',
		'Names of the events to send, as a list, e.g. ["inquiry.approved", "inquiry.declined"], or ["*"] for all',
		undefined,
		{ type: 'multiOptions', options: eventOptions, default: [], neverEmpty: true },
	),
	description: text('Description', 'What the webhook is for', 'Tells the shop about decisions', {
		clearable: true,
	}),
	...buildApiSettings('deliveries'),
	'payload-filter.data': json(
		'Payload Filter',
		'Send only events whose payload contains all of this JSON object. For enterprise customers of Persona.',
		'{"attributes": {"status": "approved"}}',
		{ neverEmpty: true },
	),
	'included-allowlist.state': expert(
		choice(
			'Include Related Objects',
			'Which related objects to send with the object of the event',
			{ custom: 'By Event', ...ALL_OR_NONE },
			{ default: 'include_none' },
		),
	),
	'included-allowlist.event-types': jsonList(
		'Related Objects by Event',
		'Related objects to send with each event, as a JSON list, if Include Related Objects is By Event. An asterisk stands for all.',
		'[{"event-type": "inquiry.approved", "relationships": ["account"]}]',
	),
	'relationship-allowlist.state': expert(
		choice(
			'Include Relationships',
			'Whether the object of the event has the IDs of its related objects',
			ALL_OR_NONE,
			{ neverEmpty: true },
		),
	),
	'custom-http-headers': json(
		'Custom HTTP Headers',
		'Headers to send with deliveries, as a JSON object. Authorization, Calling-Application, X-API-Key and the two Cloudflare Access headers are for everyone, others for enterprise customers of Persona.',
		'{"X-API-Key": "abc"}',
		{ neverEmpty: true },
	),
};

const requirements = buildPairRequirements(
	"'By Event' in 'Include Related Objects' and 'Related Objects by Event' belong together",
	'included-allowlist.state',
	'included-allowlist.event-types',
	'custom',
);

const { name, url, 'enabled-events': events, ...otherAttributes } = attributes;

/** Webhooks: where Persona sends its events. */
export const webhooks: Resource = {
	name: 'Webhook',
	value: 'webhook',
	node: 'Persona Admin',
	permission: 'webhook',
	operations: {
		create: {
			name: 'Create',
			description:
				'Register a URL for events. The webhook is disabled until you enable it. The Persona Trigger node creates its own webhook.',
			route: 'POST /webhooks',
			attributes: {
				name: required(name),
				url: required(url),
				'enabled-events': required(events),
				...otherAttributes,
			},
			requirements,
			guarded: true,
			prepare: prepareWithUrl,
		},
		get: {
			name: 'Get',
			description: 'Read a webhook with the secrets that its deliveries are signed with',
			route: 'GET /webhooks/{webhook-id}',
			guarded: true,
		},
		getAll: {
			name: 'Get Many',
			description: 'List the webhooks of this environment, newest first, without their secrets',
			route: 'GET /webhooks',
			returns: 'list',
		},
		update: {
			name: 'Update',
			description:
				'Change where events go, or which ones. To change the webhook of a Persona Trigger node, edit that node instead.',
			route: 'PATCH /webhooks/{webhook-id}',
			attributes,
			requirements,
			guarded: true,
			prepare: prepareWithUrl,
		},
		archive: {
			name: 'Archive',
			description:
				'Stop sending events to an address for good. The webhook of a Persona Trigger node is archived automatically when its workflow is unpublished.',
			route: 'POST /webhooks/{webhook-id}/archive',
			irreversible:
				'Archiving ends the webhook for good: the API cannot restore it. Do not archive the webhooks of Persona Trigger nodes, which manage their own.',
		},
		enable: {
			name: 'Enable',
			description: 'Let Persona send events to a webhook that is new or was disabled',
			route: 'POST /webhooks/{webhook-id}/enable',
			guarded: true,
		},
		disable: {
			name: 'Disable',
			description:
				'Stop deliveries until the webhook is enabled again. Pending deliveries are dropped, and events from this time are not sent later.',
			route: 'POST /webhooks/{webhook-id}/disable',
			guarded: true,
		},
		rotateSecret: {
			name: 'Rotate Secret',
			action: 'Rotate secret of webhook',
			description:
				'Sign deliveries with a new secret, e.g. after the old one was seen. The old one stays valid for a while.',
			route: 'POST /webhooks/{webhook-id}/rotate-secret',
			meta: {
				'expires-in-seconds': duration(
					'Overlap',
					'How long deliveries are also signed with the old secret',
					'1 days',
					[0, Number.MAX_SAFE_INTEGER],
					{ topLevel: true },
				),
			},
			guarded: true,
		},
		clone: {
			name: 'Clone',
			description:
				'Copy a webhook with all its settings. The copy has its own secret and is disabled at first.',
			route: 'POST /webhooks/{webhook-id}/clone',
			guarded: true,
		},
	},
};
