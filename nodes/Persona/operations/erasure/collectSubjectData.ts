import type { ItemContext } from '../../engine/types';
import {
	getIncluded,
	getRelated,
	type ObjectDocument,
	type PersonaObject,
} from '../../transport/jsonApi';
import { fetchAllObjects, fetchObject, ifPermitted } from './fetchObjects';
import { addObject, retainObject, retainUnreadable, type SubjectData } from './subjectData';
import { addCases, addTransactions } from './sharedRecords';

/**
 * Collects everything that Persona says belongs to an account; without an account, only what has the
 * reference ID. A type of objects that the API key may not read is retained. Throws any other failure.
 */
export async function collectSubjectData(
	context: ItemContext,
	account: PersonaObject | undefined,
	referenceId: unknown,
): Promise<SubjectData> {
	const subject: SubjectData = { objects: new Map(), cascaded: [], retained: [] };
	await addInquiries(context, subject, account, referenceId);
	if (!account) return subject;
	await addReports(context, subject, account);
	addObject(subject, account);
	await addTransactions(context, subject);
	await addCases(context, subject, account);
	return subject;
}

async function addInquiries(
	context: ItemContext,
	subject: SubjectData,
	account: PersonaObject | undefined,
	referenceId: unknown,
) {
	const inquiries = account
		? await fetchAllObjects(context, 'inquiry', { 'account-id': account.id })
		: [];
	if (referenceId) {
		const ids = new Set(inquiries.map(({ id }) => id));
		const filter = { 'reference-id': referenceId };
		for (const inquiry of await fetchAllObjects(context, 'inquiry', filter)) {
			if (ids.has(inquiry.id)) continue;
			const [owner] = getRelated(inquiry, 'account');
			if (account && !owner) inquiries.push(inquiry);
			else {
				const ownerText = owner ? `another account, ${owner.id}` : 'no account';
				retainObject(subject, inquiry, `It has the reference ID, but belongs to ${ownerText}`);
			}
		}
	}
	const { rateLimiter } = context.run.client;
	rateLimiter.expectedRequests += inquiries.length;
	for (const inquiry of inquiries) {
		addInquiry(subject, await fetchWithRelated(context, inquiry));
		rateLimiter.expectedRequests--;
	}
}

/** The inquiry with as many of its related objects as the API key may read. */
async function fetchWithRelated(
	context: ItemContext,
	{ id }: PersonaObject,
): Promise<ObjectDocument> {
	const fetchInquiry = async (include?: string) =>
		await fetchObject(context, 'inquiry', id, include);
	return (
		(await ifPermitted(context, async () => await fetchInquiry('verifications,reports'))) ??
		(await fetchInquiry())
	);
}

function addInquiry(subject: SubjectData, document: ObjectDocument) {
	const inquiry = document.data;
	addObject(subject, inquiry);
	const includedById = new Map(getIncluded(document).map((object) => [object.id, object]));
	for (const name of ['verifications', 'reports']) {
		for (const reference of getRelated(inquiry, name)) {
			addObject(subject, includedById.get(reference.id) ?? reference);
		}
	}
	for (const name of ['documents', 'selfies']) {
		const references = getRelated(inquiry, name);
		subject.cascaded.push(...references.map(({ type, id }) => ({ type, id, with: inquiry.id })));
	}
}

async function addReports(context: ItemContext, subject: SubjectData, { id }: PersonaObject) {
	const reports = await ifPermitted(
		context,
		async () => await fetchAllObjects(context, 'report', { 'account-id': id }),
	);
	if (!reports) retainUnreadable(subject, 'report');
	for (const report of reports ?? []) addObject(subject, report);
}
