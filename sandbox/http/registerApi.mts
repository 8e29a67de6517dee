import type { FastifyInstance, FastifyReply } from 'fastify';
import { ApiError, BadRequestError, NotFoundError } from '../state/errors.mts';
import type { FaultOptions } from '../state/faultQueue.mts';
import { IdempotencyError } from '../state/idempotencyStore.mts';
import type { JsonObject } from '../state/json.mts';
import { UnknownCursorError } from '../state/page.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import { getEnvironment } from '../state/settings.mts';
import type { Endpoint } from './endpoint.mts';
import {
	buildFaultResponse,
	cutConnection,
	destroySocket,
	isResponseFault,
	sendFault,
	truncateResponse,
	waitForStall,
} from './faults.mts';
import { registerEndpoint } from './registerEndpoint.mts';
import { countQuota, createRequestContext, identify, requireAccess } from './requestContext.mts';

type RequestFailure = Error & { statusCode?: number };

/** Registers the endpoints, with the hooks that apply to all: log, faults, authorization, idempotency. */
export function registerApi(app: FastifyInstance, state: SandboxState, endpoints: Endpoint[]) {
	const { latencyMs } = state.settings;

	app.decorateRequest('requestContext');

	app.addHook('onRequest', async (request, reply) => {
		const context = createRequestContext(state, request);
		request.requestContext = context;
		if (state.isOutage) return cutConnection(request, reply);
		const fault = state.faults.take(request.method, context.logEntry.path);
		if (fault) {
			context.fault = fault;
			if (fault.kind === 'reset') return cutConnection(request, reply);
			const waits = fault.kind === 'stall' || fault.stallMs !== undefined;
			if (waits && !(await waitForStall(state, fault))) {
				return cutConnection(request, reply);
			}
			const isUnauthorized = fault.kind === 'status' && fault.status === 401;
			if (fault.kind === 'proxy' || isUnauthorized) return sendFault(reply, fault);
		}
		if (latencyMs > 0 && !(await state.wait(latencyMs))) return cutConnection(request, reply);
		return identify(state, request, reply);
	});

	app.addHook('preValidation', async (request, reply) => {
		const { requestContext: context } = request;
		context.logEntry.body = request.sentBody;
		countQuota(state, request, reply);
		const key = request.headers['idempotency-key'];
		if (request.method !== 'POST' || typeof key !== 'string' || !key) return;
		context.logEntry.idempotencyKey = key;
		const { method, url, body } = request;
		const parameters = { method, url, body };
		const environment = getEnvironment(context.key);
		const { claim, earlier } = state.idempotency.claim(environment, key, parameters);
		if (claim) {
			context.idempotency = claim;
			return;
		}
		const stored = await earlier.response;
		if (!stored) throw new ApiError(409, 'The first request with this key was not answered');
		context.logEntry.isReplay = true;
		reply.header('Request-Id', stored.requestId);
		return reply.code(stored.status).type('application/json; charset=utf-8').send(stored.body);
	});

	app.addHook('preValidation', async (request, reply) => {
		const { fault } = request.requestContext;
		if (isResponseFault(fault)) return sendFault(reply, fault);
		return requireAccess(request);
	});

	app.addHook('onSend', async (request, reply, handledPayload) => {
		const { fault, idempotency, logEntry, requestId } = request.requestContext;
		logEntry.decidedStatus = reply.statusCode;
		const payload = fault?.kind === 'statusAfter' ? replaceResponse(reply, fault) : handledPayload;
		if (idempotency && [401, 429].includes(reply.statusCode)) {
			// Keys and rate limits are checked before the idempotency layer (https://docs.withpersona.com/errors).
			state.idempotency.release(idempotency);
		} else if (idempotency && typeof payload === 'string') {
			idempotency.complete({ status: reply.statusCode, body: payload, requestId });
		}
		if (fault?.kind === 'resetAfter') destroySocket(request);
		if (fault?.kind === 'truncate') return truncateResponse(request, reply, payload);
		return payload;
	});

	app.addHook('onResponse', async (request, reply) => {
		const { logEntry, fault } = request.requestContext;
		logEntry.responseHeaders = reply.getHeaders() as JsonObject;
		const wasCut =
			fault?.kind === 'reset' || fault?.kind === 'resetAfter' || !reply.raw.writableFinished;
		if (!wasCut) logEntry.status = reply.statusCode;
	});

	app.setErrorHandler((failure: RequestFailure, request, reply) => {
		const error = toApiError(failure);
		if (error instanceof IdempotencyError && error.isUnlogged) {
			request.requestContext.logEntry.isUnlogged = true;
		}
		// The description has headers for every response but this one.
		if (error.status === 401) for (const name in reply.getHeaders()) reply.removeHeader(name);
		return reply.code(error.status).send(error.body);
	});

	app.setNotFoundHandler((_, reply) =>
		reply.code(404).send(new NotFoundError('No such route').body),
	);

	for (const endpoint of endpoints) registerEndpoint(app, state, endpoint);
}

/** Turns a response into that of a fault, and returns its body. */
function replaceResponse(reply: FastifyReply, fault: FaultOptions): string {
	const { status, headers, type, content } = buildFaultResponse(fault);
	reply.code(status).headers(headers).type(type);
	return content;
}

function toApiError(failure: RequestFailure): ApiError {
	if (failure instanceof ApiError) return failure;
	if (failure instanceof UnknownCursorError) {
		return new BadRequestError('page cursor is not found');
	}
	if (failure.statusCode && failure.statusCode < 500) return new BadRequestError(failure.message);
	return new ApiError(500, failure.stack);
}
