import type { IDataObject } from 'n8n-workflow';
import type { Session } from '../../engine/itemContext';
import type { Answer } from '../../transport/apiResponse';
import { keyOf, urlOf, type Request } from '../../transport/client';
import { toNodeError } from '../../transport/errors';
import type { PersonaObject } from '../../transport/jsonApi';

/** A value that is to be put on a list. */
export interface Addition {
	/** The first input item that has it. */
	session: Session;
	/** What would add it alone. */
	request: Request;
	/** What makes it up, by Persona's names. */
	values: IDataObject;
	/** The user's own idempotency key, or an empty text. */
	ownKey: string;
}

/** A value that was not added, as far as it is known which. */
export interface Problem extends IDataObject {
	/** Index of the input item. */
	item?: number;
	value?: string;
	reason: string;
}

/** What became of the values. */
export interface Tally {
	added: number;
	duplicate: number;
	refused: number;
	problems: Problem[];
	importerId?: string;
	/** What Persona answered with: the new items, or the importer. */
	objects: PersonaObject[];
}

/** A value as a person writes it. */
export const written = (values: IDataObject) => Object.values(values).join(' ');

/**
 * Sends a POST. There may be several for one idempotency key of the user, and with the same one
 * Persona would do only the first, so the key is made of it.
 */
export async function post({ session, ownKey }: Addition, request: Request): Promise<Answer> {
	const { client, seed } = session.run;
	const key = keyOf(ownKey || seed, urlOf(request), request.body);
	return await client.answer({ ...request, key });
}

/** A failure in the words that the user sees. */
export const failureOf = ({ run, itemIndex }: Session, answer: Answer) =>
	toNodeError(run.node.getNode(), answer, {
		itemIndex,
		permission: `${run.resource.permission}.write`,
		replayed: true,
	});
