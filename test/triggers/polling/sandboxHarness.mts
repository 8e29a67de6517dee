import { startSandbox, type Sandbox, type StoredObject } from '../../../sandbox/sandbox.mts';
import { TestPollingTrigger, type PollingTriggerOptions } from './pollingTriggerHarness.mts';

/** The key that pollers use unless a test says otherwise. */
const API_KEY = 'persona_sandbox_demo';

/** A stand-in for Persona, empty for each test, with ways to fill it. */
export function createPollingTriggerHarness() {
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
		createTrigger: (options: Partial<PollingTriggerOptions> = {}) =>
			new TestPollingTrigger({ baseUrl: sandbox.apiUrl, apiKey: API_KEY, ...options }),
		/** An event that is listed as the newest one, whenever it happened; returns its ID. */
		addEvent(at: number, name = 'inquiry.approved', attributes: StoredObject['attributes'] = {}) {
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
		sortEvents: () => sandbox.control.store.getCollection('event').sortByCreation(),
		/** The API requests so far, without those of the demo data. */
		getApiRequests: () => sandbox.control.requests.filter(({ path }) => path.startsWith('/api/v1')),
	};
}
