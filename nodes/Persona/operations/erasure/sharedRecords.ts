import type { NodeItemContext } from '../../engine/itemContext';
import type { PersonaObject, ResourceIdentifier } from '../../transport/jsonApi';
import { familyOf, ifPermitted, fetchAllObjects, fetchObject, getRelated } from './fetchObjects';
import { addObject, retain, retainUnreadable, type SubjectData } from './subjectData';

/** Persona names no more objects of a transaction. */
const MAX_RELATED_OBJECTS = 100;

/** No more of them in a sentence. */
const MAX_NAMED_OBJECTS = 5;

/** Relationships of a case to what it is about. */
const CASE_RELATIONSHIPS = ['accounts', 'inquiries', 'reports', 'verifications', 'txns'];

/** Why an object with these in it is not this person's alone; undefined where it is. */
function getRetentionReason(
	{ objects, cascaded: along }: SubjectData,
	inIt: ResourceIdentifier[],
): string | undefined {
	const known = new Set([...objects.keys(), ...along.map(({ id }) => id)]);
	const others = inIt.filter(({ id }) => !known.has(id)).map(({ id }) => id);
	if (others.length === 0) return undefined;
	const more =
		others.length > MAX_NAMED_OBJECTS ? ` and ${others.length - MAX_NAMED_OBJECTS} more` : '';
	return `It is also about what is not known to be of this account: ${others.slice(0, MAX_NAMED_OBJECTS).join(', ')}${more}`;
}

/**
 * Adds the transactions that inquiries and reports were made for. To redact one redacts all in it,
 * so one with anything of others in it is left. Throws what stands in the way.
 */
export async function addTransactions(
	session: NodeItemContext,
	person: SubjectData,
): Promise<void> {
	const sources = [...person.objects.values()].flatMap((one) => getRelated(one, 'transaction'));
	const unique = new Map(sources.map((reference) => [reference.id, reference]));
	for (const reference of unique.values()) {
		const read = await ifPermitted(
			session,
			async () => await fetchObject(session, 'transaction', reference.id),
		);
		if (read) addTransaction(person, read.data as PersonaObject);
		else person.retained.push(retain(reference, 'The API key may not read it, nor what is in it'));
	}
}

function addTransaction(person: SubjectData, transaction: PersonaObject) {
	const inIt = getRelated(transaction, 'related-objects');
	// Cases are redacted by themselves alone.
	const redacted = inIt.filter((one) => one.id !== transaction.id && familyOf(one) !== 'case');
	const why =
		inIt.length < MAX_RELATED_OBJECTS
			? getRetentionReason(person, redacted)
			: `Persona names no more than ${MAX_RELATED_OBJECTS} of the objects in it, and others may be of others`;
	if (why) person.retained.push(retain(transaction, why));
	else addObject(person, transaction);
}

/** The cases about an account, or about an inquiry or a report of it. */
async function fetchCases(
	session: NodeItemContext,
	{ objects }: SubjectData,
	{ id }: PersonaObject,
) {
	const filters = [...objects.values()].flatMap((one) => {
		const family = familyOf(one);
		return family === 'inquiry' || family === 'report' ? [{ [`${family}-id`]: one.id }] : [];
	});
	const cases = new Map<string, PersonaObject>();
	for (const filter of [{ 'account-id': id }, ...filters]) {
		for (const one of await fetchAllObjects(session, 'case', filter)) cases.set(one.id, one);
	}
	return [...cases.values()];
}

/** Adds the cases that are about this person alone. Throws what stands in the way. */
export async function addCases(
	session: NodeItemContext,
	person: SubjectData,
	account: PersonaObject,
) {
	const cases = await ifPermitted(session, async () => await fetchCases(session, person, account));
	if (!cases) person.retained.push(retainUnreadable('case'));
	for (const one of cases ?? []) {
		const inIt = CASE_RELATIONSHIPS.flatMap((name) => getRelated(one, name));
		const why = getRetentionReason(person, inIt);
		if (why) person.retained.push(retain(one, why));
		else addObject(person, one);
	}
}
