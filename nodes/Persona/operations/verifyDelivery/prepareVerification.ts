import type { NodeApiError } from 'n8n-workflow';
import type { ItemContext, PreparedItem } from '../../engine/types';
import { parseEvent, toItem } from '../../events/event';
import { checkSignatures, type SignatureCheck } from '../../events/signing/checkSignatures';
import {
	isWithinTolerance,
	parseSignatureHeader,
	type SignatureSet,
} from '../../events/signing/signature';
import { readGuardedEnvironment } from '../../transport/apiCredential';
import type { ApiResponse } from '../../transport/apiResponse';
import { toNodeError } from '../../transport/errors';
import { formatDuration } from '../../utils/duration';
import { isBlank } from '../../utils/isBlank';
import { isRecord } from '../../utils/isRecord';
import { trimText } from '../../utils/values/trimText';
import { readBody } from './readBody';

const isBlankText = (value: unknown) => typeof value === 'string' && isBlank(value);

/**
 * Reads the signature from the headers of the item. It is no expression, since the first one of an execution
 * takes n8n longer than all of the verification.
 */
function readItemHeader({ run, itemIndex }: ItemContext): unknown {
	const { headers } = run.node.getInputData()[itemIndex].json;
	if (!isRecord(headers)) return '';
	const name = Object.keys(headers).find((key) => key.toLowerCase() === 'persona-signature');
	return name ? headers[name] : '';
}

/** Reads the signatures of a delivery. Fails the item if there are none. */
function readSignatures(context: ItemContext): SignatureSet[] {
	const { fail } = context;
	const given = context.readParameter<unknown>('signatureHeader', '') ?? '';
	const header = isBlankText(given) ? readItemHeader(context) : given;
	if (isBlankText(header)) {
		fail(
			"'Signature Header' is empty, and the item has no header Persona-Signature",
			'Persona signs every delivery. Either this one is not from Persona, or its header Persona-Signature was lost on its way: pass it on in the gateway or the queue, and check the expression.',
		);
	}
	const signatures = typeof header === 'string' ? parseSignatureHeader(trimText(header)) : [];
	if (signatures.length > 0) return signatures;
	return fail(
		"'Signature Header' is not a signature of Persona",
		'It is the whole value of the header Persona-Signature: t=, a time in seconds, a comma, v1= and 64 hexadecimal digits. During a rotation there are two, with a blank in between.',
	);
}

/** The error of an item whose signature cannot be checked, since Persona did not return the secrets. */
function toUnknownError({ run, itemIndex }: ItemContext, response: ApiResponse): NodeApiError {
	const error = toNodeError(run.node.getNode(), response, {
		itemIndex,
		permission: 'webhook.read',
	});
	const isHidden = response.statusCode === 200;
	if (isHidden) {
		error.description =
			'An attribute blocklist of the API key hides them: remove `secrets` from that list.';
	}
	const reason = isHidden ? 'Persona did not return the secrets of the webhook' : error.message;
	error.message = `Whether Persona sent this delivery cannot be determined: ${reason}`;
	return error;
}

/** Returns when a delivery was signed, in seconds since 1970. Fails the item if it was not. */
function requireGenuine(context: ItemContext, webhookId: string, check: SignatureCheck): number {
	if ('signedAtSeconds' in check) return check.signedAtSeconds;
	if ('unknown' in check) throw toUnknownError(context, check.unknown);
	return context.fail(
		`The signature does not match the body and the secrets of webhook ${webhookId}`,
		'Either the delivery is forged, or another webhook has sent it: choose that one. Or a gateway, queue or node has changed the body: it must pass on every byte, blanks and line ends included.',
	);
}

function requireRecent({ fail }: ItemContext, signedAtSeconds: number, toleranceSeconds: number) {
	if (isWithinTolerance(signedAtSeconds, Date.now(), toleranceSeconds / 60)) return;
	const ageMinutes = Math.round((Date.now() / 1000 - signedAtSeconds) / 60);
	const allowed = `'Tolerance' is ${formatDuration(toleranceSeconds)}`;
	if (ageMinutes < 0) {
		fail(
			`The signature is ${-ageMinutes} minutes ahead, and ${allowed}`,
			'Correct the clock of this machine.',
		);
	}
	fail(
		`The signature is ${ageMinutes} minutes old, and ${allowed}`,
		"The delivery may be a replay. If a queue holds deliveries back, or you run an old execution again, raise 'Tolerance' in the options.",
	);
}

/**
 * Checks that Persona has signed a delivery, and returns its event. Throws if a parameter is invalid, or
 * if the delivery is not genuine, too old or no event.
 */
export async function prepareVerification(context: ItemContext): Promise<PreparedItem> {
	const { run, fail } = context;
	const { client } = run;
	const webhookId = context.readId('webhook-id');
	const path = context.buildPath('/webhooks/{webhook-id}');
	const readBytes = await readBody(context);
	const signatures = readSignatures(context);
	const toleranceSeconds = context.readSetting<number>('tolerance');
	const { mode } = context.readOutput();
	// Without a request, nothing else checks it.
	readGuardedEnvironment(client.credential);
	const { baseUrl, apiKey } = client.credential;
	// Persona shows a key only the webhooks of its own environment, so each key has its own secrets.
	const source = {
		key: [baseUrl, apiKey, path].join(' '),
		fetchWebhook: async () => await client.request({ method: 'GET', path }),
	};
	const verifyAndConvert = async () => {
		const body = await readBytes();
		const check = await checkSignatures(signatures, body, source);
		requireRecent(context, requireGenuine(context, webhookId, check), toleranceSeconds);
		const event = parseEvent(body);
		if (!event) {
			return fail(
				'The signature is valid, but the body is not an event',
				'If `name` is in the attribute blocklist of the webhook, remove it there. For calls from the step "Make HTTPS Request" of a Persona workflow, use the Persona Trigger.',
			);
		}
		return [{ json: toItem(event, null, mode) }];
	};
	return { run: verifyAndConvert };
}
