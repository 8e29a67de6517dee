import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import type { NodeItemContext } from '../../engine/itemContext';
import type { ApiResponse } from '../../transport/apiResponse';
import type { ApiRequest } from '../../transport/client';
import { toItemError, toNodeError } from '../../transport/errors';
import type { JsonApiDocument, PersonaObject, ResourceIdentifier } from '../../transport/jsonApi';
import { paginate } from '../../transport/pagination';

/**
 * Where Persona redacts objects, by the first part of their type, in the order of an erasure: an
 * object comes before those whose redaction would redact it as well, so that each has an answer.
 */
export const COLLECTION_PATHS: Record<string, string> = {
	report: '/reports',
	verification: '/verifications',
	inquiry: '/inquiries',
	transaction: '/transactions',
	case: '/cases',
	account: '/accounts',
};

/** The first part of an object's type: `report` of `report/watchlist`. */
export const familyOf = ({ type }: ResourceIdentifier) => type.split('/')[0];

/** The path of an object. */
export const getPath = (object: ResourceIdentifier) =>
	`${COLLECTION_PATHS[familyOf(object)]}/${object.id}`;

/** What the relationship of an object points to; nothing where Persona does not tell. */
export const getRelated = ({ relationships }: PersonaObject, name: string): ResourceIdentifier[] =>
	[relationships?.[name]?.data ?? []].flat();

/** An answer in the words that the user sees, with the permission that objects of this family need. */
export function toObjectError(
	{ run, itemIndex }: NodeItemContext,
	family: string,
	answer: ApiResponse,
	may: string,
) {
	const resource = run.table.resources.find(({ type }) => type === family);
	const permission = resource?.permission && `${resource.permission}.${may}`;
	return toNodeError(run.node.getNode(), answer, { itemIndex, permission });
}

async function send(
	session: NodeItemContext,
	family: string,
	request: ApiRequest,
): Promise<JsonApiDocument> {
	const answer = await session.run.client.request(request);
	if (answer.statusCode === 200) return answer.body as JsonApiDocument;
	throw toObjectError(session, family, answer, 'read');
}

/** Reads one object. Throws any answer but success. */
export async function fetchObject(
	session: NodeItemContext,
	family: string,
	id: string,
	include?: string,
) {
	const path = `${COLLECTION_PATHS[family]}/${id}`;
	return await send(session, family, { method: 'GET', path, query: { include } });
}

/** Reads all objects of a family that the filter lets through. Throws any answer but success. */
export async function fetchAllObjects(
	session: NodeItemContext,
	family: string,
	filter: IDataObject,
) {
	const request: ApiRequest = { method: 'GET', path: COLLECTION_PATHS[family], query: { filter } };
	const found: PersonaObject[] = [];
	const ask = async (page: ApiRequest) => await send(session, family, page);
	for await (const { object } of paginate(ask, request, Infinity)) found.push(object);
	return found;
}

/** What `read` gives; undefined where the API key lacks the permission. Throws any other failure. */
export async function ifPermitted<T>(
	{ run, itemIndex }: NodeItemContext,
	read: () => Promise<T>,
): Promise<T | undefined> {
	try {
		return await read();
	} catch (error) {
		const failure = toItemError(run.node.getNode(), error as Error, itemIndex);
		if (failure instanceof NodeApiError && failure.httpCode === '403') return undefined;
		throw failure;
	}
}
