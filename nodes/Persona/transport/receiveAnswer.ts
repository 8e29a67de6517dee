import { listenForAbort } from '../utils/listenForAbort';
import { isRefusal, type ApiResponse } from './apiResponse';
import { BrokenLimit, describeIdleness, formatLimit, toErrorResponse } from './networkErrors';

/** How much of an answer is waited for, and how much of it is kept in memory. */
export interface AnswerLimits {
	/** How long nothing may come, before the answer begins and between its parts. */
	idleMs: number;
	/** How long the whole answer may take, however steadily it comes. */
	totalMs: number;
	/** The size of the content once it is decompressed. */
	maxBytes: number;
}

/** The content of an answer while it arrives. */
type ByteStream = AsyncIterable<Buffer>;

const isByteStream = (body: unknown): body is ByteStream =>
	typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

/** Watches how long an answer takes. */
interface Watch {
	/** Says that a part of the answer has come. */
	touch(): void;
	end(): void;
}

/**
 * Calls `stop` when the answer takes too long. The clock of the process is not used, since it may be
 * set while an answer comes.
 */
function startWatch({ idleMs, totalMs }: AnswerLimits, stop: (problem: Error) => void): Watch {
	const startedAt = performance.now();
	let touchedAt = startedAt;
	let timer: AbortSignal;
	const check = () => {
		const now = performance.now();
		const idleLeftMs = touchedAt + idleMs - now;
		const totalLeftMs = startedAt + totalMs - now;
		if (idleLeftMs <= 0) {
			stop(new BrokenLimit(describeIdleness(idleMs), false));
		} else if (totalLeftMs <= 0) {
			const problem = `The answer was still not complete after ${formatLimit(totalMs)}`;
			// Such a long wait is not repeated.
			stop(new BrokenLimit(problem, totalMs > idleMs));
		} else {
			arm(Math.min(idleLeftMs, totalLeftMs));
		}
	};
	const arm = (delayMs: number) => {
		timer = AbortSignal.timeout(Math.ceil(delayMs));
		timer.addEventListener('abort', check);
	};
	arm(Math.min(idleMs, totalMs));
	return {
		touch: () => (touchedAt = performance.now()),
		// Nothing else refers to the timer, so it is freed as well.
		end: () => timer.removeEventListener('abort', check),
	};
}

const MEGABYTE = 1_000_000;

async function readAll(body: ByteStream, { maxBytes }: AnswerLimits, touch: () => void) {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of body) {
		touch();
		size += part.length;
		if (size > maxBytes) {
			throw new BrokenLimit(`The answer is larger than ${maxBytes / MEGABYTE} MB`, true);
		}
		parts.push(part);
	}
	return Buffer.concat(parts, size);
}

/**
 * Sends a request whose answer n8n returns as a stream, and reads the stream into a buffer within the
 * limits; n8n itself limits neither the time of a body nor its size. A refusal that is cut off has no
 * body. What breaks a limit ends with its connection, through the signal that `send` gets. All ends at
 * once when `signal` is aborted. Never throws.
 */
export async function receiveAnswer(
	send: (signal: AbortSignal) => Promise<ApiResponse>,
	limits: AnswerLimits,
	signal?: AbortSignal,
): Promise<ApiResponse> {
	const connection = new AbortController();
	let stop: (problem: Error) => void = () => {};
	const stopped = new Promise<never>((_, reject) => (stop = reject));
	// It may be rejected when nothing waits for it any more.
	stopped.catch(() => {});
	const watch = startWatch(limits, stop);
	const stopListening = listenForAbort(signal, () => stop(new Error('The execution was stopped')));
	let isComplete = false;
	try {
		const response = await Promise.race([send(connection.signal), stopped]);
		const { body, statusCode } = response;
		isComplete = !isByteStream(body);
		if (!isByteStream(body)) return response;
		watch.touch();
		// A stream of n8n's HTTP library that waits for its next part does not notice that it is destroyed.
		const content = await Promise.race([readAll(body, limits, watch.touch), stopped]).catch(
			(problem: Error) => problem,
		);
		isComplete = Buffer.isBuffer(content);
		if (Buffer.isBuffer(content)) return { ...response, body: content };
		return isRefusal(statusCode) ? { ...response, body: undefined } : toErrorResponse(content);
	} catch (error) {
		return toErrorResponse(error);
	} finally {
		watch.end();
		stopListening();
		if (!isComplete) connection.abort();
	}
}
