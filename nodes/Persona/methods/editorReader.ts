import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { unwrapLocator } from '../engine/values';
import type { ApiRequest } from '../transport/apiRequest';
import { Client } from '../transport/client';
import { toNodeError } from '../transport/errors';
import { ListDocument, ObjectDocument } from '../transport/jsonApi';
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

/** What an API key needs for a list or for columns, and what to do without it. */
export interface EditorPermission {
	/** Permission without `.read`, if Persona documents one. */
	permission?: string;
	/** What the user can do if the key lacks the permission. */
	deniedMessage?: string;
}

/** Creates the functions that fetch a list or columns. */
export async function createEditorReader(
	context: ILoadOptionsFunctions,
	{ permission, deniedMessage }: EditorPermission = {},
): Promise<EditorReader> {
	const client = await Client.create(context, EDITOR_RETRY_POLICY);
	/** Returns the body of the response; undefined if there is no such object or list. */
	const fetchBody = async (request: EditorRequest) => {
		const response = await client.request({ ...request, method: 'GET' });
		if (response.statusCode === 200) return response.body;
		// A list exists, and only what it is filtered by may be missing.
		const canBeMissing = request.expects !== 'list' || request.query?.filter !== undefined;
		if (response.statusCode === 404 && canBeMissing) return undefined;
		// Persona documents 401 for other resources of the organization, and no status for templates.
		if ([401, 403].includes(response.statusCode) && deniedMessage) {
			throw new NodeOperationError(context.getNode(), deniedMessage, {
				description:
					'Persona lets only keys of a production environment read templates. If the test of the credential fails as well, the key itself is wrong.',
			});
		}
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

/**
 * Reads an ID that the user chose in the panel; undefined for an expression, whose value the editor
 * does not know.
 */
export function readChosenId(
	context: ILoadOptionsFunctions,
	parameter: string,
): string | undefined {
	const value = unwrapLocator(context.getCurrentNodeParameter(parameter));
	return typeof value === 'string' && /^[\w-]+$/.test(value) ? value : undefined;
}
