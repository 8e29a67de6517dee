import type { NodeItemContext } from '../../engine/itemContext';
import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import { isRecord } from '../../transport/simplify';
import { ifPermitted, fetchAllObjects, fetchObject, getRelated } from './fetchObjects';
import { addObject, retain, retainUnreadable, type SubjectData } from './subjectData';
import { addCases, addTransactions } from './sharedRecords';

/**
 * All that Persona tells to belong to an account; without one, what has the reference ID all the
 * same. Throws what stands in the way, but for a permission that the API key lacks: that is left.
 */
export async function collectSubjectData(
	session: NodeItemContext,
	account: PersonaObject | undefined,
	referenceId: unknown,
): Promise<SubjectData> {
	const person: SubjectData = { objects: new Map(), cascaded: [], retained: [] };
	const inquiries = account
		? await fetchAllObjects(session, 'inquiry', { 'account-id': account.id })
		: [];
	if (referenceId) {
		const seen = new Set(inquiries.map(({ id }) => id));
		for (const inquiry of await fetchAllObjects(session, 'inquiry', {
			'reference-id': referenceId,
		})) {
			if (seen.has(inquiry.id)) continue;
			const [owner] = getRelated(inquiry, 'account');
			if (account && !owner) inquiries.push(inquiry);
			else {
				const whose = owner ? `another account, ${owner.id}` : 'no account';
				person.retained.push(retain(inquiry, `It has the reference ID, but belongs to ${whose}`));
			}
		}
	}
	const { rateLimiter: pace } = session.run.client;
	pace.expectedRequests += inquiries.length;
	for (const inquiry of inquiries) {
		addInquiry(person, await fetchWithRelated(session, inquiry));
		pace.expectedRequests--;
	}
	if (!account) return person;
	const ofAccount = { 'account-id': account.id };
	const reports = await ifPermitted(
		session,
		async () => await fetchAllObjects(session, 'report', ofAccount),
	);
	if (!reports) person.retained.push(retainUnreadable('report'));
	for (const report of reports ?? []) addObject(person, report);
	addObject(person, account);
	await addTransactions(session, person);
	await addCases(session, person, account);
	return person;
}

/** The inquiry with as much of what belongs to it as the API key may read. */
async function fetchWithRelated(
	session: NodeItemContext,
	{ id }: PersonaObject,
): Promise<JsonApiDocument> {
	const read = async (include?: string) => await fetchObject(session, 'inquiry', id, include);
	return (
		(await ifPermitted(session, async () => await read('verifications,reports'))) ?? (await read())
	);
}

function addInquiry(person: SubjectData, { data, included = [] }: JsonApiDocument) {
	const inquiry = data as PersonaObject;
	addObject(person, inquiry);
	const read = new Map(included.filter(isRecord).map((object) => [object.id, object]));
	for (const name of ['verifications', 'reports']) {
		for (const one of getRelated(inquiry, name)) addObject(person, read.get(one.id) ?? one);
	}
	for (const name of ['documents', 'selfies']) {
		const ofInquiry = getRelated(inquiry, name);
		person.cascaded.push(...ofInquiry.map(({ type, id }) => ({ type, id, with: inquiry.id })));
	}
}
