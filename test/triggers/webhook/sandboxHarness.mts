import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.mts';
import { Listener, type ListenerOptions } from './webhookTriggerHarness.mts';

/** The key that triggers use unless a test says otherwise. */
const KEY = 'persona_sandbox_demo';

/** A stand-in for Persona, empty for each test, and triggers that listen to it until its end. */
export function world() {
	const listeners: Listener[] = [];
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({
			webhookRetrySeconds: [0.1, 0.2],
			rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
		});
	});
	afterEach(async () => {
		await Promise.all(listeners.splice(0).map(async (listener) => await listener.stop()));
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
		async listener({ credentials, ...options }: Partial<ListenerOptions> = {}) {
			const listener = await Listener.start({
				baseUrl: sandbox.apiUrl,
				credentials: { apiKey: KEY, ...credentials },
				...options,
			});
			listeners.push(listener);
			return listener;
		},
	};
}

type World = ReturnType<typeof world>;

/** The webhooks of a sandbox that are not archived. */
export const standing = ({ sandbox: { control } }: World) =>
	control.store
		.getCollection('webhook')
		.findAll()
		.filter(({ attributes }) => attributes.status !== 'archived');

/** The API requests a sandbox has seen, as `GET /webhooks`. */
export const asked = ({ sandbox: { control } }: World) =>
	control.requests.map(
		({ method, path }) => `${method} ${path.replace('/api/v1', '').replace(/\/wbh_\w+/, '/{id}')}`,
	);

/** Waits until something is so; fails after five seconds. */
export async function until(isSo: () => boolean) {
	for (const startedAt = Date.now(); !isSo();) {
		if (Date.now() - startedAt > 5000) throw new Error(`It never came true that ${isSo}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

/** The inquiry that the events of a test are about, unless it says otherwise. */
export const inquiry = (id = 'inq_1') => ({
	type: 'inquiry',
	id,
	attributes: { status: 'completed', 'reference-id': 'user-42', fields: {} },
	relationships: {},
});

/** The body of an event as Persona sends it. */
export const bodyOf = (id: string, name = 'inquiry.completed') =>
	JSON.stringify({
		data: {
			type: 'event',
			id,
			attributes: {
				name,
				payload: { data: inquiry() },
				'created-at': '2025-03-15T18:35:00.000Z',
				context: null,
			},
		},
	});
