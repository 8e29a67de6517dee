import type { HttpResponse } from '../../../utils/httpResponse';
import { TtlCache } from '../../../utils/ttlCache';

/** The response to a call, as n8n has written it. */
interface StoredResponse {
	status: number;
	/** Undefined if there is no body. */
	contentType: string | undefined;
	body: Buffer;
}

/** A larger response is not stored; all of them together stay below 128 MB. */
export const MAX_RESPONSE_BYTES = 256 * 1024;

export const MAX_STORED_RESPONSES = 500;

/** How long a response is stored after its last caller has disconnected. */
const RESPONSE_TTL_MS = 60 * 60 * 1000;

/**
 * Responses to calls whose callers have disconnected, by the key of the call. The promise is
 * pending until n8n has written the response. It resolves to undefined if the response was too
 * large.
 */
const storedResponses = new TtlCache<Promise<StoredResponse | undefined>>(
	MAX_STORED_RESPONSES,
	RESPONSE_TTL_MS,
);

/** Records the response that n8n is going to write, even if the caller has disconnected by then. */
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

/**
 * Stores the response to a call that starts the workflow if its caller disconnects before it is
 * sent.
 */
export function storeUnsentResponse(callKey: string, response: HttpResponse) {
	const captured = captureResponse(response);
	const storeIfUnsent = () => {
		if (!response.writableFinished) storedResponses.set(callKey, captured);
	};
	if (response.closed) storeIfUnsent();
	else response.once('close', storeIfUnsent);
}

/**
 * Sends the stored response to a retry of the same call as soon as it is available, and deletes it
 * once it has been received. Calls `rejectRetry` instead if it was too large. Returns false if
 * there is none: the call is then a new one.
 */
export function sendStoredResponse(
	callKey: string,
	response: HttpResponse,
	rejectRetry: () => void,
): boolean {
	const storedPromise = storedResponses.get(callKey);
	if (!storedPromise) return false;
	storedResponses.set(callKey, storedPromise);
	void storedPromise.then((stored) => {
		if (response.closed) return;
		if (!stored) return rejectRetry();
		response.once('finish', () => {
			if (storedResponses.get(callKey) === storedPromise) storedResponses.delete(callKey);
		});
		response.statusCode = stored.status;
		if (stored.contentType !== undefined) response.setHeader('content-type', stored.contentType);
		response.end(stored.body);
	});
	return true;
}
