import type { IWebhookFunctions } from 'n8n-workflow';
import { parseSecrets } from '../../../events/signing/webhookSecrets';
import { NOT_SENT, type ApiResponse } from '../../../transport/apiResponse';
import { Client } from '../../../transport/client';
import { toNodeError } from '../../../transport/errors';
import { DELIVERY_RETRY_POLICY } from '../../../transport/retryPolicies';
import { parseList } from '../../../utils/parseList';
import { trimText } from '../../../utils/values/trimText';
import type { LogWarning } from '../listener';
import type { ReceiveMode } from '../receiveMode';
import { getStaticData } from '../staticData';
import { getWebhookPath } from '../webhookApi';
import type { SecretSource } from './verify';

function describeSecretFailure(
	context: IWebhookFunctions,
	webhookId: string,
	response: ApiResponse,
) {
	const { message, description } = toNodeError(context.getNode(), response, {
		permission: 'webhook.read',
	});
	const hints: Record<number, string> = {
		200: 'An attribute blocklist of the API key hides it: remove `secrets` from that list.',
		404: `${message}. Unpublish and publish the workflow to register the webhook again.`,
	};
	const hint = hints[response.statusCode] ?? `${message}. ${description}`;
	return `The secret of webhook ${webhookId} could not be read. Its deliveries are rejected with 503, and Persona redelivers them later. ${hint}`;
}

async function fetchWebhook(
	context: IWebhookFunctions,
	webhookId: string,
	logWarning: LogWarning,
): Promise<ApiResponse> {
	let response: ApiResponse;
	try {
		const client = await Client.create(context, DELIVERY_RETRY_POLICY);
		response = await client.request({ method: 'GET', path: getWebhookPath(webhookId) });
	} catch (error) {
		// The credential is missing or cannot be read.
		response = { statusCode: NOT_SENT, headers: {}, body: (error as Error).message };
	}
	if (parseSecrets(response).length === 0) {
		logWarning(describeSecretFailure(context, webhookId, response));
	}
	return response;
}

/** Creates the source of a delivery's secrets. Credential and webhook are read only when needed. */
export const createSecretSource = (
	context: IWebhookFunctions,
	mode: ReceiveMode,
	logWarning: LogWarning,
): SecretSource => ({
	mode,
	webhookId: mode === 'automatic' ? getStaticData(context).webhookId : undefined,
	credentialId: context.getNode().credentials?.personaApi?.id ?? undefined,
	fetchWebhook: async (webhookId) => await fetchWebhook(context, webhookId, logWarning),
	readCredentialSecrets: async () => {
		const { webhookSecret } = await context.getCredentials('personaApi');
		const list = parseList(webhookSecret);
		// A list that cannot be read has no secret, so nothing is accepted.
		if (!('entries' in list) || list.entries.length === 0) return [];
		// The secret of a step is the user's own choice, so a single one may contain a comma.
		return [...list.entries, trimText(String(webhookSecret))];
	},
	logWarning,
});
