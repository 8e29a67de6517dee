import Fastify from 'fastify';
import type { World } from '../world.mts';

/** Serves the files to whoever has a link with a good token; asks for no API key. */
export function fileServer(world: World) {
	const app = Fastify({ forceCloseConnections: true });
	app.get<{ Params: { name: string }; Querystring: { access_token?: string } }>(
		'/files/:name',
		async (request, reply) => {
			const { name } = request.params;
			const file = world.files.get(name);
			if (!file) return reply.code(404).send('No such file');
			if (!world.tokens.check(name, request.query.access_token ?? '')) {
				return reply.code(403).send('This link has expired');
			}
			return reply.type(file.mime).send(file.bytes);
		},
	);
	app.addHook('onRequest', async (request, reply) => {
		if (world.outage) {
			request.raw.socket.resetAndDestroy();
			return reply.hijack();
		}
		const fault = world.faults.take(request.method, request.url.split('?')[0]);
		if (fault?.kind === 'status') {
			return reply
				.code(fault.status ?? 500)
				.headers(fault.headers ?? {})
				.send(fault.body ?? '');
		}
		if (fault?.kind === 'stall') await world.pause(fault.stallMs ?? Infinity);
		else if (fault) {
			request.raw.socket.resetAndDestroy();
			return reply.hijack();
		}
		return undefined;
	});
	app.addHook('onResponse', async (request, reply) => {
		const { url, headers } = request;
		world.fileRequests.push({ path: url.split('?')[0], headers, status: reply.statusCode });
	});
	return app;
}
