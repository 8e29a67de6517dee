import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { isCaughtUp, parseEvent } from '../../../events/event';
import { readOutputMode } from '../../../events/parameters';
import { isWithinTolerance, parseSignatureHeader } from '../../../events/signing/signature';
import { readGuardedEnvironment } from '../../../transport/apiCredential';
import { getHttpResponse, type HttpResponse } from '../../../utils/httpResponse';
import { resumeCatchUp } from '../catchUp/catchUp';
import { parseProgress, saveProgress } from '../catchUp/progress';
import { forgetRejected, rememberRejected } from '../catchUp/rejectedEvents';
import { createThrottledWarningLog, getListenerKey, type LogWarning } from '../listener';
import { readToleranceMinutes } from '../options';
import { readReceiveMode } from '../receiveMode';
import { getStaticData } from '../staticData';
import { checkEnvironment } from './checkEnvironment';
import { sendRejection, type DeliveryResult } from './deliveryResult';
import { readEventHandlerSettings } from './eventHandlerSettings';
import { handleEvent } from './handleEvent';
import { handleWorkflowCall } from './handleWorkflowCall';
import { getReplayTtlMs } from './replayCache';
import { createSecretSource } from './secretSource';
import type { VerifiedDelivery } from './verifiedDelivery';
import { verifyDelivery } from './verify';

/** The members of n8n's request that are used here; n8n publishes no type for them. */
interface WebhookRequest {
	headers: Record<string, string | string[] | undefined>;
	rawBody?: Buffer;
	readRawBody: () => Promise<void>;
}

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
	if (!event) {
		logWarning(
			"A delivery with a valid signature was rejected with 400 because it is not an event. If a Persona workflow sends it, set 'Receive' to 'Called by a Persona Workflow'. If a webhook sends it, remove `name` from the attribute blocklist of the webhook.",
		);
		return { action: 'reject', status: 400 };
	}
	const progress = parseProgress(event);
	if (progress) {
		saveProgress(getStaticData(context), progress);
		return { action: 'acknowledge' };
	}
	const status = await checkEnvironment(context, event.id, logWarning);
	if (status) return { action: 'reject', status };
	const result = await handleEvent(event, delivery, readEventHandlerSettings(context, logWarning));
	if (result.action !== 'reject' && !isCaughtUp(event)) {
		forgetRejected(context, event.id);
		await resumeCatchUp(context, logWarning);
	}
	return result;
}

/** What one delivery consists of. */
interface Delivery {
	request: WebhookRequest;
	response: HttpResponse;
	/** Milliseconds since 1970, by the clock of this machine. */
	arrivedAtMs: number;
	logWarning: LogWarning;
}

async function verifyAndHandle(
	context: IWebhookFunctions,
	{ request, response, arrivedAtMs, logWarning }: Delivery,
): Promise<DeliveryResult> {
	const mode = readReceiveMode(context);
	const signatures = parseSignatureHeader(request.headers['persona-signature']);
	if (signatures.length === 0) {
		logWarning(
			mode === 'workflow'
				? 'A call without a signature was rejected. If it is yours, set a secret in the "Make HTTPS Request" step in Persona, and enter the same secret as \'Webhook Secret\' in the credential.'
				: 'A delivery without a signature was rejected. If it was Persona, a proxy or firewall in front of n8n removes the header `Persona-Signature`: it must pass it on.',
		);
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
	const toleranceMinutes = readToleranceMinutes(context);
	if (!isWithinTolerance(signedAtSeconds, Date.now(), toleranceMinutes)) {
		// It may be a replay of a delivery that another process, or this one before a restart, has accepted.
		logWarning(
			"A delivery with a valid signature was rejected because of its age. Check the clock of this machine. If it is a retry of Persona with its first signature, set 'Tolerance (Minutes)' to 3120: Persona retries for 51 hours.",
		);
		return { action: 'reject', status: 401 };
	}
	const attempt = parseInt(String(request.headers['persona-webhook-attempts-made']), 10) || 1;
	const replayTtlMs = getReplayTtlMs(toleranceMinutes);
	const delivery = { body, signedAtSeconds, attempt, arrivedAtMs, replayTtlMs };
	if (mode !== 'workflow') return await handleEventOrProgress(context, delivery, logWarning);
	readGuardedEnvironment(await context.getCredentials('personaApi'));
	return handleWorkflowCall(delivery, {
		listenerKey: getListenerKey(context),
		output: readOutputMode(context),
		response,
		logWarning,
	});
}

/**
 * Rejects a delivery with 503, because a parameter is empty or wrong, usually since a variable has
 * changed. Letting the event through would start too much, and dropping it would lose it.
 */
function rejectForNow(error: Error, logWarning: LogWarning): DeliveryResult {
	logWarning(
		`${error.message} Until this is corrected, deliveries are rejected with 503, and Persona delivers them again for 51 hours.`,
	);
	return { action: 'reject', status: 503 };
}

/**
 * Entry point: receives one delivery from n8n. An unverified delivery never starts the workflow. Never
 * throws: what cannot be handled now is rejected with 503, so that Persona delivers it again.
 */
export async function receiveDelivery(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const response = getHttpResponse(context);
	const request = context.getRequestObject() as unknown as WebhookRequest;
	const delivery = {
		request,
		response,
		arrivedAtMs: Date.now(),
		logWarning: createThrottledWarningLog(context),
	};
	const result = await verifyAndHandle(context, delivery).catch((error: Error) =>
		rejectForNow(error, delivery.logWarning),
	);
	if (result.action === 'start') {
		const settle = () => {
			if (!response.writableFinished) result.expectRepeat?.();
			else if (response.statusCode >= 500) result.forget?.();
		};
		if (response.closed) settle();
		else response.once('close', settle);
		return { workflowData: [[{ json: result.item as IDataObject }]] };
	}
	if (result.action === 'acknowledge') return {};
	if (result.action === 'reject') {
		const event = result.status === 503 && request.rawBody && parseEvent(request.rawBody);
		if (event && !isCaughtUp(event)) rememberRejected(context, event, delivery.arrivedAtMs);
		sendRejection(response, result.status);
	}
	return { noWebhookResponse: true };
}
