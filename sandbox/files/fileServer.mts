import Fastify from 'fastify';
import type { SandboxState } from '../state/sandboxState.mts';

/** Creates the file host, which needs no API key: a valid token in the link is enough. */
export function createFileServer(state: SandboxState) {
	const app = Fastify({ forceCloseConnections: true });
	app.get<{ Params: { name: string }; Querystring: { access_token?: string } }>(
		'/files/:name',
		async (request, reply) => {
			const { name } = request.params;
			const file = state.files.get(name);
			if (!file) return reply.code(404).send('No such file');
			if (!state.fileTokens.verify(name, request.query.access_token ?? '')) {
				return reply.code(403).send('This link has expired');
			}
			return reply.type(file.mimeType).send(file.bytes);
		},
	);
	app.addHook('onRequest', async (request, reply) => {
		if (state.isOutage) {
			request.raw.socket.resetAndDestroy();
			return reply.hijack();
		}
		const fault = state.faults.take(request.method, request.url.split('?')[0]);
		if (fault?.kind === 'status' || fault?.kind === 'proxy') {
			return reply
				.code(fault.status ?? 500)
				.headers(fault.headers ?? {})
				.send(fault.body ?? '');
		}
		if (fault?.kind === 'stall') await state.wait(fault.stallMs ?? Infinity);
		else if (fault) {
			request.raw.socket.resetAndDestroy();
			return reply.hijack();
		}
		return undefined;
	});
	app.addHook('onResponse', async (request, reply) => {
		const { url, headers } = request;
		state.fileRequests.push({ path: url.split('?')[0], headers, status: reply.statusCode });
	});
	return app;
}
