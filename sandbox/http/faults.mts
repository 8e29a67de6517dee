import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { ApiError } from '../state/errors.mts';
import type { FaultOptions } from '../state/faultQueue.mts';
import type { SandboxState } from '../state/sandboxState.mts';

const TRUNCATION_DELAY_MS = 20;

/** Responds in place of Persona. */
export function sendFault(reply: FastifyReply, { status = 500, body, headers = {} }: FaultOptions) {
	reply.code(status).headers(headers);
	const content = body ?? new ApiError(status).body;
	if (typeof content === 'string') return reply.send(content);
	return reply.type('application/json; charset=utf-8').send(JSON.stringify(content));
}

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
