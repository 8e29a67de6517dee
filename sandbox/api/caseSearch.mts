import { caseStatuses } from '../domain/cases/caseStatuses.mts';
import { matchesFilter, splitList } from '../http/lookup.mts';
import { BadRequestError } from '../state/errors.mts';
import { inflect } from '../state/inflection.mts';
import type { Json, JsonObject } from '../state/json.mts';
import { getRelatedId } from '../state/relationships.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';

/** Whether a case matches the filters of the list. */
export function matchesCaseFilters(
	state: SandboxState,
	caseRecord: StoredObject,
	filter: Record<string, string>,
): boolean {
	const hasRelated = (
		values: string | undefined,
		name: string,
		getValue = ({ id }: StoredObject): Json => id,
	) =>
		values === undefined ||
		state.store
			.getRelated(caseRecord, name)
			.some((related) => splitList(values).includes(String(getValue(related))));
	return (
		matchesFilter(filter.status, caseRecord.attributes.status) &&
		matchesFilter(filter['case-template-id'], getRelatedId(caseRecord, 'case-template')) &&
		hasRelated(filter['account-id'], 'accounts') &&
		hasRelated(
			filter['reference-id'],
			'accounts',
			({ attributes }) => attributes['reference-id'],
		) &&
		hasRelated(filter['inquiry-id'], 'inquiries') &&
		hasRelated(filter['report-id'], 'reports')
	);
}

/** Attributes by their names in a search. */
const ATTRIBUTES_BY_NAME: Record<string, string> = {
	assignee: 'assignee-id',
	resolver: 'resolver-id',
	...Object.fromEntries(
		['status', 'resolution', 'created_at', 'updated_at', 'resolved_at', 'sla_expires_at'].map(
			(name) => [name, inflect(name, 'kebab')],
		),
	),
};

const RELATIONS_BY_NAME: Record<string, string> = {
	account_id: 'accounts',
	inquiry_id: 'inquiries',
};

/** Persona compares the newest of a case only. */
const MAX_RELATED = 50;

/** Throws for what Persona searches cases by, but does not sort them by. */
export function checkCaseSort(sort: Json | undefined) {
	const { attribute } = (sort ?? {}) as JsonObject;
	if (['account_id', 'inquiry_id', 'resolution'].includes(String(attribute))) {
		throw new BadRequestError(`sort attribute ${String(attribute)} is not supported`);
	}
}

/** Reads the value that a search compares, by its name in snake_case. Throws for an unknown name. */
export function readCaseAttribute(caseRecord: StoredObject, attribute: string): Json | undefined {
	const { attributes } = caseRecord;
	if (attribute === 'template') return getRelatedId(caseRecord, 'case-template');
	if (attribute === 'case_queue') return getRelatedId(caseRecord, 'case-queue');
	if (attribute in RELATIONS_BY_NAME) {
		const related = caseRecord.relationships?.[RELATIONS_BY_NAME[attribute]]?.data;
		return [related ?? []]
			.flat()
			.slice(-MAX_RELATED)
			.map(({ id }) => id);
	}
	if (attribute === 'state') return caseStatuses[String(attributes.status)];
	if (attribute in ATTRIBUTES_BY_NAME) return attributes[ATTRIBUTES_BY_NAME[attribute]];
	if (!attribute.startsWith('fields.')) {
		throw new BadRequestError(`query attribute ${attribute} is not supported`);
	}
	const fields = (attributes.fields ?? {}) as Record<string, { value: Json }>;
	return fields[attribute.slice('fields.'.length)]?.value;
}
