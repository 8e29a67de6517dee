import type { IDataObject } from 'n8n-workflow';
import { getAttributes, getIncluded, type PersonaObject } from '../transport/jsonApi';
import { flattenObject } from '../transport/flatten';
import { flattenForOutput, toOutput, type OutputMode } from '../transport/output';
import { isRecord } from '../utils/isRecord';
import { isCustomEvent } from './eventTypes';

/** Something that happened in Persona, as its webhooks and its list of events describe it. */
export interface PersonaEvent extends PersonaObject {
	attributes: IDataObject & { name: string };
}

/** Parses the event in the body of a delivery; undefined if the body is not an event. */
export function parseEvent(body: Buffer): PersonaEvent | undefined {
	let document: unknown;
	try {
		// JSON allows readers to ignore a byte-order mark (RFC 8259).
		document = JSON.parse(body.toString().replace(/^\uFEFF/, ''));
	} catch {
		return undefined;
	}
	if (!isRecord(document) || !isRecord(document.data)) return undefined;
	const { id, attributes } = document.data;
	const hasName = isRecord(attributes) && typeof attributes.name === 'string';
	return hasName && typeof id === 'string' ? (document.data as PersonaEvent) : undefined;
}

/**
 * Returns the mark that the webhook trigger adds to events it delivers to itself; Persona sends
 * none.
 */
export const getCaughtUpMark = ({ meta }: PersonaObject) =>
	isRecord(meta) ? meta.caughtUp : undefined;

/** Whether an event was missed while the workflow was unpublished, and is delivered by catch-up. */
export const isCaughtUp = (event: PersonaObject) => getCaughtUpMark(event) === true;

/**
 * Converts an event to the item that starts the workflow. A payload that is not one of Persona's
 * objects, like that of a custom event, is passed on as it is. The attempt is null if it is not known.
 */
export function toItem(event: PersonaEvent, attempt: number | null, mode: OutputMode): IDataObject {
	return mode === 'raw'
		? toOutput({ data: event }, event, { mode })
		: flattenEvent(event, mode, attempt);
}

/** Finds the ID of the event in an item that `toItem` made; undefined in any other item. */
export function getItemEventId(json: IDataObject | undefined): string | undefined {
	const id = json?.eventId ?? (json?.type === 'event' ? json.id : undefined);
	return typeof id === 'string' ? id : undefined;
}

/**
 * Flattens an event, also one that was read: of that, the attributes that were not asked for are
 * missing, the name too. Simplified, it has its object simplified, and no context, which may tell from
 * where a person came.
 */
export function flattenEvent(
	event: PersonaObject,
	mode: OutputMode,
	attempt: number | null = 1,
): IDataObject {
	const { id, type } = event;
	const { name, payload, ...rest } = getAttributes(event);
	const isCustom = typeof name === 'string' && isCustomEvent(name);
	const { data, included } = isRecord(payload) && !isCustom ? payload : {};
	const { createdAt, context } = flattenObject({ id, type, attributes: rest });
	return {
		event: name,
		eventId: id,
		createdAt,
		attempt,
		...(isRecord(data)
			? { object: flattenForOutput(data as PersonaObject, { mode }, getIncluded({ included })) }
			: { object: {}, payload: payload ?? null }),
		...(mode === 'allFields' && { context: (isCustom ? rest.context : context) ?? {} }),
		...(isCaughtUp(event) && { caughtUp: true }),
	};
}
