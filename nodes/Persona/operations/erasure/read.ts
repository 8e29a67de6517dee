import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import type { Session } from '../../engine/itemContext';
import type { Answer } from '../../transport/apiResponse';
import type { Request } from '../../transport/client';
import { inNode, toNodeError } from '../../transport/errors';
import type { Document, PersonaObject, Reference } from '../../transport/jsonApi';
import { pages } from '../../transport/pagination';

/**
 * Where Persona redacts objects, by the first part of their type, in the order of an erasure: an
 * object comes before those whose redaction would redact it as well, so that each has an answer.
 */
export const collections: Record<string, string> = {
	report: '/reports',
	verification: '/verifications',
	inquiry: '/inquiries',
	transaction: '/transactions',
	case: '/cases',
	account: '/accounts',
};

/** The first part of an object's type: `report` of `report/watchlist`. */
export const familyOf = ({ type }: Reference) => type.split('/')[0];

/** The path of an object. */
export const pathOf = (object: Reference) => `${collections[familyOf(object)]}/${object.id}`;

/** What the relationship of an object points to; nothing where Persona does not tell. */
export const related = ({ relationships }: PersonaObject, name: string): Reference[] =>
	[relationships?.[name]?.data ?? []].flat();

/** An answer in the words that the user sees, with the permission that objects of this family need. */
export function failureOf(
	{ run, itemIndex }: Session,
	family: string,
	answer: Answer,
	may: string,
) {
	const resource = run.table.resources.find(({ type }) => type === family);
	const permission = resource?.permission && `${resource.permission}.${may}`;
	return toNodeError(run.node.getNode(), answer, { itemIndex, permission });
}

async function send(session: Session, family: string, request: Request): Promise<Document> {
	const answer = await session.run.client.answer(request);
	if (answer.statusCode === 200) return answer.body as Document;
	throw failureOf(session, family, answer, 'read');
}

/** Reads one object. Throws any answer but success. */
export async function readOne(session: Session, family: string, id: string, include?: string) {
	const path = `${collections[family]}/${id}`;
	return await send(session, family, { method: 'GET', path, query: { include } });
}

/** Reads all objects of a family that the filter lets through. Throws any answer but success. */
export async function readAll(session: Session, family: string, filter: IDataObject) {
	const request: Request = { method: 'GET', path: collections[family], query: { filter } };
	const found: PersonaObject[] = [];
	const ask = async (page: Request) => await send(session, family, page);
	for await (const { object } of pages(ask, request, Infinity)) found.push(object);
	return found;
}

/** What `read` gives; undefined where the API key lacks the permission. Throws any other failure. */
export async function permitted<T>(
	{ run, itemIndex }: Session,
	read: () => Promise<T>,
): Promise<T | undefined> {
	try {
		return await read();
	} catch (error) {
		const failure = inNode(run.node.getNode(), error as Error, itemIndex);
		if (failure instanceof NodeApiError && failure.httpCode === '403') return undefined;
		throw failure;
	}
}
