import { TtlCache } from '../../../utils/ttlCache';
import type { HttpResponse } from '../listener';

/** What n8n wrote as the answer to a call. */
interface StoredResponse {
	status: number;
	/** Undefined where there is no body. */
	type: string | undefined;
	body: Buffer;
}

/** Bytes of an answer that is kept; all of them together stay below 128 MB. */
const MAX_RESPONSE_BYTES = 256 * 1024;

/** Calls whose answers are kept at once. */
const MAX_PENDING_RESPONSES = 500;

/** Milliseconds since a caller has last been there, for whoever calls again. */
const RESPONSE_TTL_MS = 60 * 60 * 1000;

/** Answers, also those to come, of calls whose callers have gone; undefined is one that was too long. */
const pendingResponses = new TtlCache<Promise<StoredResponse | undefined>>(
	MAX_PENDING_RESPONSES,
	RESPONSE_TTL_MS,
);

/** The answer that n8n is going to write, whether somebody still listens or not. */
async function captureResponse(response: HttpResponse): Promise<StoredResponse | undefined> {
	return await new Promise((resolve) => {
		const parts: Buffer[] = [];
		let size = 0;
		const take = ([part, encoding]: unknown[]) => {
			if (typeof part !== 'string' && !(part instanceof Uint8Array)) return;
			const bytes =
				typeof part === 'string'
					? Buffer.from(part, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8')
					: Buffer.from(part);
			size += bytes.length;
			if (size <= MAX_RESPONSE_BYTES) parts.push(bytes);
		};
		const write = response.write.bind(response);
		const end = response.end.bind(response);
		response.write = (...given) => {
			take(given);
			return write(...given);
		};
		response.end = (...given) => {
			take(given);
			const type = response.getHeader('content-type')?.toString();
			const { statusCode: status } = response;
			resolve(size > MAX_RESPONSE_BYTES ? undefined : { status, type, body: Buffer.concat(parts) });
			return end(...given);
		};
	});
}

/** Keeps the answer of a call that starts the workflow, should its caller go before it is sent. */
export function storeResponse(call: string, response: HttpResponse) {
	const answer = captureResponse(response);
	const leave = () => {
		if (!response.writableFinished) pendingResponses.set(call, answer);
	};
	if (response.closed) leave();
	else response.once('close', leave);
}

/**
 * Answers a call as the same one was answered whose caller had gone, as soon as that answer is
 * there; `refuse` is called where it was too long. False where there is no such call. An answer that
 * has been received is forgotten.
 */
export function replayResponse(call: string, response: HttpResponse, refuse: () => void): boolean {
	const answer = pendingResponses.get(call);
	if (!answer) return false;
	pendingResponses.set(call, answer);
	void answer.then((kept) => {
		if (response.closed) return;
		if (!kept) return refuse();
		response.once('finish', () => {
			if (pendingResponses.get(call) === answer) pendingResponses.delete(call);
		});
		response.statusCode = kept.status;
		if (kept.type !== undefined) response.setHeader('content-type', kept.type);
		response.end(kept.body);
	});
	return true;
}
