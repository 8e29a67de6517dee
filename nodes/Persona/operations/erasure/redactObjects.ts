import type { IDataObject } from 'n8n-workflow';
import type { ItemContext } from '../../engine/types';
import { isSuccessStatus, type ApiResponse } from '../../transport/apiResponse';
import { getBaseType, type ObjectDocument, type PersonaObject } from '../../transport/jsonApi';
import { getRedactedAt, isAccount } from '../../transport/removedObjects';
import { toObjectError, getPath } from './fetchObjects';

/** The result for one object, in the output. */
export interface RedactionResult extends IDataObject {
	result: 'redacted' | 'alreadyRedacted' | 'refused' | 'failed' | 'notTried';
	/** Status of Persona's response; null where no request was sent. */
	statusCode: number | null;
	at: string | null;
	requestId: string | null;
	/** Why it was not redacted. */
	reason: string | null;
	/** The redacted object, as Persona returned it. */
	object?: PersonaObject;
}

const NO_REQUEST = { statusCode: null, at: null, requestId: null, reason: null };

const NOT_TRIED: RedactionResult = {
	...NO_REQUEST,
	result: 'notTried',
	reason:
		'Other objects failed, and they can only be found through this account. Run again with the same code.',
};

const getObject = ({ body }: ApiResponse) => (Object(body) as Partial<ObjectDocument>).data;

/** Whether the same request may succeed later. */
const isTemporary = ({ statusCode, isOutcomeUnknown = false }: ApiResponse) =>
	isOutcomeUnknown || statusCode < 400 || statusCode >= 500 || [408, 429].includes(statusCode);

async function redactObject(context: ItemContext, object: PersonaObject): Promise<RedactionResult> {
	const { client } = context.run;
	const redactedAt = getRedactedAt(object);
	if (redactedAt) return { ...NO_REQUEST, result: 'alreadyRedacted', at: redactedAt, object };
	const path = getPath(object);
	const response = await client.request({ method: 'DELETE', path });
	if (client.isCancelled) context.fail('The execution was stopped', 'Run it again to continue.');
	const { statusCode, headers } = response;
	const at = new Date().toISOString();
	const requestId = headers['request-id'] ?? null;
	const entry = { statusCode, at, requestId, reason: null };
	if (isSuccessStatus(statusCode))
		return { ...entry, result: 'redacted', object: getObject(response) };
	if (statusCode === 409) {
		// The redaction of another object may have included this one.
		const current = getObject(await client.request({ method: 'GET', path }));
		const includedAt = current && getRedactedAt(current);
		if (includedAt) return { ...entry, result: 'alreadyRedacted', at: includedAt, object: current };
	}
	const baseType = getBaseType(object.type);
	const { message, description } = toObjectError(context, baseType, response, 'write');
	const reason = [message, description].filter((line) => line).join('. ');
	return { ...entry, result: isTemporary(response) ? 'failed' : 'refused', reason };
}

/**
 * Redacts objects one after another, and continues whatever the result of each. Leaves the account
 * out where another object has failed. Throws only where the execution is stopped.
 */
export async function redactObjects(
	context: ItemContext,
	objects: PersonaObject[],
): Promise<RedactionResult[]> {
	const { rateLimiter } = context.run.client;
	const results: RedactionResult[] = [];
	rateLimiter.expectedRequests += objects.length;
	for (const object of objects) {
		const isTooEarly = isAccount(object) && results.some(({ result }) => result === 'failed');
		results.push(isTooEarly ? NOT_TRIED : await redactObject(context, object));
		rateLimiter.expectedRequests--;
	}
	return results;
}
