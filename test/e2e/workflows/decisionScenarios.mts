import type { IDataObject } from 'n8n-workflow';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { requestDecision, requestNewLink, waitForDecision } from './decision.mts';
import type { PublishedWorkflow, WorkflowEnvironment } from './workflowEnvironment.mts';
import { wrongIds } from '../../support/wrongIds.mts';

/** A workflow that decides whether something of a user may go on, such as a payment. */
export interface DecidingWorkflow {
	environment: WorkflowEnvironment;
	published: PublishedWorkflow;
	/** Builds a new request that needs a verification. */
	createBody(): IDataObject;
	/** Sends such a request, and waits until the workflow waits for the person. */
	start(): Promise<{ body: IDataObject; id: string; link: string }>;
}

/** Waits until the latest failed execution is one that failed at this node. */
export const waitForFailureAt = async (
	{ environment: { client }, published }: Pick<DecidingWorkflow, 'environment' | 'published'>,
	nodeName: string,
) =>
	await waitFor(`an execution fails at "${nodeName}"`, async () => {
		const executions = await client.fetchExecutions(published.workflow.id, 100);
		const newest = executions.find(({ status }) => status === 'error');
		const execution = newest && (await client.fetchExecution(newest.id));
		return execution?.lastNode === nodeName && execution;
	});

/** Tests what such workflows have in common. `ids` are the members of the body that must be IDs. */
export function testDecisions(
	path: string,
	ids: string[],
	getWorkflow: () => DecidingWorkflow,
): void {
	const countInquiries = () =>
		getWorkflow().environment.sandbox.control.store.getCollection('inquiry').findAll().length;

	const request = async (body: IDataObject) =>
		await requestDecision(getWorkflow().environment, path, body);

	const waitForPass = async (body: IDataObject) =>
		await waitForDecision(async () => await request(body), 'pass');

	describe.each(ids)('%s', (name) => {
		it.each(wrongIds)('is refused if it is %j', async (id) => {
			const before = countInquiries();
			const body = { ...getWorkflow().createBody(), [name]: id } as IDataObject;
			expect(await request(body)).toEqual({
				status: 400,
				error: expect.stringContaining(`${name}`),
			});
			expect(countInquiries()).toBe(before);
		});
	});

	it('accepts a whole number as user ID', async () => {
		const body = { ...getWorkflow().createBody(), userId: 42 };
		const { inquiryId = '' } = await request(body);
		const inquiry = getWorkflow().environment.sandbox.control.find(inquiryId);
		expect(inquiry?.attributes['reference-id']).toBe('42');
	});

	it('needs nothing but the IDs and the amount', async () => {
		const { userId, amount, ...others } = getWorkflow().createBody();
		const requestIds = Object.entries(others).filter(([name]) => ids.includes(name));
		const minimal = { userId, amount, ...Object.fromEntries(requestIds) } as IDataObject;
		expect(await request(minimal)).toMatchObject({ status: 200, decision: 'verify' });
	});

	it('returns a new link for the same inquiry when the old one is lost, until it is decided', async () => {
		const { environment, start } = getWorkflow();
		const { body, id, link } = await start();
		const again = await requestNewLink(environment, path, body);
		expect(again).toMatchObject({ status: 200, decision: 'verify', inquiryId: id });
		expect(again.link).not.toBe(link);
		await completeHostedFlow(String(again.link));
		await waitForPass(body);
		const decided = { status: 200, decision: 'pass', inquiryId: id };
		expect(await requestNewLink(environment, path, body)).toEqual(decided);
	});

	it('creates one inquiry for a request that is sent twice at the same time', async () => {
		const before = countInquiries();
		const body = getWorkflow().createBody();
		const [one, other] = await Promise.all([request(body), request(body)]);
		expect(one).toMatchObject({ status: 200, decision: 'verify' });
		expect(other.inquiryId).toBe(one.inquiryId);
		expect(countInquiries()).toBe(before + 1);
	});

	it('decides nothing while Persona denies access, and accepts the request again', async () => {
		const { environment, createBody } = getWorkflow();
		const body = createBody();
		const before = countInquiries();
		// Persona would repeat a 403 for this idempotency key, but not a 401.
		environment.sandbox.control.addFault({ path: '/inquiries', kind: 'status', status: 401 });
		const denied = await request(body);
		expect([denied.status, denied.decision]).toEqual([500, undefined]);
		expect(countInquiries()).toBe(before);
		expect(await request(body)).toMatchObject({ status: 200, decision: 'verify' });
		expect(countInquiries()).toBe(before + 1);
	});

	it('passes nothing while a decision fails, and a retry continues', async () => {
		const { environment, published, start } = getWorkflow();
		const { body, id, link } = await start();
		environment.sandbox.control.addFault({
			path: '/inquiries/.+/approve',
			kind: 'status',
			status: 401,
		});
		await completeHostedFlow(link);
		const failed = await waitForFailureAt({ environment, published }, 'Approve');
		expect(await request(body)).toEqual({ status: 200, decision: 'verify', inquiryId: id });
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		await waitForPass(body);
	});
}
