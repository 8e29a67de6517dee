import type { IHookFunctions } from 'n8n-workflow';
import type { ApiResponse } from '../../transport/apiResponse';
import { Client, type ApiRequest } from '../../transport/client';
import { toHeadlineError } from '../../transport/errors';
import { HOOK_RETRY_POLICY } from '../../transport/retryPolicies';
import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import { PANEL_LABELS } from './registration/desiredWebhook';

/** Where one webhook stands in Persona's API. */
export const getWebhookPath = (webhookId: string) => `/webhooks/${encodeURIComponent(webhookId)}`;

/** Whether Persona did what was asked. */
export const isSuccess = ({ statusCode }: ApiResponse) => statusCode >= 200 && statusCode < 300;

const REGISTER_BY_HAND_HINT = " Or set 'Receive' to 'Registered by Hand in Persona'.";

/** The error for a request about a webhook that failed, as one headline that says what to do. */
export function toWebhookError(hook: IHookFunctions, { method }: ApiRequest, answer: ApiResponse) {
	const error = toHeadlineError(hook.getNode(), answer, {
		labels: PANEL_LABELS,
		permission: method === 'GET' ? 'webhook.read' : 'webhook.write',
		outageHint: 'n8n has stopped trying: publish the workflow again later.',
	});
	if (answer.statusCode === 403) error.message += REGISTER_BY_HAND_HINT;
	return error;
}

/** The way to Persona's API for a hook: `answer` never throws, `document` throws at a refusal. */
export async function createWebhookApi(hook: IHookFunctions) {
	const client = await Client.create(hook, HOOK_RETRY_POLICY);
	const answer = async (request: ApiRequest) => await client.request(request);
	const document = async (request: ApiRequest) => {
		const result = await client.request(request);
		if (!isSuccess(result)) throw toWebhookError(hook, request, result);
		return result.body as JsonApiDocument;
	};
	return { answer, document };
}

/** What `personaFor` gives. */
export type WebhookApi = Awaited<ReturnType<typeof createWebhookApi>>;

/** Archives a webhook; a refusal because it is archived already comes back as its document. */
export async function archiveWebhook(persona: WebhookApi, webhookId: string): Promise<ApiResponse> {
	const answer = await persona.answer({
		method: 'POST',
		path: `${getWebhookPath(webhookId)}/archive`,
	});
	if (![409, 422].includes(answer.statusCode)) return answer;
	const now = await persona.answer({ method: 'GET', path: getWebhookPath(webhookId) });
	const { data } = now.body as JsonApiDocument;
	return (data as PersonaObject | undefined)?.attributes?.status === 'archived' ? now : answer;
}

/** Whether a webhook delivers no more, since it is archived or unknown. */
export const isArchivedOrMissing = (answer: ApiResponse) =>
	isSuccess(answer) || answer.statusCode === 404;
