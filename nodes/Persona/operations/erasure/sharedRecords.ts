import type { ItemContext } from '../../engine/types';
import {
	getBaseType,
	getRelated,
	type PersonaObject,
	type ResourceIdentifier,
} from '../../transport/jsonApi';
import { fetchAllObjects, fetchObject, ifPermitted } from './fetchObjects';
import { addObject, retainObject, retainUnreadable, type SubjectData } from './subjectData';

/** Persona lists no more objects of a transaction. */
const MAX_RELATED_OBJECTS = 100;

/** A reason names no more objects, and only counts the rest. */
const MAX_NAMED_OBJECTS = 5;

/** Relationships of a case to the objects that it is about. */
const CASE_RELATIONSHIPS = ['accounts', 'inquiries', 'reports', 'verifications', 'txns'];

/** Why a record with these objects is not this person's alone; undefined where it is. */
function getRetentionReason(
	{ objects, cascaded }: SubjectData,
	contents: ResourceIdentifier[],
): string | undefined {
	const ownIds = new Set([...objects.keys(), ...cascaded.map(({ id }) => id)]);
	const otherIds = contents.filter(({ id }) => !ownIds.has(id)).map(({ id }) => id);
	if (otherIds.length === 0) return undefined;
	const named = otherIds.slice(0, MAX_NAMED_OBJECTS).join(', ');
	const unnamedCount = otherIds.length - MAX_NAMED_OBJECTS;
	const more = unnamedCount > 0 ? ` and ${unnamedCount} more` : '';
	return `It also involves objects that are not known to belong to this account: ${named}${more}`;
}

/**
 * Adds the transactions that inquiries and reports were created for. Redacting a transaction also
 * redacts the objects in it, so one with objects of other people is retained. Throws any failure but
 * a missing permission.
 */
export async function addTransactions(context: ItemContext, subject: SubjectData): Promise<void> {
	const references = [...subject.objects.values()].flatMap((object) =>
		getRelated(object, 'transaction'),
	);
	const unique = new Map(references.map((reference) => [reference.id, reference]));
	for (const reference of unique.values()) {
		const document = await ifPermitted(
			context,
			async () => await fetchObject(context, 'transaction', reference.id),
		);
		if (document) addTransaction(subject, document.data);
		else retainObject(subject, reference, 'The API key may not read it or the objects in it');
	}
}

function addTransaction(subject: SubjectData, transaction: PersonaObject) {
	const contents = getRelated(transaction, 'related-objects');
	// Persona does not redact cases with their transaction.
	const redacted = contents.filter(
		({ type, id }) => id !== transaction.id && getBaseType(type) !== 'case',
	);
	const reason =
		contents.length < MAX_RELATED_OBJECTS
			? getRetentionReason(subject, redacted)
			: `Persona lists no more than ${MAX_RELATED_OBJECTS} of the objects in it, and the others may belong to other people`;
	if (reason) retainObject(subject, transaction, reason);
	else addObject(subject, transaction);
}

/** The cases about the account, or about one of its inquiries or reports. */
async function fetchCases(context: ItemContext, { objects }: SubjectData, { id }: PersonaObject) {
	const filters = [...objects.values()].flatMap((object) => {
		const baseType = getBaseType(object.type);
		const isFilter = baseType === 'inquiry' || baseType === 'report';
		return isFilter ? [{ [`${baseType}-id`]: object.id }] : [];
	});
	const cases = new Map<string, PersonaObject>();
	for (const filter of [{ 'account-id': id }, ...filters]) {
		for (const found of await fetchAllObjects(context, 'case', filter)) cases.set(found.id, found);
	}
	return [...cases.values()];
}

/** Adds the cases that are about this person alone; others are retained. Throws as the one above. */
export async function addCases(context: ItemContext, subject: SubjectData, account: PersonaObject) {
	const cases = await ifPermitted(context, async () => await fetchCases(context, subject, account));
	if (!cases) retainUnreadable(subject, 'case');
	for (const object of cases ?? []) {
		const contents = CASE_RELATIONSHIPS.flatMap((name) => getRelated(object, name));
		const reason = getRetentionReason(subject, contents);
		if (reason) retainObject(subject, object, reason);
		else addObject(subject, object);
	}
}
