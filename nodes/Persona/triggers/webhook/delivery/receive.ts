import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { isCaughtUp, parseEvent } from '../../../events/event';
import { readSimplify } from '../../../events/parameters';
import { getHttpResponse, type HttpResponse } from '../../../utils/httpResponse';
import { resumeCatchUp } from '../catchUp/catchUp';
import { parseProgress, saveProgress } from '../catchUp/progress';
import { createThrottledWarningLog, getListenerKey, type LogWarning } from '../listener';
import { readOptions } from '../options';
import { readReceiveMode } from '../receiveMode';
import { getStaticData } from '../staticData';
import { sendRejection, type DeliveryResult } from './deliveryResult';
import { readEventListener } from './eventListener';
import { handleEvent } from './handleEvent';
import { handleWorkflowCall } from './handleWorkflowCall';
import type { Delivery } from './replayCache';
import { createSecretSource } from './secretSource';
import { isWithinTolerance, parseSignatureHeader } from './signature';
import { verifyDelivery } from './verify';

/** What n8n's request offers beyond the types that it publishes. */
interface WebhookRequest {
	headers: Record<string, string | string[] | undefined>;
	rawBody?: Buffer;
	readRawBody: () => Promise<void>;
}

const DEFAULT_TOLERANCE_MINUTES = 5;

/** The bytes that were signed; undefined where they are cut off, too large or wrongly compressed. */
async function readBody(request: WebhookRequest): Promise<Buffer | undefined> {
	try {
		await request.readRawBody();
	} catch {
		return undefined;
	}
	return request.rawBody;
}

/** What becomes of an event whose signature is valid, and of the progress of a catch-up. */
async function receiveEvent(
	webhook: IWebhookFunctions,
	delivery: Delivery,
	logWarning: LogWarning,
): Promise<DeliveryResult> {
	const event = parseEvent(delivery.body);
	if (!event) return { action: 'reject', status: 400 };
	const progress = parseProgress(event);
	if (progress) {
		saveProgress(getStaticData(webhook), progress);
		return { action: 'acknowledge' };
	}
	const result = await handleEvent(event, delivery, readEventListener(webhook, logWarning));
	if (result.action !== 'reject' && !isCaughtUp(event)) await resumeCatchUp(webhook, logWarning);
	return result;
}

async function processDelivery(
	webhook: IWebhookFunctions,
	response: HttpResponse,
): Promise<DeliveryResult> {
	const arrivedAtMs = Date.now();
	const request = webhook.getRequestObject() as unknown as WebhookRequest;
	const mode = readReceiveMode(webhook);
	const logWarning = createThrottledWarningLog(webhook);
	const signatures = parseSignatureHeader(request.headers['persona-signature']);
	if (signatures.length === 0) {
		if (mode === 'workflow') {
			logWarning(
				'A call without a signature was rejected. If it is yours, set a secret in the "Make HTTPS Request" step in Persona, and enter the same secret as \'Webhook Secret\' in the credential.',
			);
		}
		return { action: 'reject', status: 401 };
	}
	const body = await readBody(request);
	// Fails closed: without its bytes no signature can be verified, so this sender gets the response
	// of every stranger. 400 would tell it that it came past the signature.
	if (!body) return { action: 'reject', status: 401 };
	const source = createSecretSource(webhook, mode, logWarning);
	const verification = await verifyDelivery(signatures, body, source);
	if ('status' in verification) return { action: 'reject', status: verification.status };
	// From here on the sender is known. A stranger must not get this far, since n8n evaluates the
	// expressions in the parameters that are read below.
	const { signedAtSeconds } = verification;
	const toleranceMinutes = readOptions(webhook).tolerance ?? DEFAULT_TOLERANCE_MINUTES;
	if (!isWithinTolerance(signedAtSeconds, Date.now(), toleranceMinutes)) {
		logWarning(
			"A delivery with a valid signature was rejected because of its age. Check the clock of this machine, or increase 'Tolerance'.",
		);
		return { action: 'reject', status: 401 };
	}
	const attempt = parseInt(String(request.headers['persona-webhook-attempts-made']), 10) || 1;
	const delivery = { body, signedAtSeconds, attempt, arrivedAtMs };
	if (mode !== 'workflow') return await receiveEvent(webhook, delivery, logWarning);
	return handleWorkflowCall(delivery, {
		listenerKey: getListenerKey(webhook),
		simplify: readSimplify(webhook),
		response,
		logWarning,
	});
}

/**
 * Receives one delivery: the only place of the delivery that n8n calls and that reads what n8n knows.
 * What it reads is handed down as plain values and small functions. Nothing that a stranger sends
 * makes it throw or starts the workflow.
 */
export async function receive(webhook: IWebhookFunctions): Promise<IWebhookResponseData> {
	const response = getHttpResponse(webhook);
	const result = await processDelivery(webhook, response);
	if (result.action === 'start') return { workflowData: [[{ json: result.item as IDataObject }]] };
	if (result.action === 'acknowledge') return {};
	if (result.action === 'reject') sendRejection(response, result.status);
	return { noWebhookResponse: true };
}
