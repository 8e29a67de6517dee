import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { World } from '../world.mts';
import type { FaultOptions } from './faults.mts';
import { Problem } from './problem.mts';

/** Answers in place of Persona. */
export function answerFault(
	reply: FastifyReply,
	{ status = 500, body, headers = {} }: FaultOptions,
) {
	reply.code(status).headers(headers);
	const content = body ?? new Problem(status).body;
	if (typeof content === 'string') return reply.send(content);
	return reply.type('application/json; charset=utf-8').send(JSON.stringify(content));
}

/** Waits as long as the fault says; false when it says for ever and the sandbox ends first. */
export const stall = async (world: World, { stallMs }: FaultOptions) =>
	(await world.pause(stallMs ?? Infinity)) || stallMs !== undefined;

/** Cuts the connection without an answer. */
export function cutSocket(request: FastifyRequest) {
	const { socket } = request.raw;
	// Node 20 hangs at its exit when a connection is reset that has ended already.
	if (socket.writable) socket.resetAndDestroy();
	else socket.destroy();
}

/** The same for a hook that ends the request with it. */
export function cut(request: FastifyRequest, reply: FastifyReply) {
	cutSocket(request);
	reply.hijack();
	return reply;
}

/** Half of the answer under the length of the whole, then the end of the connection. */
export function truncated(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
	const whole = Buffer.isBuffer(payload) ? payload : Buffer.from(String(payload));
	reply.header('Content-Length', whole.length);
	const { socket } = request.raw;
	async function* half() {
		yield whole.subarray(0, Math.floor(whole.length / 2));
		// The half must be on its way before the connection ends.
		await new Promise((resolve) => setTimeout(resolve, 20));
		socket.destroy();
	}
	return Readable.from(half());
}
