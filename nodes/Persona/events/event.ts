import type { IDataObject } from 'n8n-workflow';
import type { PersonaObject } from '../transport/jsonApi';
import { toOutput, simplifyObject } from '../transport/simplify';
import { isRecord } from '../utils/isRecord';

/** Something that happened in Persona, as its webhooks and its list of events describe it. */
export interface PersonaEvent extends PersonaObject {
	attributes: IDataObject & { name: string };
}

/** The event in the body of a delivery; undefined where the body is no event. */
export function parseEvent(body: Buffer): PersonaEvent | undefined {
	let document: unknown;
	try {
		document = JSON.parse(body.toString());
	} catch {
		return undefined;
	}
	if (!isRecord(document) || !isRecord(document.data)) return undefined;
	const { id, attributes } = document.data;
	const hasName = isRecord(attributes) && typeof attributes.name === 'string';
	return hasName && typeof id === 'string' ? (document.data as PersonaEvent) : undefined;
}

/** What the webhook trigger adds to an event that it delivers to itself; Persona's own have none. */
export const getCaughtUpMark = ({ meta }: PersonaEvent) =>
	isRecord(meta) ? meta.caughtUp : undefined;

/** Whether an event was missed while the workflow was unpublished, and the node delivers it itself. */
export const isCaughtUp = (event: PersonaEvent) => getCaughtUpMark(event) === true;

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
