import { parseBlocklist, removeBlockedAttributes } from '../state/attributeBlocklist.mts';
import type { Inflection } from '../state/inflection.mts';
import type { Json, JsonObject } from '../state/json.mts';
import { showRelationships } from '../state/relationships.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';

/** The setting `included-allowlist` of a webhook. */
export type IncludedAllowlist = {
	state: string;
	'event-types'?: { 'event-type': string; relationships: string[] }[];
};

/** The body to deliver to a webhook; undefined when its payload filter excludes the event. */
export function buildPayload(
	state: SandboxState,
	webhook: StoredObject,
	event: StoredObject,
): string | undefined {
	const settings = webhook.attributes;
	const { name, payload, context, ...rest } = event.attributes;
	const data = (payload as { data: Json }).data as unknown as StoredObject;
	const rules = parseBlocklist(settings['api-attributes-blocklist']);
	const relationships =
		(settings['relationship-allowlist'] as JsonObject).state === 'include_none'
			? {}
			: data.relationships;
	const visibleData = {
		...data,
		attributes: removeBlockedAttributes(data, rules),
		...(data.relationships && { relationships }),
	};
	const included = collectIncluded(state, settings['included-allowlist'], String(name), data).map(
		(object) => {
			const shown = showRelationships(object);
			return {
				...object,
				attributes: removeBlockedAttributes(object, rules),
				...(shown && { relationships: shown }),
			};
		},
	);
	// Without included objects, Persona omits `included` from report events and sends an empty list in others.
	const omitIncluded = included.length === 0 && data.type.startsWith('report/');
	const body = {
		data: {
			type: 'event',
			id: event.id,
			attributes: {
				name,
				payload: { data: visibleData, ...(!omitIncluded && { included }) },
				...rest,
				...(context !== undefined && { context }),
			},
		},
	};
	const inflection = settings['api-key-inflection'] as Inflection;
	const fileSeconds = Number(settings['file-access-token-expires-in']);
	const serialized = state.serialize(body as unknown as Json, inflection, fileSeconds) as {
		data: { attributes: { payload: Json } };
	};
	const filter = settings['payload-filter'];
	if (filter && !matchesPayloadFilter(serialized.data.attributes.payload, filter)) {
		return undefined;
	}
	return JSON.stringify(serialized);
}

function collectIncluded(
	state: SandboxState,
	allowlist: Json,
	eventName: string,
	data: StoredObject,
): StoredObject[] {
	const { state: mode, 'event-types': types = [] } = allowlist as unknown as IncludedAllowlist;
	const allowed =
		mode === 'include_all'
			? ['*']
			: (types.find((each) => each['event-type'] === eventName)?.relationships ?? []);
	return Object.keys(data.relationships ?? {})
		.filter((name) => allowed.includes('*') || allowed.includes(name))
		.flatMap((name) => state.store.getRelated(data, name));
}

/** Whether the value contains the filter. Arrays must contain every part of it; `$or` needs one match. */
function matchesPayloadFilter(value: Json, filter: Json): boolean {
	if (Array.isArray(filter)) {
		return (
			Array.isArray(value) &&
			filter.every((part) => value.some((item) => matchesPayloadFilter(item, part)))
		);
	}
	if (filter === null || typeof filter !== 'object') return value === filter;
	return Object.entries(filter).every(([key, part]) => {
		if (key === '$or') {
			return Array.isArray(part) && part.some((each) => matchesPayloadFilter(value, each));
		}
		if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
		return matchesPayloadFilter(value[key] ?? null, part);
	});
}
