import { caseStatuses } from '../seeds.mts';
import { listed, passes, relatedId } from '../server/find.mts';
import { inflect } from '../server/inflection.mts';
import { malformed } from '../server/problem.mts';
import type { Json, StoredObject } from '../store.mts';
import type { World } from '../world.mts';

/** Whether the case is in the list that the filters describe. */
export function matches(
	world: World,
	thing: StoredObject,
	filter: Record<string, string>,
): boolean {
	const has = (
		wanted: string | undefined,
		name: string,
		valueOf = ({ id }: StoredObject): Json => id,
	) =>
		wanted === undefined ||
		world.store
			.getRelated(thing, name)
			.some((other) => listed(wanted).includes(String(valueOf(other))));
	return (
		passes(filter.status, thing.attributes.status) &&
		passes(filter['case-template-id'], relatedId(thing, 'case-template')) &&
		has(filter['account-id'], 'accounts') &&
		has(filter['reference-id'], 'accounts', ({ attributes }) => attributes['reference-id']) &&
		has(filter['inquiry-id'], 'inquiries') &&
		has(filter['report-id'], 'reports')
	);
}

const attributesByName: Record<string, string> = {
	assignee: 'assignee-id',
	resolver: 'resolver-id',
	...Object.fromEntries(
		['status', 'created_at', 'updated_at', 'resolved_at', 'sla_expires_at'].map((name) => [
			name,
			inflect(name, 'kebab'),
		]),
	),
};

/** What a search compares under this name, in snake case; throws for a name it does not know. */
export function searchable(thing: StoredObject, attribute: string): Json | undefined {
	const { attributes } = thing;
	if (attribute === 'template') return relatedId(thing, 'case-template');
	if (attribute === 'case_queue') return relatedId(thing, 'case-queue');
	if (attribute === 'state') return caseStatuses[String(attributes.status)];
	if (attribute in attributesByName) return attributes[attributesByName[attribute]];
	if (!attribute.startsWith('fields.')) {
		throw malformed(`query attribute ${attribute} is not supported`);
	}
	const fields = (attributes.fields ?? {}) as Record<string, { value: Json }>;
	return fields[attribute.slice('fields.'.length)]?.value;
}
