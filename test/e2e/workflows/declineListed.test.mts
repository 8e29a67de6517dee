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

/** In the sandbox, persons called Proxy have the address 198.51.100.7, all others 203.0.113.42. */
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

	const findObject = (id: string) => environment.sandbox.control.find(id) as StoredObject;

	const getAttributes = (id: string) => findObject(id).attributes;

	const count = (id: string, action: string) => countActions(environment.sandbox, id, action);

	const completeListedInquiry = async (fields = {}) =>
		await completeInquiry(environment.sandbox, { 'name-last': 'Proxy', ...fields });

	/** Adds a session like the first one, but with another IP address. */
	const addSession = (inquiryId: string, id: string, ipAddress: string | null) => {
		const { relationships = {} } = findObject(inquiryId);
		const [first] = [relationships.sessions.data ?? []].flat();
		const attributes = { ...getAttributes(first.id), 'ip-address': ipAddress };
		environment.sandbox.control.store.add({ ...findObject(first.id), id, attributes });
		relationships.sessions.data = [first, { type: 'inquiry-session', id }];
	};

	it('does nothing about an inquiry whose IP addresses are not on the list', async () => {
		const id = await completeInquiry(environment.sandbox, { 'name-last': 'Doe' });
		const [execution] = await published.waitForExecutions(id);
		expect([execution.status, execution.lastNode]).toEqual(['success', 'On the list']);
		expect(getAttributes(id).status).toBe('completed');
	});

	it('declines with the name of the list when an IP address is in a range on it', async () => {
		const id = await completeListedInquiry();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(getAttributes(id)).toMatchObject({ status: 'declined', 'reviewer-comment': REASON });
	});

	it('declines once when several IP addresses are on the list', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await completeListedInquiry();
		addSession(id, 'iqse_Second', '198.51.100.8');
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

	it('also declines an inquiry that waits for review', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await completeListedInquiry();
		await send(environment.sandbox, 'POST', `/inquiries/${id}/mark-for-review`);
		control.releaseDeliveries();
		await published.waitForExecutions(id);
		expect(getAttributes(id).status).toBe('declined');
	});

	it('marks an inquiry without an IP address for review', async () => {
		const { control } = environment.sandbox;
		const [id] = control.seedInquiries(1);
		control.emitEvent('inquiry.completed', id);
		await published.waitForExecutions(id);
		expect(getAttributes(id).status).toBe('needs_review');
	});

	it('marks an inquiry for review when one session among others has no IP address', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await completeInquiry(environment.sandbox, { 'name-last': 'Doe' });
		addSession(id, 'iqse_Unknown', null);
		control.releaseDeliveries();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(getAttributes(id).status).toBe('needs_review');
	});

	it('marks an inquiry for review when an item of the list could not be read', async () => {
		const { control } = environment.sandbox;
		const item = control.store.add({
			type: 'list-item/ip-address',
			id: 'liip_Unreadable',
			attributes: { value: '192.0.2.1-192.0.2.9', status: 'active', 'archived-at': null },
			relationships: {},
		});
		const items = findObject(LIST).relationships?.['list-items'];
		const before = items?.data;
		if (items) items.data = [...[before ?? []].flat(), { type: item.type, id: item.id }];
		const unknown = await completeInquiry(environment.sandbox, { 'name-last': 'Doe' });
		const listed = await completeListedInquiry();
		await published.waitForExecutions(unknown);
		await published.waitForExecutions(listed);
		if (items && before !== undefined) items.data = before;
		expect(getAttributes(unknown).status).toBe('needs_review');
		expect(getAttributes(listed).status).toBe('declined');
	});

	it('does nothing about a failed inquiry', async () => {
		const id = await completeInquiry(environment.sandbox, { 'name-last': 'Fail' });
		await published.waitForExecutions(await completeListedInquiry());
		expect(await published.waitForExecutions(id, 0)).toEqual([]);
		expect(getAttributes(id).status).toBe('failed');
	});

	it('keeps an approval that was made before the event arrived', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await completeListedInquiry();
		await send(environment.sandbox, 'POST', `/inquiries/${id}/approve`);
		control.releaseDeliveries();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(getAttributes(id).status).toBe('approved');
	});

	it('declines once when Persona delivers an event twice', async () => {
		const id = await completeListedInquiry();
		await published.waitForExecutions(id);
		await redeliverEvent(environment.sandbox, 'inquiry.completed', id);
		const executions = await published.waitForExecutions(id, 2);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(count(id, 'decline')).toBe(1);
	});

	it('decides nothing while the list cannot be read, and a retry continues', async () => {
		environment.sandbox.control.addFault({ path: '/lists/.+', kind: 'status', status: 403 });
		const id = await completeListedInquiry();
		const [failed] = await published.waitForExecutions(id);
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Is it on the list?']);
		expect(getAttributes(id).status).toBe('completed');

		const retried = await published.retryExecution(failed);
		expect(retried.status).toBe('success');
		expect(getAttributes(id)).toMatchObject({ status: 'declined', 'reviewer-comment': REASON });
	});
});
