import { type HttpsStep, type Sandbox, fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import { eventNames, send, until } from '../support/apiClient.mts';
import { type Receiver, startReceiver } from '../support/webhookReceiver.mts';
import { sign } from '../support/sign.mts';

describe('the step "Make HTTPS Request" of the sandbox', () => {
	let sandbox: Sandbox;
	let receiver: Receiver;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.01 });
		receiver = await startReceiver();
	});
	afterAll(async () => {
		await sandbox.close();
		await receiver.close();
	});
	beforeEach(() => {
		sandbox.control.reset();
		receiver.received.length = 0;
		receiver.answers.length = 0;
	});

	async function start(step: Partial<HttpsStep> = {}) {
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

	const ended = async (id: string) => {
		await until(() => sandbox.control.getWorkflowRun(id).status !== 'in_progress');
		return sandbox.control.getWorkflowRun(id);
	};

	const statuses = ({ attempts }: Awaited<ReturnType<typeof ended>>) =>
		attempts.map(({ status }) => status);

	it('sends its body signed with its secret, and ends the run when it is answered', async () => {
		const id = await start({ secret: 'wbhsec_step' });
		expect(await ended(id)).toMatchObject({ status: 'completed', output: '' });
		const [{ headers, body }] = receiver.received;
		expect(body).toBe(JSON.stringify({ runId: id }));
		const [, seconds] = String(headers['persona-signature']).match(/^t=(\d+),/) ?? [];
		expect(headers['persona-signature']).toBe(sign(body, 'wbhsec_step', Number(seconds)));
	});

	it('does not sign without a secret', async () => {
		await ended(await start());
		expect(receiver.received[0].headers).not.toHaveProperty('persona-signature');
	});

	it('tries again after a failure and after a time-out, with a signature of that time', async () => {
		receiver.answers.push(500, 0);
		const waits = { timeoutMs: 300, retrySeconds: [1, 1, 1], secret: 'wbhsec_step' };
		const run = await ended(await start(waits));
		expect([run.status, statuses(run)]).toEqual(['completed', [500, null, 200]]);
		const signatures = run.attempts.map(({ headers }) => headers['Persona-Signature']);
		expect(new Set(signatures).size).toBe(3);
	});

	it('ends the run as errored when no attempt is left', async () => {
		receiver.answers.push(404, 404);
		const run = await ended(await start({ retrySeconds: [0.01] }));
		expect([run.status, statuses(run)]).toEqual(['errored', [404, 404]]);
		expect(eventNames(sandbox)).toContain('workflow-run.errored');
	});

	it('does nothing more when the sandbox is reset', async () => {
		receiver.answers.push(0);
		await start({ retrySeconds: [0.01] });
		await until(() => receiver.received.length === 1);
		sandbox.control.reset();
		const before = eventNames(sandbox);
		await new Promise((resolve) => setTimeout(resolve, 100));
		expect(receiver.received).toHaveLength(1);
		expect(eventNames(sandbox)).toEqual(before);
	});
});
