import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import { REFERENCE_ID_MODE } from '../fields/locatorModes';
import { findId, isId, type IdPrefix } from '../values/idKinds';
import { isPlainObject } from '../values/plainValues';
import { unwrapLocator } from '../fields/encodeValue';
import type { ApiRequest } from '../transport/apiRequest';
import { Client } from '../transport/client';
import { toNodeError } from '../transport/errors';
import type { ListDocument, ObjectDocument } from '../transport/jsonApi';
import { EDITOR_RETRY_POLICY } from '../transport/retryPolicies';

/** Number of entries that the editor loads at once. */
export const EDITOR_PAGE_SIZE = 50;

/** Reads from Persona while a user is editing a node. Both throw one of n8n's errors. */
export interface EditorReader {
	/** Fetches a page of a list. */
	fetchList: (request: EditorRequest) => Promise<ListDocument>;
	/** Fetches one object; undefined if there is none. */
	fetchObject: (request: EditorRequest) => Promise<ObjectDocument | undefined>;
}

type EditorRequest = Omit<ApiRequest, 'method'>;

/**
 * Creates the functions that fetch a list or columns. An error names the permission that the key needs,
 * without `.read`, if Persona documents one.
 */
export async function createEditorReader(
	context: ILoadOptionsFunctions,
	permission?: string,
): Promise<EditorReader> {
	const client = await Client.create(context, EDITOR_RETRY_POLICY);
	/** Returns the body of the response; undefined if there is no such object or list. */
	const fetchBody = async (request: EditorRequest) => {
		const response = await client.request({ ...request, method: 'GET' });
		if (response.statusCode === 200) return response.body;
		// A list exists, and only what it is filtered by may be missing.
		const canBeMissing = request.expects !== 'list' || request.query?.filter !== undefined;
		if (response.statusCode === 404 && canBeMissing) return undefined;
		throw toNodeError(context.getNode(), response, {
			permission: permission && `${permission}.read`,
		});
	};
	return {
		async fetchList(request) {
			const body = await fetchBody({ ...request, expects: 'list' });
			return (body as ListDocument | undefined) ?? { data: [] };
		},
		fetchObject: async (request) => (await fetchBody(request)) as ObjectDocument | undefined,
	};
}

/** What `readUnlessDenied` returns if Persona has refused the key. */
export const DENIED = Symbol('denied');

/**
 * Awaits what is read with a key that may be refused. Persona documents 401 for other resources of the
 * organization, and no status for templates. Throws any other error.
 */
export const readUnlessDenied = async <T>(reading: Promise<T>): Promise<T | typeof DENIED> =>
	await reading.catch((error: unknown) => {
		if (error instanceof NodeApiError && ['401', '403'].includes(error.httpCode ?? ''))
			return DENIED;
		throw error;
	});

/** Whether the credential has the key of a sandbox. */
export async function isSandboxKey(context: ILoadOptionsFunctions): Promise<boolean> {
	const { apiKey } = await context.getCredentials('personaApi');
	return String(apiKey).trim().startsWith('persona_sandbox_');
}

/**
 * Reads an ID that the user chose in the panel; undefined for an expression and for a reference ID, whose
 * objects the editor does not know.
 */
export function readChosenId(
	context: ILoadOptionsFunctions,
	parameter: string,
	prefix?: IdPrefix,
): string | undefined {
	const chosen: unknown = context.getCurrentNodeParameter(parameter);
	if (isPlainObject(chosen) && chosen.mode === REFERENCE_ID_MODE) return undefined;
	const value = unwrapLocator(chosen);
	const id = typeof value === 'string' ? findId(value.trim(), prefix) : undefined;
	return id !== undefined && isId(id) ? id : undefined;
}
