import type { IWebhookFunctions } from 'n8n-workflow';
import { readGuardedEnvironment } from '../../../transport/apiCredential';
import { isSuccessStatus } from '../../../transport/apiResponse';
import { Client } from '../../../transport/client';
import { toNodeError } from '../../../transport/errors';
import { DELIVERY_RETRY_POLICY } from '../../../transport/retryPolicies';
import { TtlCache } from '../../../utils/ttlCache';
import type { LogWarning } from '../listener';
import { readReceiveMode } from '../receiveMode';
import { getStaticData } from '../staticData';
import { getWebhookPath } from '../webhookApi';

/** Which webhooks belong to the environment of which key: neither ever moves. */
const provenWebhooks = new TtlCache<true>(1_000);

/** What 'Only Use In' demands of the deliveries of a credential. */
interface Guard {
	environment: string;
	apiKey: unknown;
	webhookSecret: unknown;
}

/**
 * By ID of the credential, its guard or that it has none. A reading is shared while it lasts, and remembered
 * for ten seconds if there is no guard: for each one, n8n 2.40 sets up an expression engine, which takes longer
 * than everything else that the trigger does for a delivery, and a burst of deliveries would read at once.
 */
const guards = new TtlCache<Promise<Guard | undefined>>(1_000, 10_000);

async function loadGuard(context: IWebhookFunctions): Promise<Guard | undefined> {
	const credential = await context.getCredentials('personaApi');
	const environment = readGuardedEnvironment(credential);
	const { apiKey, webhookSecret } = credential;
	return environment ? { environment, apiKey, webhookSecret } : undefined;
}

/** Reads the guard of the node's credential. Throws if the credential cannot be used. */
async function readGuard(context: IWebhookFunctions): Promise<Guard | undefined> {
	const credentialId = context.getNode().credentials?.personaApi?.id;
	if (!credentialId) return await loadGuard(context);
	const known = guards.get(credentialId);
	if (known) return await known;
	const loading = loadGuard(context);
	guards.set(credentialId, loading);
	let isUnguarded = false;
	try {
		const guard = await loading;
		isUnguarded = guard === undefined;
		return guard;
	} finally {
		// The ten seconds begin now: under load, n8n may have taken them for the reading.
		if (isUnguarded) guards.set(credentialId, loading);
		else guards.delete(credentialId);
	}
}

/**
 * Checks that a verified event comes from the environment of 'Only Use In'. No delivery names its
 * environment, but Persona shows a key only what is in its own: the node's webhook, or the event if the
 * webhook was registered by hand. Returns the status to reject the event with: 403 if it comes from
 * another environment, 503 if that cannot be determined now. Throws if the credential cannot be used.
 */
export async function checkEnvironment(
	context: IWebhookFunctions,
	eventId: string,
	logWarning: LogWarning,
): Promise<403 | 503 | undefined> {
	const guard = await readGuard(context);
	if (!guard) return undefined;
	const { environment, apiKey, webhookSecret } = guard;
	const isOwnWebhook = readReceiveMode(context) === 'automatic';
	const webhookId = isOwnWebhook ? getStaticData(context).webhookId : undefined;
	const proof = [apiKey, webhookId ?? webhookSecret].join(' ');
	if (provenWebhooks.get(proof)) return undefined;
	const client = await Client.create(context, DELIVERY_RETRY_POLICY);
	const path = webhookId ? getWebhookPath(webhookId) : `/events/${encodeURIComponent(eventId)}`;
	const response = await client.request({ method: 'GET', path });
	if (isSuccessStatus(response.statusCode)) {
		// Of several secrets, each may belong to another webhook.
		if (webhookId || !String(webhookSecret).includes(',')) provenWebhooks.set(proof, true);
		return undefined;
	}
	if (response.statusCode === 404) {
		logWarning(
			`An event was rejected with 403, because it does not come from ${environment}, where 'Only Use In' in the credential allows it. ${webhookId ? 'Publish the workflow again' : "Check 'Webhook Secret' in the credential, and archive the webhook in the other environment"}.`,
		);
		return 403;
	}
	const permission = webhookId ? 'webhook.read' : 'event.read';
	const { message, description } = toNodeError(context.getNode(), response, { permission });
	logWarning(
		`Whether an event comes from ${environment}, as 'Only Use In' in the credential demands, could not be checked. It is rejected with 503, and Persona redelivers it later. ${message}. ${description}`,
	);
	return 503;
}
