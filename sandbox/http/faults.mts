import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { ApiError, createQuotaError, StaleObjectError } from '../state/errors.mts';
import type { FaultOptions } from '../state/faultQueue.mts';
import { buildLimitHeaders } from '../state/rateLimitWindow.mts';
import type { SandboxState } from '../state/sandboxState.mts';

const TRUNCATION_DELAY_MS = 20;

const JSON_TYPE = 'application/json; charset=utf-8';

/** The limit that the header of a `quota` fault names. */
const QUOTA_LIMIT = 300;

/** Whether the fault is a response that Persona gives to a request which it did not handle. */
export const isResponseFault = (fault: FaultOptions | undefined): fault is FaultOptions =>
	fault !== undefined && ['status', 'staleObject', 'quota'].includes(fault.kind);

/** Responds in place of Persona. */
export function sendFault(reply: FastifyReply, fault: FaultOptions) {
	const { status, headers, type, content } = buildFaultResponse(fault);
	return reply.code(status).headers(headers).type(type).send(content);
}

/** The response of a fault, whatever the response of the request itself would be. */
export function buildFaultResponse(fault: FaultOptions) {
	const { status, headers, content } = describeFault(fault);
	const isText = typeof content === 'string';
	return {
		status,
		headers: {
			...headers,
			...(fault.retryAfter !== undefined && { 'Retry-After': toRetryAfter(fault.retryAfter) }),
			...fault.headers,
		} as Record<string, string>,
		type: isText ? 'text/html; charset=utf-8' : JSON_TYPE,
		content: isText ? content : JSON.stringify(content),
	};
}

function describeFault({ kind, status, body, resetSeconds = 1 }: FaultOptions): {
	status: number;
	headers?: Record<string, string>;
	content: unknown;
} {
	if (kind === 'staleObject') return { status: 409, content: new StaleObjectError().body };
	if (kind === 'quota') {
		return {
			status: 429,
			headers: buildLimitHeaders('Quota', QUOTA_LIMIT, 0, resetSeconds),
			content: createQuotaError('create_inquiry', QUOTA_LIMIT).body,
		};
	}
	if (kind === 'proxy') {
		const code = status ?? 502;
		return { status: code, content: body ?? renderProxyPage(code) };
	}
	const code = status ?? 500;
	// What Persona sends together with its own "Rate limit exceeded".
	const headers = code === 429 ? { 'RateLimit-Remaining': '0' } : undefined;
	return { status: code, headers, content: body ?? new ApiError(code).body };
}

const renderProxyPage = (status: number) =>
	`<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n`;

const toRetryAfter = (value: number | string) =>
	typeof value === 'number' ? String(value) : new Date(value).toUTCString();

/** Waits for the time of the fault; false when that is unlimited and the sandbox ended. */
export const waitForStall = async (state: SandboxState, { stallMs }: FaultOptions) =>
	(await state.wait(stallMs ?? Infinity)) || stallMs !== undefined;

/** Cuts the connection. */
export function destroySocket(request: FastifyRequest) {
	const { socket } = request.raw;
	// Node 20 hangs at exit when a connection is reset after it has ended.
	if (socket.writable) socket.resetAndDestroy();
	else socket.destroy();
}

/** Cuts the connection and ends the request; for hooks. */
export function cutConnection(request: FastifyRequest, reply: FastifyReply) {
	destroySocket(request);
	reply.hijack();
	return reply;
}

/** Sends half of the response with the Content-Length of the whole, then closes the connection. */
export function truncateResponse(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
	const whole = Buffer.isBuffer(payload) ? payload : Buffer.from(String(payload));
	reply.header('Content-Length', whole.length);
	const { socket } = request.raw;
	async function* streamHalf() {
		yield whole.subarray(0, Math.floor(whole.length / 2));
		// The first half must be sent before the connection closes.
		await new Promise((resolve) => setTimeout(resolve, TRUNCATION_DELAY_MS));
		socket.destroy();
	}
	return Readable.from(streamHalf());
}
