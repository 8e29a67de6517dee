import type { FastifyInstance } from 'fastify';
import { recordUserAction } from '../domain/organization/auditLog.mts';
import type { SeedInquiriesOptions } from '../domain/seeding/seedInquiries.mts';
import type { FaultOptions } from '../state/faultQueue.mts';
import type { JsonObject } from '../state/json.mts';
import type { QuotaProduct } from '../state/limits.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { ListItemsShown, RateLimit } from '../state/settings.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { renderOverviewPage } from './overviewPage.mts';
import type { SandboxControl } from './sandboxControl.mts';

/** Registers `SandboxControl` as routes, for tests in other processes and for people. */
export function registerControlRoutes(
	app: FastifyInstance,
	state: SandboxState,
	control: SandboxControl,
) {
	app.addHook('onResponse', async ({ method, url, ip, headers, sentBody }, { statusCode }) => {
		if (method === 'GET') return;
		recordUserAction(state, {
			path: url.split('?')[0],
			method,
			'post-params': sentBody ?? {},
			'ip-address': ip,
			'user-agent': headers['user-agent'] ?? '',
			'response-status': statusCode,
		});
	});
	app.get('', async (_, reply) =>
		reply.type('text/html; charset=utf-8').send(renderOverviewPage(state)),
	);
	app.get('/requests', async () => control.requests);
	app.get('/deliveries', async () => control.deliveries);
	app.get('/file-requests', async () => control.fileRequests);
	app.get('/faults', async () => state.faults.list);
	app.post('/faults', async ({ sentBody }) => {
		control.addFault(sentBody as unknown as FaultOptions);
		return { faults: state.faults.list.length };
	});
	app.delete('/faults', async () => {
		control.clearFaults();
		return { faults: 0 };
	});
	app.post('/reset', async () => {
		control.reset();
		return { reset: true };
	});
	app.post('/outage', async ({ sentBody }) => {
		const isOn = (sentBody as JsonObject | undefined)?.on !== false;
		control.setOutage(isOn);
		return { outage: isOn };
	});
	app.post<{ Params: { id: string } }>('/webhooks/:id/rotate', async ({ params, sentBody }) => {
		const { expiresInSeconds } = (sentBody ?? {}) as { expiresInSeconds?: number };
		return { secret: control.rotateSecret(params.id, expiresInSeconds) };
	});
	app.post<{ Params: { id: string } }>('/events/:id/redeliver', async ({ params, sentBody }) => {
		const { webhookId } = (sentBody ?? {}) as { webhookId?: string };
		control.redeliver(params.id, webhookId);
		return { redelivered: params.id };
	});
	app.post('/seed', async ({ sentBody }) => {
		const { count = 1, ...options } = (sentBody ?? {}) as SeedInquiriesOptions & {
			count?: number;
		};
		return { ids: control.seedInquiries(count, options) };
	});
	app.post('/emit', async ({ sentBody }) => {
		const { name, object, objectId, context } = sentBody as unknown as {
			name: string;
			object?: StoredObject;
			objectId?: string;
			context?: JsonObject;
		};
		return { eventId: control.emitEvent(name, object ?? objectId ?? '', context) };
	});
	app.post('/rate-limit', async ({ sentBody }) => {
		const { used, ...limit } = sentBody as unknown as RateLimit & { used?: number };
		control.setRateLimit(limit, used);
		return limit;
	});
	app.post('/list-items', async ({ sentBody }) => {
		const { shown } = sentBody as unknown as { shown: ListItemsShown };
		control.setListItems(shown);
		return { shown };
	});
	app.post('/key-rate-limit', async ({ sentBody }) => {
		const { apiKey, used, ...limit } = sentBody as unknown as RateLimit & {
			apiKey: string;
			used?: number;
		};
		control.setKeyRateLimit(apiKey, limit, used);
		return limit;
	});
	app.post('/quota', async ({ sentBody }) => {
		const { product, used, ...limit } = sentBody as unknown as RateLimit & {
			product: QuotaProduct;
			used?: number;
		};
		control.setQuota(product, limit, used);
		return limit;
	});
}
