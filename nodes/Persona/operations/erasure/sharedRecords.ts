import type { Session } from '../../engine/itemContext';
import type { PersonaObject, Reference } from '../../transport/jsonApi';
import { familyOf, permitted, readAll, readOne, related } from './read';
import { add, leave, unread, type Person } from './subjectData';

/** Persona names no more objects of a transaction. */
const MOST_RELATED = 100;

/** No more of them in a sentence. */
const MOST_NAMED = 5;

/** Relationships of a case to what it is about. */
const ABOUT = ['accounts', 'inquiries', 'reports', 'verifications', 'txns'];

/** Why an object with these in it is not this person's alone; undefined where it is. */
function whyLeft({ objects, along }: Person, inIt: Reference[]): string | undefined {
	const known = new Set([...objects.keys(), ...along.map(({ id }) => id)]);
	const others = inIt.filter(({ id }) => !known.has(id)).map(({ id }) => id);
	if (others.length === 0) return undefined;
	const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : '';
	return `It is also about what is not known to be of this account: ${others.slice(0, MOST_NAMED).join(', ')}${more}`;
}

/**
 * Adds the transactions that inquiries and reports were made for. To redact one redacts all in it,
 * so one with anything of others in it is left. Throws what stands in the way.
 */
export async function addTransactions(session: Session, person: Person): Promise<void> {
	const sources = [...person.objects.values()].flatMap((one) => related(one, 'transaction'));
	const unique = new Map(sources.map((reference) => [reference.id, reference]));
	for (const reference of unique.values()) {
		const read = await permitted(
			session,
			async () => await readOne(session, 'transaction', reference.id),
		);
		if (read) addTransaction(person, read.data as PersonaObject);
		else person.left.push(leave(reference, 'The API key may not read it, nor what is in it'));
	}
}

function addTransaction(person: Person, transaction: PersonaObject) {
	const inIt = related(transaction, 'related-objects');
	// Cases are redacted by themselves alone.
	const redacted = inIt.filter((one) => one.id !== transaction.id && familyOf(one) !== 'case');
	const why =
		inIt.length < MOST_RELATED
			? whyLeft(person, redacted)
			: `Persona names no more than ${MOST_RELATED} of the objects in it, and others may be of others`;
	if (why) person.left.push(leave(transaction, why));
	else add(person, transaction);
}

/** The cases about an account, or about an inquiry or a report of it. */
async function casesOf(session: Session, { objects }: Person, { id }: PersonaObject) {
	const filters = [...objects.values()].flatMap((one) => {
		const family = familyOf(one);
		return family === 'inquiry' || family === 'report' ? [{ [`${family}-id`]: one.id }] : [];
	});
	const cases = new Map<string, PersonaObject>();
	for (const filter of [{ 'account-id': id }, ...filters]) {
		for (const one of await readAll(session, 'case', filter)) cases.set(one.id, one);
	}
	return [...cases.values()];
}

/** Adds the cases that are about this person alone. Throws what stands in the way. */
export async function addCases(session: Session, person: Person, account: PersonaObject) {
	const cases = await permitted(session, async () => await casesOf(session, person, account));
	if (!cases) person.left.push(unread('case'));
	for (const one of cases ?? []) {
		const inIt = ABOUT.flatMap((name) => related(one, name));
		const why = whyLeft(person, inIt);
		if (why) person.left.push(leave(one, why));
		else add(person, one);
	}
}
