import { startSandbox, type Sandbox, type StoredObject } from '../../../sandbox/sandbox.mts';
import { Poller, type PollerOptions } from './pollingTriggerHarness.mts';

/** The key that pollers use unless a test says otherwise. */
const KEY = 'persona_sandbox_demo';

/** A stand-in for Persona, empty for each test, with ways to fill it. */
export function world() {
	let sandbox: Sandbox;
	let count = 0;
	beforeAll(async () => {
		sandbox = await startSandbox({ rateLimit: { maxRequests: 100_000, windowSeconds: 60 } });
	});
	beforeEach(() => {
		count = 0;
	});
	afterEach(() => {
		sandbox.control.setOutage(false);
		sandbox.control.clearFaults();
		sandbox.control.reset();
	});
	afterAll(async () => await sandbox.close());
	return {
		get sandbox() {
			return sandbox;
		},
		poller: (options: Partial<PollerOptions> = {}) =>
			new Poller({ baseUrl: sandbox.apiUrl, apiKey: KEY, ...options }),
		/** An event that is listed as the newest one, whenever it happened; returns its ID. */
		happens(at: number, name = 'inquiry.approved', attributes: StoredObject['attributes'] = {}) {
			const id = `evt_${String(++count).padStart(6, '0')}`;
			const data = { type: 'inquiry', id: `inq_${count}`, attributes };
			sandbox.control.store.add({
				type: 'event',
				id,
				attributes: { name, payload: { data }, 'created-at': new Date(at).toISOString() },
			});
			return id;
		},
		/** Puts the list into the order of the times. */
		inOrder: () => sandbox.control.store.getCollection('event').sortByCreation(),
		/** The API requests so far, without those of the demo data. */
		asked: () => sandbox.control.requests.filter(({ path }) => path.startsWith('/api/v1')),
	};
}
