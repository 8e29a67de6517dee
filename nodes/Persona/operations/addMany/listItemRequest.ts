import type { IDataObject } from 'n8n-workflow';
import type { ItemContext } from '../../engine/types';
import type { ApiResponse } from '../../transport/apiResponse';
import type { ApiRequest } from '../../transport/apiRequest';
import { toNodeError } from '../../transport/errors';
import type { PersonaObject } from '../../transport/jsonApi';

/** A value to add to a list. */
export interface ListItemRequest {
	/** The first input item that has the value. */
	context: ItemContext;
	/** The request that would add this value alone. */
	request: ApiRequest;
	/** The attributes that make up the value, by Persona's names. */
	values: IDataObject;
}

/** Why a value was not added. An import does not say which values it rejected. */
export interface AdditionProblem extends IDataObject {
	/** Index of the input item. */
	item?: number;
	value?: string;
	reason: string;
}

/** How many values were added or not, and what Persona created. */
export interface AdditionResult {
	added: number;
	duplicates: number;
	rejected: number;
	problems: AdditionProblem[];
	importerId?: string;
	/** The objects in Persona's responses: the new list items, or the importer. */
	objects: PersonaObject[];
}

/** Formats a value as a person would write it, e.g. `Jane Doe`. */
export const formatValues = (values: IDataObject) => Object.values(values).join(' ');

/**
 * Sends a POST and returns the last response, whatever its status. Several requests may share the
 * user's idempotency key, and Persona would carry out only the first of them, so each gets a key
 * that is derived from it.
 */
export async function sendListItemRequest(
	{ context }: ListItemRequest,
	request: ApiRequest,
): Promise<ApiResponse> {
	const idempotencyKey = context.deriveIdempotencyKey(request);
	return await context.run.client.request({ ...request, idempotencyKey });
}

/** Converts a failed response to the error that the user sees; by default of a list item. */
export const toAdditionError = (
	{ context: { run, itemIndex }, request }: ListItemRequest,
	response: ApiResponse,
	permission = `${run.resource.permission}.write`,
) =>
	toNodeError(run.node.getNode(), response, {
		itemIndex,
		labels: new Map([['list-id', 'List']]),
		permission,
		request,
	});
