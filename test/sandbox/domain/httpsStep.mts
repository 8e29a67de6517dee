import { type HttpsStep, type Sandbox, fixtures, startSandbox } from '../../../sandbox/sandbox.mts';
import { listEventNames, send, waitUntil } from '../../support/apiClient.mts';
import { type WebhookReceiver, startWebhookReceiver } from '../../support/webhookReceiver.mts';
import { sign } from '../../support/sign.mts';

describe('the step "Make HTTPS Request" of the sandbox', () => {
	let sandbox: Sandbox;
	let receiver: WebhookReceiver;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.01 });
		receiver = await startWebhookReceiver();
	});
	afterAll(async () => {
		await sandbox.close();
		await receiver.close();
	});
	beforeEach(() => {
		sandbox.control.reset();
		receiver.deliveries.length = 0;
		receiver.statuses.length = 0;
	});

	async function triggerRun(step: Partial<HttpsStep> = {}) {
		sandbox.control.setHttpsStep(fixtures.workflow, {
			url: receiver.url,
			buildBody: (runId) => ({ runId }),
			...step,
		});
		const { data } = await send(sandbox, 'POST', `/workflows/${fixtures.workflow}/trigger`, {
			data: { attributes: { fields: { account_id: 'act_1' } } },
		});
		return data.id;
	}

	const waitForRun = async (id: string) => {
		await waitUntil(() => sandbox.control.getWorkflowRun(id).status !== 'in_progress');
		return sandbox.control.getWorkflowRun(id);
	};

	const getStatuses = ({ attempts }: Awaited<ReturnType<typeof waitForRun>>) =>
		attempts.map(({ status }) => status);

	it('sends a body signed with its secret, and completes the run when the response comes', async () => {
		const id = await triggerRun({ secret: 'wbhsec_step' });
		expect(await waitForRun(id)).toMatchObject({ status: 'completed', output: {} });
		const [{ headers, body }] = receiver.deliveries;
		expect(body).toBe(JSON.stringify({ runId: id }));
		const [, seconds] = String(headers['persona-signature']).match(/^t=(\d+),/) ?? [];
		expect(headers['persona-signature']).toBe(sign(body, 'wbhsec_step', Number(seconds)));
	});

	it('does not sign without a secret', async () => {
		await waitForRun(await triggerRun());
		expect(receiver.deliveries[0].headers).not.toHaveProperty('persona-signature');
	});

	it('retries after a failure and after a timeout, each with a new signature', async () => {
		receiver.statuses.push(500, 0);
		const waits = { timeoutMs: 300, retrySeconds: [1, 1, 1], secret: 'wbhsec_step' };
		const run = await waitForRun(await triggerRun(waits));
		expect([run.status, getStatuses(run)]).toEqual(['completed', [500, null, 200]]);
		const signatures = run.attempts.map(({ headers }) => headers['Persona-Signature']);
		expect(new Set(signatures).size).toBe(3);
	});

	it('ends the run as errored after the last attempt', async () => {
		receiver.statuses.push(404, 404);
		const run = await waitForRun(await triggerRun({ retrySeconds: [0.01] }));
		expect([run.status, getStatuses(run)]).toEqual(['errored', [404, 404]]);
		expect(listEventNames(sandbox)).toContain('workflow-run.errored');
	});

	it('stops when the sandbox is reset', async () => {
		receiver.statuses.push(0);
		await triggerRun({ retrySeconds: [0.01] });
		await waitUntil(() => receiver.deliveries.length === 1);
		sandbox.control.reset();
		const before = listEventNames(sandbox);
		await new Promise((resolve) => setTimeout(resolve, 100));
		expect(receiver.deliveries).toHaveLength(1);
		expect(listEventNames(sandbox)).toEqual(before);
	});
});
