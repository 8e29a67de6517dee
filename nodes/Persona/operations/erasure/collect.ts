import type { Session } from '../../engine/itemContext';
import type { Document, PersonaObject } from '../../transport/jsonApi';
import { isObject } from '../../transport/simplify';
import { permitted, readAll, readOne, related } from './read';
import { add, leave, unread, type Person } from './subjectData';
import { addCases, addTransactions } from './sharedRecords';

/**
 * All that Persona tells to belong to an account; without one, what has the reference ID all the
 * same. Throws what stands in the way, but for a permission that the API key lacks: that is left.
 */
export async function personOf(
	session: Session,
	account: PersonaObject | undefined,
	referenceId: unknown,
): Promise<Person> {
	const person: Person = { objects: new Map(), along: [], left: [] };
	const inquiries = account ? await readAll(session, 'inquiry', { 'account-id': account.id }) : [];
	if (referenceId) {
		const seen = new Set(inquiries.map(({ id }) => id));
		for (const inquiry of await readAll(session, 'inquiry', { 'reference-id': referenceId })) {
			if (seen.has(inquiry.id)) continue;
			const [owner] = related(inquiry, 'account');
			if (account && !owner) inquiries.push(inquiry);
			else {
				const whose = owner ? `another account, ${owner.id}` : 'no account';
				person.left.push(leave(inquiry, `It has the reference ID, but belongs to ${whose}`));
			}
		}
	}
	const { pace } = session.run.client;
	pace.ahead += inquiries.length;
	for (const inquiry of inquiries) {
		addInquiry(person, await whole(session, inquiry));
		pace.ahead--;
	}
	if (!account) return person;
	const ofAccount = { 'account-id': account.id };
	const reports = await permitted(session, async () => await readAll(session, 'report', ofAccount));
	if (!reports) person.left.push(unread('report'));
	for (const report of reports ?? []) add(person, report);
	add(person, account);
	await addTransactions(session, person);
	await addCases(session, person, account);
	return person;
}

/** The inquiry with as much of what belongs to it as the API key may read. */
async function whole(session: Session, { id }: PersonaObject): Promise<Document> {
	const read = async (include?: string) => await readOne(session, 'inquiry', id, include);
	return (
		(await permitted(session, async () => await read('verifications,reports'))) ?? (await read())
	);
}

function addInquiry(person: Person, { data, included = [] }: Document) {
	const inquiry = data as PersonaObject;
	add(person, inquiry);
	const read = new Map(included.filter(isObject).map((object) => [object.id, object]));
	for (const name of ['verifications', 'reports']) {
		for (const one of related(inquiry, name)) add(person, read.get(one.id) ?? one);
	}
	for (const name of ['documents', 'selfies']) {
		const ofInquiry = related(inquiry, name);
		person.along.push(...ofInquiry.map(({ type, id }) => ({ type, id, with: inquiry.id })));
	}
}
