import { blockRules, withoutBlocked } from '../server/blocklist.mts';
import type { Inflection } from '../server/inflection.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import type { World } from '../world.mts';

type Allowlist = {
	state: string;
	'event-types'?: { 'event-type': string; relationships: string[] }[];
};

/** The body that a webhook gets for an event, or nothing when its payload filter leaves the event out. */
export function payloadFor(
	world: World,
	webhook: StoredObject,
	event: StoredObject,
): string | undefined {
	const settings = webhook.attributes;
	const { name, payload, context, ...rest } = event.attributes;
	const data = (payload as { data: Json }).data as unknown as StoredObject;
	const blocked = blockRules(settings['api-attributes-blocklist']);
	const relationships =
		(settings['relationship-allowlist'] as JsonObject).state === 'include_none'
			? {}
			: data.relationships;
	const shown = {
		...data,
		attributes: withoutBlocked(data, blocked),
		...(data.relationships && { relationships }),
	};
	const included = includedFor(world, settings['included-allowlist'], String(name), data).map(
		(thing) => ({ ...thing, attributes: withoutBlocked(thing, blocked) }),
	);
	// Persona leaves `included` out of reports' events while it is off, and sends an empty list elsewhere.
	const leaveOut = included.length === 0 && data.type.startsWith('report/');
	const body = {
		data: {
			type: 'event',
			id: event.id,
			attributes: {
				name,
				payload: { data: shown, ...(!leaveOut && { included }) },
				...rest,
				...(context !== undefined && { context }),
			},
		},
	};
	const inflection = settings['api-key-inflection'] as Inflection;
	const seconds = Number(settings['file-access-token-expires-in']);
	const written = world.write(body as unknown as Json, inflection, seconds) as {
		data: { attributes: { payload: Json } };
	};
	const filter = settings['payload-filter'];
	if (filter && !contains(written.data.attributes.payload, filter)) return undefined;
	return JSON.stringify(written);
}

function includedFor(
	world: World,
	setting: Json,
	name: string,
	data: StoredObject,
): StoredObject[] {
	const { state, 'event-types': types = [] } = setting as unknown as Allowlist;
	const wanted =
		state === 'include_all'
			? ['*']
			: (types.find((each) => each['event-type'] === name)?.relationships ?? []);
	const names = Object.keys(data.relationships ?? {});
	return names
		.filter((each) => wanted.includes('*') || wanted.includes(each))
		.flatMap((each) => world.store.getRelated(data, each));
}

/** Whether the filter is a part of the value; arrays must contain all it names, `$or` any of it. */
export function contains(value: Json, filter: Json): boolean {
	if (Array.isArray(filter)) {
		return (
			Array.isArray(value) && filter.every((part) => value.some((each) => contains(each, part)))
		);
	}
	if (filter === null || typeof filter !== 'object') return value === filter;
	return Object.entries(filter).every(([key, part]) => {
		if (key === '$or') return Array.isArray(part) && part.some((each) => contains(value, each));
		if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
		return contains(value[key] ?? null, part);
	});
}
