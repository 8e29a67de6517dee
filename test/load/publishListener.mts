import type { StoredObject } from '../../sandbox/sandbox.mts';
import { buildNode, selectCredential } from '../e2e/buildNode.mts';
import type { TestEnvironment } from '../e2e/testEnvironment.mts';

/** The name of the trigger. */
export const TRIGGER = 'Persona Trigger';

const INQUIRY_ACTIONS = ['created', 'completed', 'failed', 'approved', 'declined'];

const EVENTS = [
	...INQUIRY_ACTIONS.map((action) => `inquiry.${action}`),
	'account.created',
	'case.created',
	'transaction.created',
	'report/watchlist.ready',
];

/** Publishes a workflow that only receives events of several kinds, and returns its ID. */
export async function publishListener(environment: TestEnvironment): Promise<string> {
	const { id } = await environment.client.createWorkflow({
		name: 'Load test',
		nodes: [
			buildNode(
				'n8n-nodes-persona.personaTrigger',
				TRIGGER,
				{ events: EVENTS },
				{ ...selectCredential(environment), webhookId: '5f0b7a1c-92d4-4f0e-8a67-3b1de0c4a9f2' },
			),
		],
		connections: {},
		settings: { executionOrder: 'v1' },
	});
	const { status, triggers } = await environment.client.publish(id);
	if (status !== 'published') throw new Error(triggers?.[0]?.errorMessage ?? status);
	return id;
}

/** Returns a function that emits an event, of another kind each time, and returns its ID. */
export function createEventEmitter({ sandbox: { control } }: TestEnvironment): () => string {
	const inquiries = control.seedInquiries(100);
	const buildObject = (type: string): StoredObject => ({
		type,
		id: `${type.replace('/', '-')}_load`,
		attributes: { 'reference-id': 'customer-1', 'created-at': new Date().toISOString() },
	});
	let count = 0;
	return () => {
		const name = EVENTS[count % EVENTS.length];
		const [type] = name.split('.');
		const object = type === 'inquiry' ? inquiries[count % inquiries.length] : buildObject(type);
		count += 1;
		return control.emitEvent(name, object);
	};
}
