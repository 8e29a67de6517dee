import type { IDataObject } from 'n8n-workflow';
import type { NodeItemContext } from '../../engine/itemContext';
import type { ApiResponse } from '../../transport/apiResponse';
import { createIdempotencyKey, buildPathWithQuery, type ApiRequest } from '../../transport/client';
import { toNodeError } from '../../transport/errors';
import type { PersonaObject } from '../../transport/jsonApi';

/** A value that is to be put on a list. */
export interface ListItemRequest {
	/** The first input item that has it. */
	session: NodeItemContext;
	/** What would add it alone. */
	request: ApiRequest;
	/** What makes it up, by Persona's names. */
	values: IDataObject;
	/** The user's own idempotency key, or an empty text. */
	ownKey: string;
}

/** A value that was not added, as far as it is known which. */
export interface AdditionProblem extends IDataObject {
	/** Index of the input item. */
	item?: number;
	value?: string;
	reason: string;
}

/** What became of the values. */
export interface AdditionResult {
	added: number;
	duplicate: number;
	refused: number;
	problems: AdditionProblem[];
	importerId?: string;
	/** What Persona answered with: the new items, or the importer. */
	objects: PersonaObject[];
}

/** A value as a person writes it. */
export const formatValues = (values: IDataObject) => Object.values(values).join(' ');

/**
 * Sends a POST. There may be several for one idempotency key of the user, and with the same one
 * Persona would do only the first, so the key is made of it.
 */
export async function sendListItemRequest(
	{ session, ownKey }: ListItemRequest,
	request: ApiRequest,
): Promise<ApiResponse> {
	const { client, idempotencySeed: seed } = session.run;
	const key = createIdempotencyKey(ownKey || seed, buildPathWithQuery(request), request.body);
	return await client.request({ ...request, idempotencyKey: key });
}

/** A failure in the words that the user sees. */
export const toAdditionError = ({ run, itemIndex }: NodeItemContext, answer: ApiResponse) =>
	toNodeError(run.node.getNode(), answer, {
		itemIndex,
		permission: `${run.resource.permission}.write`,
		mayBeReplayed: true,
	});
