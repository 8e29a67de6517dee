import Fastify, { type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { endpoints } from './api/index.mts';
import { registerControlRoutes } from './control/registerControlRoutes.mts';
import { SandboxControl } from './control/sandboxControl.mts';
import { expireOverdueInquiries } from './domain/inquiries/inquiry.mts';
import { createFileServer } from './files/fileServer.mts';
import { registerHostedFlow } from './hostedFlow/registerHostedFlow.mts';
import { registerJsonParser } from './http/registerJsonParser.mts';
import { parseQuery } from './http/queryString.mts';
import { registerApi } from './http/registerApi.mts';
import { SandboxState } from './state/sandboxState.mts';
import { resolveSettings, type SandboxOptions } from './state/settings.mts';
import { WebhookDispatcher } from './webhooks/webhookDispatcher.mts';

export type { SandboxControl } from './control/sandboxControl.mts';
export type { SeedInquiriesOptions } from './domain/seeding/seedInquiries.mts';
export { testPersonas } from './domain/shared/testPersonas.mts';
export type { FaultOptions } from './state/faultQueue.mts';
export { fixtures } from './state/fixtures.mts';
export type { HttpsStep } from './state/httpsStep.mts';
export type { Json, JsonObject } from './state/json.mts';
export type { QuotaProduct } from './state/limits.mts';
export type { FileRequestLogEntry, RequestLogEntry } from './state/logEntries.mts';
export type {
	ListItemsShown,
	RateLimit,
	SandboxApiKey,
	SandboxOptions,
} from './state/settings.mts';
export type { StoredObject } from './state/storedObject.mts';
export { buildSignatureHeader } from './webhooks/signature.mts';
export type { DeliveryLogEntry } from './webhooks/webhookDispatcher.mts';

const EXPIRY_CHECK_MS = 1000;
const MAX_BODY_BYTES = 50 * 1024 * 1024;

/** A running fake of Persona. */
export interface Sandbox {
	/** Origin of the API, of the hosted flow and of `/sandbox`. */
	url: string;
	/** The API URL for a credential. */
	apiUrl: string;
	/** Origin of the files. */
	filesUrl: string;
	/** Inspects and controls the sandbox. */
	control: SandboxControl;
	close(): Promise<void>;
}

/** Starts a fake of Persona. The caller closes it. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const settings = resolveSettings(options);
	const state = new SandboxState(settings);
	const dispatcher = new WebhookDispatcher(state);
	const control = new SandboxControl(state, dispatcher);
	const fileServer = createFileServer(state);
	const app = Fastify({
		forceCloseConnections: true,
		bodyLimit: MAX_BODY_BYTES,
		routerOptions: { querystringParser: parseQuery },
		ajv: {
			customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false },
		},
	});
	registerJsonParser(app);
	await app.register(async (api) => registerApi(api, state, endpoints), { prefix: '/api/v1' });
	await app.register(async (pages: FastifyInstance) => {
		registerHostedFlow(pages, state);
	});
	await app.register(
		async (routes: FastifyInstance) => registerControlRoutes(routes, state, control),
		{ prefix: '/sandbox' },
	);
	await fileServer.listen({ host: settings.host, port: 0 });
	await app.listen({ host: settings.host, port: settings.port });
	state.url = getOrigin(app, settings.host);
	state.filesUrl = getOrigin(fileServer, settings.host);
	control.reset();
	const expiryTimer = setInterval(() => expireOverdueInquiries(state), EXPIRY_CHECK_MS);
	expiryTimer.unref();
	return {
		url: state.url,
		apiUrl: `${state.url}/api/v1`,
		filesUrl: state.filesUrl,
		control,
		async close() {
			clearInterval(expiryTimer);
			state.cancelTimers();
			dispatcher.close();
			await Promise.all([app.close(), fileServer.close()]);
		},
	};
}

function getOrigin(app: FastifyInstance, host: string) {
	const { port } = app.server.address() as AddressInfo;
	const name = host === '0.0.0.0' ? '127.0.0.1' : host;
	return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
