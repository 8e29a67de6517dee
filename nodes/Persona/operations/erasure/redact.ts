import type { IDataObject } from 'n8n-workflow';
import type { Session } from '../../engine/itemContext';
import { isObject } from '../../engine/values';
import type { Answer } from '../../transport/apiResponse';
import type { Document, PersonaObject } from '../../transport/jsonApi';
import { failureOf, familyOf, pathOf } from './read';

/** What became of one object. */
export interface Outcome extends IDataObject {
	result: 'redacted' | 'alreadyRedacted' | 'refused' | 'failed' | 'notTried';
	/** Status of Persona's answer; null where it was not asked. */
	statusCode: number | null;
	at: string | null;
	requestId: string | null;
	/** Why it was not redacted. */
	reason: string | null;
	/** The redacted object, as Persona gave it. */
	object?: PersonaObject;
}

const UNASKED = { statusCode: null, at: null, requestId: null, reason: null };

const WAITING: Outcome = {
	...UNASKED,
	result: 'notTried',
	reason: 'Others failed, and are found by it. Run again with the same code.',
};

/** Whether fields have a value; Persona writes each as `{ type, value }`, at every level. */
function holds(fields: unknown): boolean {
	if (Array.isArray(fields)) return fields.some(holds);
	if (!isObject(fields)) return fields !== null && fields !== undefined && fields !== '';
	return 'value' in fields ? holds(fields.value) : Object.values(fields).some(holds);
}

/** When an object was redacted with nothing left to redact: an account may have been filled again. */
export function redactedAt(object: PersonaObject): string | undefined {
	const { 'redacted-at': at, fields } = object.attributes ?? {};
	const isRefilled = familyOf(object) === 'account' && holds(fields);
	return typeof at === 'string' && !isRefilled ? at : undefined;
}

const objectIn = ({ body }: Answer) =>
	(Object(body) as Partial<Document>).data as PersonaObject | undefined;

/** Whether another try may succeed. */
const isOutage = ({ statusCode }: Answer) =>
	statusCode < 400 || statusCode >= 500 || [408, 429].includes(statusCode);

async function redact(session: Session, object: PersonaObject): Promise<Outcome> {
	const { client } = session.run;
	const before = redactedAt(object);
	if (before) return { ...UNASKED, result: 'alreadyRedacted', at: before, object };
	const path = pathOf(object);
	const answer = await client.answer({ method: 'DELETE', path });
	if (client.cancelled) session.refuse('The execution was stopped', 'Run again: it goes on there.');
	const { statusCode, headers } = answer;
	const at = new Date().toISOString();
	const requestId = headers['request-id'] ?? null;
	const outcome = { statusCode, at, requestId, reason: null };
	if (statusCode >= 200 && statusCode < 300)
		return { ...outcome, result: 'redacted', object: objectIn(answer) };
	if (statusCode === 409) {
		// Redacting something else may have redacted this as well.
		const now = objectIn(await client.answer({ method: 'GET', path }));
		const after = now && redactedAt(now);
		if (after) return { ...outcome, result: 'alreadyRedacted', at: after, object: now };
	}
	const { message, description } = failureOf(session, familyOf(object), answer, 'write');
	const reason = [message, description].filter((line) => line).join('. ');
	return { ...outcome, result: isOutage(answer) ? 'failed' : 'refused', reason };
}

/**
 * Redacts one object after another, whatever comes of each; the account waits where one has failed.
 * Throws only when the execution is stopped.
 */
export async function redactAll(session: Session, objects: PersonaObject[]): Promise<Outcome[]> {
	const { pace } = session.run.client;
	const outcomes: Outcome[] = [];
	pace.ahead += objects.length;
	for (const object of objects) {
		const waits =
			familyOf(object) === 'account' && outcomes.some(({ result }) => result === 'failed');
		outcomes.push(waits ? WAITING : await redact(session, object));
		pace.ahead--;
	}
	return outcomes;
}
