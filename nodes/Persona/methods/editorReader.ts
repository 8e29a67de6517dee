import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { ApiRequest } from '../transport/apiRequest';
import { Client } from '../transport/client';
import { toNodeError } from '../transport/errors';
import type { JsonApiDocument } from '../transport/jsonApi';
import { EDITOR_RETRY_POLICY } from '../transport/retryPolicies';

/** Number of entries that the editor loads at once. */
export const EDITOR_PAGE_SIZE = 50;

/** Fetches a document while a user is editing a node. Throws one of n8n's errors. */
export type FetchForEditor = (request: Omit<ApiRequest, 'method'>) => Promise<JsonApiDocument>;

/** What an API key needs for a list or for columns, and what to do without it. */
export interface EditorPermission {
	/** Permission without `.read`, if Persona documents one. */
	permission?: string;
	/** What the user can do if the key lacks the permission. */
	deniedMessage?: string;
}

/**
 * Creates the function that fetches a list or columns. Something that does not exist is an empty
 * list.
 */
export async function createEditorReader(
	context: ILoadOptionsFunctions,
	{ permission, deniedMessage }: EditorPermission = {},
): Promise<FetchForEditor> {
	const client = await Client.create(context, EDITOR_RETRY_POLICY);
	return async (request) => {
		const response = await client.request({ ...request, method: 'GET' });
		if (response.statusCode === 200) return response.body as JsonApiDocument;
		if (response.statusCode === 404) return { data: [] };
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
}
