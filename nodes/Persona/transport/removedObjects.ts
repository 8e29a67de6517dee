import { isRecord } from '../utils/isRecord';
import type { ApiRequest } from './apiRequest';
import { isSuccessStatus, type ApiResponse } from './apiResponse';
import { getAttributes, getBaseType, isPersonaObject, type PersonaObject } from './jsonApi';

/** Whether any field has a value. Persona writes each as `{ type, value }`, at every level. */
function hasFieldValue(fields: unknown): boolean {
	if (Array.isArray(fields)) return fields.some(hasFieldValue);
	if (!isRecord(fields)) return fields !== null && fields !== undefined && fields !== '';
	return 'value' in fields
		? hasFieldValue(fields.value)
		: Object.values(fields).some(hasFieldValue);
}

/** Whether an object is an account. */
export const isAccount = ({ type }: PersonaObject): boolean => getBaseType(type) === 'account';

/**
 * When an object was redacted, or undefined where there is something to redact: an account may get
 * new values after its redaction.
 */
export function getRedactedAt(object: PersonaObject): string | undefined {
	const { 'redacted-at': redactedAt, fields } = getAttributes(object);
	const hasNewValues = isAccount(object) && hasFieldValue(fields);
	return typeof redactedAt === 'string' && !hasNewValues ? redactedAt : undefined;
}

/** Whether a response has an object that was redacted or archived. */
export function isRemoved({ statusCode, body }: ApiResponse): boolean {
	if (!isSuccessStatus(statusCode) || !isRecord(body) || !isPersonaObject(body.data)) return false;
	const { 'archived-at': archivedAt } = getAttributes(body.data);
	return typeof archivedAt === 'string' || getRedactedAt(body.data) !== undefined;
}

/**
 * Whether a response may refuse only what an earlier attempt has done. Persona redacts and archives by
 * DELETE, for which it reads no idempotency key.
 */
export const isRepeatedRemoval = ({ method }: ApiRequest, { statusCode }: ApiResponse): boolean =>
	method === 'DELETE' && [404, 409, 410].includes(statusCode);
