import type { FastifyInstance } from 'fastify';
import type { SandboxControl } from './control.mts';
import { overviewPage } from './hosted/overview.mts';
import { audit } from './life/auditLog.mts';
import type { SeedInquiriesOptions } from './life/seeding.mts';
import type { RateLimit } from './options.mts';
import type { FaultOptions } from './server/faults.mts';
import type { JsonObject, StoredObject } from './store.mts';
import type { World } from './world.mts';

/** The control over HTTP, for tests in other processes and for curious people. */
export function serveControl(app: FastifyInstance, world: World, control: SandboxControl) {
	app.addHook('onResponse', async ({ method, url, ip, headers, sent }, { statusCode }) => {
		if (method === 'GET') return;
		audit(world, {
			path: url.split('?')[0],
			method,
			'post-params': sent ?? {},
			'ip-address': ip,
			'user-agent': headers['user-agent'] ?? '',
			'response-status': statusCode,
		});
	});
	app.get('', async (_, reply) => reply.type('text/html; charset=utf-8').send(overviewPage(world)));
	app.get('/requests', async () => control.requests);
	app.get('/deliveries', async () => control.deliveries);
	app.get('/file-requests', async () => control.fileRequests);
	app.get('/faults', async () => world.faults.list);
	app.post<{ Body: FaultOptions }>('/faults', async ({ sent }) => {
		control.addFault(sent as unknown as FaultOptions);
		return { faults: world.faults.list.length };
	});
	app.delete('/faults', async () => {
		control.clearFaults();
		return { faults: 0 };
	});
	app.post('/reset', async () => {
		control.reset();
		return { reset: true };
	});
	app.post('/outage', async ({ sent }) => {
		const on = (sent as JsonObject | undefined)?.on !== false;
		control.setOutage(on);
		return { outage: on };
	});
	app.post<{ Params: { id: string } }>('/webhooks/:id/rotate', async ({ params, sent }) => {
		const { expiresInSeconds } = (sent ?? {}) as { expiresInSeconds?: number };
		return { secret: control.rotateSecret(params.id, expiresInSeconds) };
	});
	app.post<{ Params: { id: string } }>('/events/:id/redeliver', async ({ params, sent }) => {
		const { webhookId } = (sent ?? {}) as { webhookId?: string };
		control.redeliver(params.id, webhookId);
		return { redelivered: params.id };
	});
	app.post('/seed', async ({ sent }) => {
		const { count = 1, ...options } = (sent ?? {}) as SeedInquiriesOptions & { count?: number };
		return { ids: control.seedInquiries(count, options) };
	});
	app.post('/emit', async ({ sent }) => {
		const { name, object, objectId, context } = sent as unknown as {
			name: string;
			object?: StoredObject;
			objectId?: string;
			context?: JsonObject;
		};
		return { eventId: control.emitEvent(name, object ?? objectId ?? '', context) };
	});
	app.post('/rate-limit', async ({ sent }) => {
		const { used, ...limit } = sent as unknown as RateLimit & { used?: number };
		control.setRateLimit(limit, used);
		return limit;
	});
}
