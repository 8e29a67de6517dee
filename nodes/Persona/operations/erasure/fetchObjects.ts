import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import { findResource } from '../../engine/operationRules';
import type { ItemContext } from '../../engine/types';
import type { ApiResponse } from '../../transport/apiResponse';
import type { ApiRequest } from '../../transport/apiRequest';
import { toItemError, toNodeError } from '../../transport/errors';
import {
	getBaseType,
	type ListDocument,
	type ObjectDocument,
	type PersonaObject,
	type ResourceIdentifier,
} from '../../transport/jsonApi';
import { paginate } from '../../transport/pagination';

/**
 * Where Persona redacts objects, by their base type and in the order of an erasure: an object comes
 * before those whose redaction would include it, so that each has a response of its own.
 */
export const COLLECTION_PATHS: Record<string, string> = {
	report: '/reports',
	verification: '/verifications',
	inquiry: '/inquiries',
	transaction: '/transactions',
	case: '/cases',
	account: '/accounts',
};

/** The path of an object, e.g. `/inquiries/inq_123`. */
export const getPath = ({ type, id }: ResourceIdentifier) =>
	`${COLLECTION_PATHS[getBaseType(type)]}/${id}`;

/** Converts a failed response to an error that names the permission for objects of this type. */
export function toObjectError(
	{ run, itemIndex }: ItemContext,
	baseType: string,
	response: ApiResponse,
	access: 'read' | 'write',
) {
	const resource = findResource(run.table, baseType);
	const permission = resource?.permission && `${resource.permission}.${access}`;
	return toNodeError(run.node.getNode(), response, { itemIndex, permission });
}

async function fetchSuccessfully(context: ItemContext, baseType: string, request: ApiRequest) {
	const response = await context.run.client.request(request);
	if (response.statusCode === 200) return response.body;
	throw toObjectError(context, baseType, response, 'read');
}

/** Fetches one object. Throws for any status but 200. */
export async function fetchObject(
	context: ItemContext,
	baseType: string,
	id: string,
	include?: string,
) {
	const path = `${COLLECTION_PATHS[baseType]}/${id}`;
	const request: ApiRequest = { method: 'GET', path, query: { include } };
	return (await fetchSuccessfully(context, baseType, request)) as ObjectDocument;
}

/** Fetches all objects of a type that match a filter. Throws for any status but 200. */
export async function fetchAllObjects(context: ItemContext, baseType: string, filter: IDataObject) {
	const path = COLLECTION_PATHS[baseType];
	const objects: PersonaObject[] = [];
	const fetchPage = async (request: ApiRequest) =>
		(await fetchSuccessfully(context, baseType, request)) as ListDocument;
	for await (const { object } of paginate(
		fetchPage,
		{ method: 'GET', path, query: { filter } },
		Infinity,
	)) {
		objects.push(object);
	}
	return objects;
}

/** Returns what `fetch` does, or undefined where the API key lacks the permission. Throws any other failure. */
export async function ifPermitted<T>(
	{ run, itemIndex }: ItemContext,
	fetch: () => Promise<T>,
): Promise<T | undefined> {
	try {
		return await fetch();
	} catch (error) {
		const itemError = toItemError(run.node.getNode(), error as Error, itemIndex);
		if (itemError instanceof NodeApiError && itemError.httpCode === '403') return undefined;
		throw itemError;
	}
}
