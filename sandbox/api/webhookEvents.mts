import type { Endpoint } from '../http/endpoint.mts';
import { search, searchBody } from '../http/search.mts';
import { BadRequestError } from '../state/errors.mts';
import type { Json, JsonObject } from '../state/json.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';

/**
 * How long deliveries are found, according to https://docs.withpersona.com/webhooks. The description
 * says only that the time is limited.
 */
const RETENTION_MS = 30 * 24 * 60 * 60 * 1000;

const ATTRIBUTES_BY_NAME: Record<string, string> = {
	updated_at: 'updated-at',
	status: 'status',
	webhook_id: 'webhook-id',
	event_id: 'event-id',
	event_name: 'event-name',
};

/** The IDs in the payload of an event: those of its object, and of the objects related to it. */
function listRelatedIds(state: SandboxState, eventId: Json): Json[] {
	const event = state.store.getCollection('event').get(String(eventId));
	const { data } = (event?.attributes.payload ?? {}) as { data?: JsonObject };
	const { id, relationships } = (data ?? {}) as unknown as StoredObject;
	const related = Object.values(relationships ?? {}).flatMap((one) => one?.data ?? []);
	return [id, ...related.map((reference) => reference.id)];
}

/** Throws as Persona does for what it does not search by, and for what it cannot compare or sort. */
function checkQuery(query: Json | undefined) {
	if (query === null || typeof query !== 'object') return;
	const { attribute, operator } = query as JsonObject;
	if (typeof attribute === 'string' && attribute !== 'updated_at' && operator !== 'eq') {
		throw new BadRequestError(`query attribute ${attribute} supports only the operator eq`);
	}
	Object.values(query).forEach(checkQuery);
}

/**
 * Everything under `/webhook-events`. No permission is documented; that it is the one to read webhooks is
 * our inference.
 */
export const webhookEvents: Endpoint[] = [
	{
		permission: 'webhook.read',
		route: 'POST /webhook-events/search',
		paged: true,
		body: searchBody,
		handle: (request) => {
			const { state, body } = request;
			checkQuery(body.query);
			const sort = (body.sort ?? { attribute: 'updated_at', direction: 'desc' }) as JsonObject;
			if (sort.attribute !== 'updated_at') {
				throw new BadRequestError('Only updated_at is supported as sort.attribute');
			}
			const found = search(
				{ ...request, body: { ...body, sort } },
				'webhook-event',
				(webhookEvent, attribute) => {
					if (attribute === 'webhook_event_id') return webhookEvent.id;
					if (attribute === 'related_object_ids') {
						return listRelatedIds(state, webhookEvent.attributes['event-id']);
					}
					if (attribute in ATTRIBUTES_BY_NAME) {
						return webhookEvent.attributes[ATTRIBUTES_BY_NAME[attribute]];
					}
					throw new BadRequestError(`query attribute ${attribute} is not supported`);
				},
			);
			const isRetained = ({ attributes }: StoredObject) =>
				Date.now() - Date.parse(String(attributes['created-at'])) < RETENTION_MS;
			return { reversedObjects: found.filter(isRetained), hasOpaqueCursors: true };
		},
	},
];
