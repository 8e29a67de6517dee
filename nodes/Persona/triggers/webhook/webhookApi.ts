import type { IHookFunctions } from 'n8n-workflow';
import {
	getResponseAttributes,
	isSuccessStatus,
	type ApiResponse,
} from '../../transport/apiResponse';
import type { ApiRequest } from '../../transport/apiRequest';
import { Client } from '../../transport/client';
import { toHeadlineError } from '../../transport/errors';
import type { ListDocument, ObjectDocument } from '../../transport/jsonApi';
import { HOOK_RETRY_POLICY } from '../../transport/retryPolicies';

/** Labels of the panel by the attributes of a webhook that the fields set. */
const PANEL_LABELS = new Map(
	Object.entries({
		'api-attributes-blocklist': 'Attribute Blocklist',
		'api-version': 'API Version',
		'enabled-events': "Trigger On', 'More Events' or 'Events by Name",
		'file-access-token-expires-in': 'File Link Lifetime (Hours)',
		'included-allowlist': 'Include Related Objects',
		url: 'Webhook URL',
	}),
);

const REGISTER_BY_HAND_HINT = " Or set 'Receive' to 'Registered by Hand in Persona'.";

/** Path of a webhook in Persona's API. */
export const getWebhookPath = (webhookId: string) => `/webhooks/${encodeURIComponent(webhookId)}`;

/** Whether a request succeeded. */
export const isSuccess = ({ statusCode }: ApiResponse) => isSuccessStatus(statusCode);

/** Converts a failed request about a webhook to an error whose headline says what to do. */
export function toWebhookError(
	context: IHookFunctions,
	method: ApiRequest['method'],
	response: ApiResponse,
) {
	const error = toHeadlineError(context.getNode(), response, {
		labels: PANEL_LABELS,
		permission: method === 'GET' ? 'webhook.read' : 'webhook.write',
		outageHint: 'n8n has stopped trying: publish the workflow again later.',
	});
	if (response.statusCode === 403) error.message += REGISTER_BY_HAND_HINT;
	return error;
}

/**
 * Creates access to Persona's API: `request` never throws, the others throw on any
 * failure.
 */
export async function createWebhookApi(context: IHookFunctions) {
	const client = await Client.create(context, HOOK_RETRY_POLICY);
	const request = async (apiRequest: ApiRequest) => await client.request(apiRequest);
	const fetchBody = async (apiRequest: ApiRequest) => {
		const response = await request(apiRequest);
		if (!isSuccess(response)) throw toWebhookError(context, apiRequest.method, response);
		return response.body;
	};
	const fetchObject = async (apiRequest: ApiRequest) =>
		(await fetchBody(apiRequest)) as ObjectDocument;
	const fetchList = async (apiRequest: ApiRequest) => (await fetchBody(apiRequest)) as ListDocument;
	return { request, fetchObject, fetchList };
}

/** What `createWebhookApi` returns. */
export type WebhookApi = Awaited<ReturnType<typeof createWebhookApi>>;

/** Archives a webhook. If it is archived already, the response is the one with that webhook. */
export async function archiveWebhook(api: WebhookApi, webhookId: string): Promise<ApiResponse> {
	const response = await api.request({
		method: 'POST',
		path: `${getWebhookPath(webhookId)}/archive`,
	});
	if (![409, 422].includes(response.statusCode)) return response;
	const current = await api.request({ method: 'GET', path: getWebhookPath(webhookId) });
	const isArchived = getResponseAttributes(current).status === 'archived';
	return isArchived ? current : response;
}

/** Whether a webhook no longer delivers, given the response to archiving it. */
export const isArchivedOrMissing = (response: ApiResponse) =>
	isSuccess(response) || response.statusCode === 404;
