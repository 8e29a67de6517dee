import type { IDataObject } from 'n8n-workflow';
import type { NodeItemContext } from '../../engine/itemContext';
import { isPlainObject } from '../../engine/values';
import type { ApiResponse } from '../../transport/apiResponse';
import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import { toObjectError, familyOf, getPath } from './fetchObjects';

/** What became of one object. */
export interface RedactionResult extends IDataObject {
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

const NO_REQUEST = { statusCode: null, at: null, requestId: null, reason: null };

const NOT_TRIED: RedactionResult = {
	...NO_REQUEST,
	result: 'notTried',
	reason: 'Others failed, and are found by it. Run again with the same code.',
};

/** Whether fields have a value; Persona writes each as `{ type, value }`, at every level. */
function hasValue(fields: unknown): boolean {
	if (Array.isArray(fields)) return fields.some(hasValue);
	if (!isPlainObject(fields)) return fields !== null && fields !== undefined && fields !== '';
	return 'value' in fields ? hasValue(fields.value) : Object.values(fields).some(hasValue);
}

/** When an object was redacted with nothing left to redact: an account may have been filled again. */
export function getRedactedAt(object: PersonaObject): string | undefined {
	const { 'redacted-at': at, fields } = object.attributes ?? {};
	const isRefilled = familyOf(object) === 'account' && hasValue(fields);
	return typeof at === 'string' && !isRefilled ? at : undefined;
}

const getObject = ({ body }: ApiResponse) =>
	(Object(body) as Partial<JsonApiDocument>).data as PersonaObject | undefined;

/** Whether another try may succeed. */
const isOutage = ({ statusCode }: ApiResponse) =>
	statusCode < 400 || statusCode >= 500 || [408, 429].includes(statusCode);

async function redactObject(
	session: NodeItemContext,
	object: PersonaObject,
): Promise<RedactionResult> {
	const { client } = session.run;
	const before = getRedactedAt(object);
	if (before) return { ...NO_REQUEST, result: 'alreadyRedacted', at: before, object };
	const path = getPath(object);
	const answer = await client.request({ method: 'DELETE', path });
	if (client.isCancelled) session.fail('The execution was stopped', 'Run again: it goes on there.');
	const { statusCode, headers } = answer;
	const at = new Date().toISOString();
	const requestId = headers['request-id'] ?? null;
	const outcome = { statusCode, at, requestId, reason: null };
	if (statusCode >= 200 && statusCode < 300)
		return { ...outcome, result: 'redacted', object: getObject(answer) };
	if (statusCode === 409) {
		// Redacting something else may have redacted this as well.
		const now = getObject(await client.request({ method: 'GET', path }));
		const after = now && getRedactedAt(now);
		if (after) return { ...outcome, result: 'alreadyRedacted', at: after, object: now };
	}
	const { message, description } = toObjectError(session, familyOf(object), answer, 'write');
	const reason = [message, description].filter((line) => line).join('. ');
	return { ...outcome, result: isOutage(answer) ? 'failed' : 'refused', reason };
}

/**
 * Redacts one object after another, whatever comes of each; the account waits where one has failed.
 * Throws only when the execution is stopped.
 */
export async function redactObjects(
	session: NodeItemContext,
	objects: PersonaObject[],
): Promise<RedactionResult[]> {
	const { rateLimiter: pace } = session.run.client;
	const outcomes: RedactionResult[] = [];
	pace.expectedRequests += objects.length;
	for (const object of objects) {
		const waits =
			familyOf(object) === 'account' && outcomes.some(({ result }) => result === 'failed');
		outcomes.push(waits ? NOT_TRIED : await redactObject(session, object));
		pace.expectedRequests--;
	}
	return outcomes;
}
