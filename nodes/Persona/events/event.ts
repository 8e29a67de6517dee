import type { IDataObject } from 'n8n-workflow';
import type { PersonaObject } from '../transport/jsonApi';
import { isCaughtUp } from '../triggers/webhook/catchUp/progress';
import { isRecord, toOutput, simplifyObject } from '../transport/simplify';

/** What happened, as Persona delivers it. */
export interface PersonaEvent extends PersonaObject {
	attributes: IDataObject & { name: string };
}

/** The event in a body, or undefined where there is none. */
export function parseEvent(body: Buffer): PersonaEvent | undefined {
	let document: unknown;
	try {
		document = JSON.parse(body.toString());
	} catch {
		return undefined;
	}
	if (!isRecord(document) || !isRecord(document.data)) return undefined;
	const { id, attributes } = document.data;
	const named = isRecord(attributes) && typeof attributes.name === 'string';
	return named && typeof id === 'string' ? (document.data as PersonaEvent) : undefined;
}

/** The item that a workflow gets for an event: flat, or as Persona sent it. */
export function toItem(event: PersonaEvent, attempt: number, simplify: boolean): IDataObject {
	if (!simplify) return toOutput({ data: event }, event, false);
	const { id, type, attributes } = event;
	const { name, payload, ...rest } = attributes;
	const { data, included } = isRecord(payload) ? payload : {};
	const { createdAt, context } = simplifyObject({ id, type, attributes: rest });
	return {
		event: name,
		eventId: id,
		createdAt,
		attempt,
		object: isRecord(data)
			? simplifyObject(
					data as PersonaObject,
					Array.isArray(included) ? (included as PersonaObject[]) : [],
				)
			: {},
		context: context ?? {},
		...(isCaughtUp(event) && { caughtUp: true }),
	};
}
