import Fastify, { type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { SandboxControl } from './control.mts';
import { serveControl } from './controlRoutes.mts';
import { fileServer } from './files/fileServer.mts';
import { serveHostedPages } from './hosted/routes.mts';
import { expireOverdue } from './life/inquiry.mts';
import { type SandboxOptions, settingsOf } from './options.mts';
import { endpoints } from './resources/endpoints.mts';
import { serveApi } from './server/api.mts';
import { acceptJson } from './server/jsonBodies.mts';
import { parseQuery } from './server/query.mts';
import { Deliveries } from './webhooks/deliveries.mts';
import { World } from './world.mts';

export type { SandboxControl, SeedInquiriesOptions } from './control.mts';
export type { HttpsStep } from './life/httpsStep.mts';
export type { RateLimit, SandboxApiKey, SandboxOptions } from './options.mts';
export { testPersonas } from './people.mts';
export { fixtures } from './seeds.mts';
export type { FaultOptions } from './server/faults.mts';
export type { Json, JsonObject, StoredObject } from './store.mts';
export type { DeliveryLogEntry } from './webhooks/deliveries.mts';
export { buildSignatureHeader } from './webhooks/signature.mts';
export type { FileRequestLogEntry, RequestLogEntry } from './world.mts';

/** A running stand-in for Persona. */
export interface Sandbox {
	/** Origin of the API, of the hosted pages and of `/sandbox`. */
	url: string;
	/** What goes into a credential. */
	apiUrl: string;
	/** Origin of the files. */
	filesUrl: string;
	/** Everything tests want to see and to cause. */
	control: SandboxControl;
	close(): Promise<void>;
}

/** Starts a stand-in for Persona; whoever starts it closes it. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const settings = settingsOf(options);
	const world = new World(settings);
	const deliveries = new Deliveries(world);
	const control = new SandboxControl(world, deliveries);
	const files = fileServer(world);
	const app = Fastify({
		forceCloseConnections: true,
		bodyLimit: 50 * 1024 * 1024,
		routerOptions: { querystringParser: parseQuery },
		ajv: {
			customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false },
		},
	});
	acceptJson(app);
	await app.register(async (api) => serveApi(api, world, endpoints), { prefix: '/api/v1' });
	await app.register(async (pages: FastifyInstance) => {
		serveHostedPages(pages, world);
	});
	await app.register(async (pages: FastifyInstance) => serveControl(pages, world, control), {
		prefix: '/sandbox',
	});
	await files.listen({ host: settings.host, port: 0 });
	await app.listen({ host: settings.host, port: settings.port });
	world.url = originOf(app, settings.host);
	world.filesUrl = originOf(files, settings.host);
	control.reset();
	const clock = setInterval(() => expireOverdue(world), 1000);
	clock.unref();
	return {
		url: world.url,
		apiUrl: `${world.url}/api/v1`,
		filesUrl: world.filesUrl,
		control,
		async close() {
			clearInterval(clock);
			world.stop();
			deliveries.close();
			await Promise.all([app.close(), files.close()]);
		},
	};
}

function originOf(app: FastifyInstance, host: string) {
	const { port } = app.server.address() as AddressInfo;
	return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
}
