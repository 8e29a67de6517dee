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
import { readEventHandlerSettings } from './eventHandlerSettings';
import { handleEvent } from './handleEvent';
import { handleWorkflowCall } from './handleWorkflowCall';
import { createSecretSource } from './secretSource';
import { isWithinTolerance, parseSignatureHeader } from './signature';
import type { VerifiedDelivery } from './verifiedDelivery';
import { verifyDelivery } from './verify';

/** The members of n8n's request that are used here; n8n publishes no type for them. */
interface WebhookRequest {
	headers: Record<string, string | string[] | undefined>;
	rawBody?: Buffer;
	readRawBody: () => Promise<void>;
}

const DEFAULT_TOLERANCE_MINUTES = 5;

/**
 * Reads the bytes that were signed; undefined if they are cut off, too large or wrongly compressed.
 */
async function readBody(request: WebhookRequest): Promise<Buffer | undefined> {
	try {
		await request.readRawBody();
	} catch {
		return undefined;
	}
	return request.rawBody;
}

/** Handles a verified event, or saves the catch-up progress in it. */
async function handleEventOrProgress(
	context: IWebhookFunctions,
	delivery: VerifiedDelivery,
	logWarning: LogWarning,
): Promise<DeliveryResult> {
	const event = parseEvent(delivery.body);
	if (!event) return { action: 'reject', status: 400 };
	const progress = parseProgress(event);
	if (progress) {
		saveProgress(getStaticData(context), progress);
		return { action: 'acknowledge' };
	}
	const result = await handleEvent(event, delivery, readEventHandlerSettings(context, logWarning));
	if (result.action !== 'reject' && !isCaughtUp(event)) await resumeCatchUp(context, logWarning);
	return result;
}

async function verifyAndHandle(
	context: IWebhookFunctions,
	response: HttpResponse,
): Promise<DeliveryResult> {
	const arrivedAtMs = Date.now();
	const request = context.getRequestObject() as unknown as WebhookRequest;
	const mode = readReceiveMode(context);
	const logWarning = createThrottledWarningLog(context);
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
	// Without the bytes no signature can be verified, so this sender gets the same 401 as any
	// unverified sender; a 400 would suggest that its signature was valid.
	if (!body) return { action: 'reject', status: 401 };
	const source = createSecretSource(context, mode, logWarning);
	const verification = await verifyDelivery(signatures, body, source);
	if ('status' in verification) return { action: 'reject', status: verification.status };
	// From here on the sender is verified. Unverified senders must not get this far, because n8n
	// evaluates the expressions in the parameters that are read below.
	const { signedAtSeconds } = verification;
	const toleranceMinutes = readOptions(context).tolerance ?? DEFAULT_TOLERANCE_MINUTES;
	if (!isWithinTolerance(signedAtSeconds, Date.now(), toleranceMinutes)) {
		logWarning(
			"A delivery with a valid signature was rejected because of its age. Check the clock of this machine, or increase 'Tolerance'.",
		);
		return { action: 'reject', status: 401 };
	}
	const attempt = parseInt(String(request.headers['persona-webhook-attempts-made']), 10) || 1;
	const delivery = { body, signedAtSeconds, attempt, arrivedAtMs };
	if (mode !== 'workflow') return await handleEventOrProgress(context, delivery, logWarning);
	return handleWorkflowCall(delivery, {
		listenerKey: getListenerKey(context),
		simplify: readSimplify(context),
		response,
		logWarning,
	});
}

/**
 * Entry point: receives one delivery from n8n. An unverified delivery never makes it throw and never
 * starts the workflow.
 */
export async function receiveDelivery(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const response = getHttpResponse(context);
	const result = await verifyAndHandle(context, response);
	if (result.action === 'start') return { workflowData: [[{ json: result.item as IDataObject }]] };
	if (result.action === 'acknowledge') return {};
	if (result.action === 'reject') sendRejection(response, result.status);
	return { noWebhookResponse: true };
}
