import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { redeliverEvent, completeInquiry, countActions } from './scenarioSteps.mts';

const LIST = 'lst_Sandbox-ip-address';

/** The sandbox lets people called Proxy come from 198.51.100.7, and all others from 203.0.113.42. */
const LISTED = '198.51.100.0/24';

const REASON = 'An IP address of the session is on the list Blocked IP addresses';

describe('"Decline when the IP address is on a list"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			reportSeconds: 0.01,
		});
		const { control } = environment.sandbox;
		control.store.add({
			type: 'list/ip-address',
			id: LIST,
			attributes: { name: 'Blocked IP addresses', status: 'active', 'archived-at': null },
			relationships: { 'list-items': { data: [] } },
		});
		const attributes = { 'list-id': LIST, value: LISTED };
		const item = await send(environment.sandbox, 'POST', '/list-item/ip-addresses', {
			data: { attributes },
		});
		await waitFor(
			'the address is active on the list',
			async () => control.find(item.data.id)?.attributes.status === 'active',
		);
		published = await environment.publishWorkflow('04-decline-listed-ip-addresses');
	});
	afterAll(async () => await environment?.close());

	const find = (id: string) => environment.sandbox.control.find(id) as StoredObject;

	const inquiry = (id: string) => find(id).attributes;

	const times = (id: string, action: string) => countActions(environment.sandbox, id, action);

	const listed = async (fields = {}) =>
		await completeInquiry(environment.sandbox, { 'name-last': 'Proxy', ...fields });

	it('leaves an inquiry alone whose addresses are not on the list', async () => {
		const id = await completeInquiry(environment.sandbox, { 'name-last': 'Doe' });
		const [execution] = await published.waitForExecutions(id);
		expect([execution.status, execution.lastNode]).toEqual(['success', 'On the list']);
		expect(inquiry(id).status).toBe('completed');
	});

	it('declines with the name of the list where an address is within a range on it', async () => {
		const id = await listed();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(inquiry(id)).toMatchObject({ status: 'declined', 'reviewer-comment': REASON });
	});

	it('declines once where several addresses are on the list', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await listed();
		const { relationships = {} } = find(id);
		const [{ id: first }] = [relationships.sessions.data ?? []].flat();
		const second = control.store.add({
			...find(first),
			id: 'iqse_Second',
			attributes: { ...find(first).attributes, 'ip-address': '198.51.100.8' },
		});
		relationships.sessions.data = [
			{ type: 'inquiry-session', id: first },
			{ type: 'inquiry-session', id: second.id },
		];
		control.releaseDeliveries();
		const [execution] = await published.waitForExecutions(id);
		const addresses = execution.runs['On the list'][0].data?.main[0]?.map(({ json }) => json.value);
		expect(addresses).toEqual(['198.51.100.7', '198.51.100.8']);
		expect(execution.status).toBe('success');
		const declined = control.store
			.getCollection('event')
			.findAll(({ attributes }) => attributes.name === 'inquiry.declined')
			.filter(({ attributes }) => JSON.stringify(attributes.payload).includes(`"${id}"`));
		expect(declined).toHaveLength(1);
	});

	it('declines what waits for a review as well', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await listed();
		await send(environment.sandbox, 'POST', `/inquiries/${id}/mark-for-review`);
		control.releaseDeliveries();
		await published.waitForExecutions(id);
		expect(inquiry(id).status).toBe('declined');
	});

	it('marks for review where Persona knows no address', async () => {
		const { control } = environment.sandbox;
		const [id] = control.seedInquiries(1);
		control.emitEvent('inquiry.completed', id);
		await published.waitForExecutions(id);
		expect(inquiry(id).status).toBe('needs_review');
	});

	it('does nothing about an inquiry that has failed', async () => {
		const id = await completeInquiry(environment.sandbox, { 'name-last': 'Fail' });
		await published.waitForExecutions(await listed());
		expect(await published.waitForExecutions(id, 0)).toEqual([]);
		expect(inquiry(id).status).toBe('failed');
	});

	it('keeps an approval that is older than the delivery of the event', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await listed();
		await send(environment.sandbox, 'POST', `/inquiries/${id}/approve`);
		control.releaseDeliveries();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(inquiry(id).status).toBe('approved');
	});

	it('declines once when Persona delivers an event twice', async () => {
		const id = await listed();
		await published.waitForExecutions(id);
		await redeliverEvent(environment.sandbox, 'inquiry.completed', id);
		const executions = await published.waitForExecutions(id, 2);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(times(id, 'decline')).toBe(1);
	});

	it('decides nothing while the list cannot be read, and a retry goes on from there', async () => {
		environment.sandbox.control.addFault({ path: '/lists/.+', kind: 'status', status: 403 });
		const id = await listed();
		const [failed] = await published.waitForExecutions(id);
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Is it on the list?']);
		expect(inquiry(id).status).toBe('completed');

		const retried = await published.retryExecution(failed);
		expect(retried.status).toBe('success');
		expect(inquiry(id)).toMatchObject({ status: 'declined', 'reviewer-comment': REASON });
	});
});
