import type { HttpResponse } from '../../../utils/httpResponse';
import { TtlCache } from '../../../utils/ttlCache';

/** What n8n has written as the response to a call. */
interface StoredResponse {
	status: number;
	/** Undefined where there is no body. */
	contentType: string | undefined;
	body: Buffer;
}

/** A larger response is not stored; all of them together stay below 128 MB. */
const MAX_RESPONSE_BYTES = 256 * 1024;

const MAX_PENDING_RESPONSES = 500;

/** How long a response is stored after its last caller has gone. */
const RESPONSE_TTL_MS = 60 * 60 * 1000;

/**
 * Responses to calls whose callers have gone, by the key of the call. One that is still to come is a
 * pending promise; one that was too large resolves to undefined.
 */
const pendingResponses = new TtlCache<Promise<StoredResponse | undefined>>(
	MAX_PENDING_RESPONSES,
	RESPONSE_TTL_MS,
);

/** Records the response that n8n is going to write, whether the caller is still there or not. */
async function captureResponse(response: HttpResponse): Promise<StoredResponse | undefined> {
	return await new Promise((resolve) => {
		const chunks: Buffer[] = [];
		let size = 0;
		const capture = ([chunk, encoding]: unknown[]) => {
			if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
			const bytes =
				typeof chunk === 'string'
					? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8')
					: Buffer.from(chunk);
			size += bytes.length;
			if (size <= MAX_RESPONSE_BYTES) chunks.push(bytes);
		};
		const write = response.write.bind(response);
		const end = response.end.bind(response);
		response.write = (...chunk) => {
			capture(chunk);
			return write(...chunk);
		};
		response.end = (...chunk) => {
			capture(chunk);
			const contentType = response.getHeader('content-type')?.toString();
			const { statusCode: status } = response;
			const isTooLarge = size > MAX_RESPONSE_BYTES;
			resolve(isTooLarge ? undefined : { status, contentType, body: Buffer.concat(chunks) });
			return end(...chunk);
		};
	});
}

/** Stores the response to a call that starts the workflow, if its caller goes before it is sent. */
export function storeResponse(callKey: string, response: HttpResponse) {
	const captured = captureResponse(response);
	const storeIfUnsent = () => {
		if (!response.writableFinished) pendingResponses.set(callKey, captured);
	};
	if (response.closed) storeIfUnsent();
	else response.once('close', storeIfUnsent);
}

/**
 * Sends the stored response to a retry of the same call, as soon as it is there, and forgets it once
 * it has been received. Calls `rejectRetry` instead where it was too large. Returns false where there
 * is none, so that the call is a new one.
 */
export function replayResponse(
	callKey: string,
	response: HttpResponse,
	rejectRetry: () => void,
): boolean {
	const pending = pendingResponses.get(callKey);
	if (!pending) return false;
	pendingResponses.set(callKey, pending);
	void pending.then((stored) => {
		if (response.closed) return;
		if (!stored) return rejectRetry();
		response.once('finish', () => {
			if (pendingResponses.get(callKey) === pending) pendingResponses.delete(callKey);
		});
		response.statusCode = stored.status;
		if (stored.contentType !== undefined) response.setHeader('content-type', stored.contentType);
		response.end(stored.body);
	});
	return true;
}
