import type { FastifyInstance } from 'fastify';
import { type JsonObject, UnknownCursor } from '../store.mts';
import type { World } from '../world.mts';
import { admit, newPassage } from './admission.mts';
import { type Complaint, problemOf } from './body.mts';
import type { Endpoint } from './endpoint.mts';
import { answerFault, cut, cutSocket, stall, truncated } from './faultAnswers.mts';
import { serve } from './operations.mts';
import { malformed, notFound, Problem } from './problem.mts';

type Failure = Error & { validation?: Complaint[]; statusCode?: number };

/** Serves the endpoints below `/api/v1` with everything that holds for all of them. */
export function serveApi(app: FastifyInstance, world: World, endpoints: Endpoint[]) {
	const { latencyMs } = world.settings;

	app.decorateRequest('passage');

	app.addHook('onRequest', async (request, reply) => {
		request.passage = newPassage(world, request);
		const { entry } = request.passage;
		if (world.outage) return cut(request, reply);
		const fault = world.faults.take(request.method, entry.path);
		if (fault) {
			request.passage.fault = fault;
			if (fault.kind === 'reset') return cut(request, reply);
			if (fault.kind === 'stall' && !(await stall(world, fault))) return cut(request, reply);
			if (fault.kind === 'status' && !fault.stored) return answerFault(reply, fault);
		}
		if (latencyMs > 0 && !(await world.pause(latencyMs))) return cut(request, reply);
		return admit(world, request, reply);
	});

	app.addHook('preValidation', async (request, reply) => {
		const { passage } = request;
		passage.entry.body = request.sent;
		const key = request.headers['idempotency-key'];
		if (request.method !== 'POST' || typeof key !== 'string' || !key) return;
		passage.entry.idempotencyKey = key;
		const { method, url, body } = request;
		const { claim, repeats } = world.idempotency.claim(key, { method, url, body });
		if (claim) {
			passage.claim = { key, claim };
			return;
		}
		const stored = await repeats.answer;
		if (!stored) throw new Problem(409, 'The first request with this key was not answered');
		passage.entry.replayed = true;
		reply.header('Request-Id', stored.requestId);
		return reply.code(stored.status).type('application/json; charset=utf-8').send(stored.body);
	});

	app.addHook('preValidation', async (request, reply) => {
		const { fault } = request.passage;
		if (fault?.kind === 'status' && fault.stored) return answerFault(reply, fault);
	});

	app.addHook('onSend', async (request, reply, payload) => {
		const { passage } = request;
		const { fault, claim } = passage;
		if (claim && reply.statusCode === 429) {
			// Whoever was over a limit may come back with the same key.
			world.idempotency.release(claim.key, claim.claim);
		} else if (claim && typeof payload === 'string') {
			claim.claim.finish({
				status: reply.statusCode,
				body: payload,
				requestId: passage.requestId,
			});
		}
		if (fault?.kind === 'resetAfter') cutSocket(request);
		if (fault?.kind === 'truncate') return truncated(request, reply, payload);
		return payload;
	});

	app.addHook('onResponse', async (request, reply) => {
		const { entry, fault } = request.passage;
		entry.responseHeaders = reply.getHeaders() as JsonObject;
		const cutOff =
			fault?.kind === 'reset' || fault?.kind === 'resetAfter' || !reply.raw.writableFinished;
		if (!cutOff) entry.status = reply.statusCode;
	});

	app.setErrorHandler((error: Failure, _, reply) => {
		const problem = problemFor(error);
		return reply.code(problem.status).send(problem.body);
	});

	app.setNotFoundHandler((_, reply) => reply.code(404).send(notFound('No such route').body));

	for (const endpoint of endpoints) serve(app, world, endpoint);
}

function problemFor(error: Failure): Problem {
	if (error instanceof Problem) return error;
	if (error instanceof UnknownCursor) return malformed('page cursor is not found');
	if (error.validation?.[0]) return problemOf(error.validation[0]);
	if (error.statusCode && error.statusCode < 500) return malformed(error.message);
	return new Problem(500, error.stack);
}
