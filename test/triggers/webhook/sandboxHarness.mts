import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.mts';
import { TestWebhookTrigger, type WebhookTriggerOptions } from './webhookTriggerHarness.mts';

/** The key that triggers use unless a test says otherwise. */
const API_KEY = 'persona_sandbox_demo';

/** A stand-in for Persona, empty for each test, and triggers that listen to it until its end. */
export function createWebhookTriggerHarness() {
	const listeners: TestWebhookTrigger[] = [];
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({
			webhookRetrySeconds: [0.1, 0.2],
			rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
		});
	});
	afterEach(async () => {
		await Promise.all(listeners.splice(0).map(async (startTrigger) => await startTrigger.stop()));
		sandbox.control.setOutage(false);
		sandbox.control.clearFaults();
		sandbox.control.requests.length = 0;
		sandbox.control.reset();
	});
	afterAll(async () => await sandbox.close());
	return {
		get sandbox() {
			return sandbox;
		},
		async listener({ credentials, ...options }: Partial<WebhookTriggerOptions> = {}) {
			const listener = await TestWebhookTrigger.start({
				baseUrl: sandbox.apiUrl,
				credentials: { apiKey: API_KEY, ...credentials },
				...options,
			});
			listeners.push(listener);
			return listener;
		},
	};
}

type WebhookTriggerHarness = ReturnType<typeof createWebhookTriggerHarness>;

/** The webhooks of a sandbox that are not archived. */
export const getActiveWebhooks = ({ sandbox: { control } }: WebhookTriggerHarness) =>
	control.store
		.getCollection('webhook')
		.findAll()
		.filter(({ attributes }) => attributes.status !== 'archived');

/** The API requests a sandbox has seen, as `GET /webhooks`. */
export const getApiRequests = ({ sandbox: { control } }: WebhookTriggerHarness) =>
	control.requests.map(
		({ method, path }) => `${method} ${path.replace('/api/v1', '').replace(/\/wbh_\w+/, '/{id}')}`,
	);

/** Waits until something is so; fails after five seconds. */
export async function waitUntil(isSo: () => boolean) {
	for (const startedAt = Date.now(); !isSo();) {
		if (Date.now() - startedAt > 5000) throw new Error(`It never came true that ${isSo}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

/** The inquiry that the events of a test are about, unless it says otherwise. */
export const buildInquiry = (id = 'inq_1') => ({
	type: 'inquiry',
	id,
	attributes: { status: 'completed', 'reference-id': 'user-42', fields: {} },
	relationships: {},
});

/** The body of an event as Persona sends it. */
export const buildEventBody = (id: string, name = 'inquiry.completed') =>
	JSON.stringify({
		data: {
			type: 'event',
			id,
			attributes: {
				name,
				payload: { data: buildInquiry() },
				'created-at': '2025-03-15T18:35:00.000Z',
				context: null,
			},
		},
	});
