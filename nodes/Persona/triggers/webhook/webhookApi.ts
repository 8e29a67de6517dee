import type { IDataObject, IHookFunctions } from 'n8n-workflow';
import type { ApiResponse } from '../../transport/apiResponse';
import type { ApiRequest } from '../../transport/apiRequest';
import { Client } from '../../transport/client';
import { toHeadlineError } from '../../transport/errors';
import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import { HOOK_RETRY_POLICY } from '../../transport/retryPolicies';
import { isRecord } from '../../utils/isRecord';

/** Labels of the panel by the attributes of a webhook that the fields set. */
const PANEL_LABELS = new Map(
	Object.entries({
		'api-attributes-blocklist': 'Attribute Blocklist',
		'api-version': 'API Version',
		'enabled-events': 'Trigger On',
		'file-access-token-expires-in': 'File Link Lifetime (Hours)',
		'included-allowlist': 'Include Related Objects',
		url: 'Webhook URL',
	}),
);

const REGISTER_BY_HAND_HINT = " Or set 'Receive' to 'Registered by Hand in Persona'.";

/** Path of a webhook in Persona's API. */
export const getWebhookPath = (webhookId: string) => `/webhooks/${encodeURIComponent(webhookId)}`;

/** Whether a request succeeded. */
export const isSuccess = ({ statusCode }: ApiResponse) => statusCode >= 200 && statusCode < 300;

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
 * Creates access to Persona's API: `request` never throws, `fetchDocument` throws on any failure.
 */
export async function createWebhookApi(context: IHookFunctions) {
	const client = await Client.create(context, HOOK_RETRY_POLICY);
	const request = async (apiRequest: ApiRequest) => await client.request(apiRequest);
	const fetchDocument = async (apiRequest: ApiRequest) => {
		const response = await request(apiRequest);
		if (!isSuccess(response)) throw toWebhookError(context, apiRequest.method, response);
		return response.body as JsonApiDocument;
	};
	return { request, fetchDocument };
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
	const { data } = current.body as JsonApiDocument;
	const status = (data as PersonaObject | undefined)?.attributes?.status;
	return status === 'archived' ? current : response;
}

/** Whether a webhook no longer delivers, given the response to archiving it. */
export const isArchivedOrMissing = (response: ApiResponse) =>
	isSuccess(response) || response.statusCode === 404;

/** A signing secret, and until when it is valid, in milliseconds since 1970. */
export interface WebhookSecret {
	value: string;
	validUntilMs: number;
}

/**
 * Parses the secrets in the response for a webhook; none if there are none or the request failed.
 */
export function parseSecrets({ statusCode, body }: ApiResponse): WebhookSecret[] {
	if (statusCode !== 200 || !isRecord(body) || !isRecord(body.data)) return [];
	const { secrets } = (body.data.attributes ?? {}) as { secrets?: IDataObject[] };
	return (secrets ?? []).flatMap(({ value, 'expires-at': expiresAt }) => {
		if (typeof value !== 'string' || value === '') return [];
		return [
			{ value, validUntilMs: typeof expiresAt === 'string' ? Date.parse(expiresAt) : Infinity },
		];
	});
}
