import { sign } from '../../../support/sign.mts';
import {
	type TestWebhookTrigger,
	type RunWorkflow,
	waitUntil,
	createWebhookTriggerHarness,
} from '../webhookTriggerHarness.mts';

const harness = createWebhookTriggerHarness();

const SECRET = 'wbhsec_of_the_step';

const BODY = '{"run":"wfr_1"}';

const HOUR_MS = 60 * 60 * 1000;

afterEach(() => jest.restoreAllMocks());

/** Creates a workflow that ends when the test calls `open`, with the response it passes. */
function createGate() {
	let open: (response: Awaited<ReturnType<RunWorkflow>>) => void = () => {};
	const pending = new Promise<Awaited<ReturnType<RunWorkflow>>>((resolve) => (open = resolve));
	return { runWorkflow: async () => await pending, open };
}

describe('a call of a Persona workflow whose caller did not wait', () => {
	const getNowSeconds = () => Math.floor(Date.now() / 1000);

	/** Calls with a signature of another second, like a retry. */
	const retry = async (
		trigger: TestWebhookTrigger,
		second: number,
		body = BODY,
		signal?: AbortSignal,
	) =>
		await trigger.send(
			body,
			{ 'persona-signature': sign(body, SECRET, getNowSeconds() + second) },
			signal,
		);

	/** Calls and hangs up as soon as the trigger has received it. */
	async function callAndHangUp(trigger: TestWebhookTrigger, second: number, body = BODY) {
		const caller = new AbortController();
		const { length } = trigger.deliveries;
		const call = retry(trigger, second, body, caller.signal);
		await waitUntil(() => trigger.deliveries.length > length);
		caller.abort();
		await expect(call).rejects.toThrow('abort');
		await waitUntil(() => trigger.deliveries[length].closed);
	}

	let workflows = 0;

	async function startSlowTrigger() {
		const trigger = await harness.startTrigger({
			parameters: { receive: 'workflow', responseMode: 'lastNode' },
			credentials: { webhookSecret: SECRET },
			workflow: { id: `slow${++workflows}` },
		});
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		const { runWorkflow, open } = createGate();
		trigger.runWorkflow = runWorkflow;
		return { trigger, warn, open };
	}

	it('gets the response that was ready before its retry', async () => {
		const { trigger, open } = await startSlowTrigger();
		await callAndHangUp(trigger, 0);
		open({ status: 201, json: { verdict: 'pass – 合格' } });
		await waitUntil(() => trigger.responseStatuses.length === 1);
		const response = await retry(trigger, 1);
		expect([response.status, await response.json()]).toEqual([201, { verdict: 'pass – 合格' }]);
		expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
		expect(trigger.started).toHaveLength(1);
	});

	it('waits with its retry for the run that still continues', async () => {
		const { trigger, open } = await startSlowTrigger();
		await callAndHangUp(trigger, 0);
		const response = retry(trigger, 1);
		await waitUntil(() => trigger.deliveries.length === 2);
		open({ json: { verdict: 'pass' } });
		expect(await (await response).json()).toEqual({ verdict: 'pass' });
		expect(trigger.started).toHaveLength(1);
	});

	it('leaves the response to the next retry if that caller disconnects too', async () => {
		const { trigger, open } = await startSlowTrigger();
		for (const second of [0, 1, 2, 3]) await callAndHangUp(trigger, second);
		const response = retry(trigger, 4);
		await waitUntil(() => trigger.deliveries.length === 5);
		open({ json: { verdict: 'pass' } });
		expect(await (await response).json()).toEqual({ verdict: 'pass' });
		expect(trigger.started).toHaveLength(1);
	});

	it('may retry with the same signature', async () => {
		const { trigger, open } = await startSlowTrigger();
		await callAndHangUp(trigger, 0);
		open({ json: { verdict: 'pass' } });
		const signed = trigger.deliveries[0].signature;
		const response = await trigger.send(BODY, { 'persona-signature': signed });
		expect(await response.json()).toEqual({ verdict: 'pass' });
		expect(trigger.started).toHaveLength(1);
	});

	it('gets a failed response like any other, and its next call starts the workflow again', async () => {
		const { trigger, open } = await startSlowTrigger();
		await callAndHangUp(trigger, 0);
		open({ status: 500, json: { message: 'Error in workflow' } });
		expect((await retry(trigger, 1)).status).toBe(500);
		expect(trigger.started).toHaveLength(1);
		trigger.runWorkflow = async () => ({ json: { verdict: 'pass' } });
		expect(await (await retry(trigger, 2)).json()).toEqual({ verdict: 'pass' });
		expect(trigger.started).toHaveLength(2);
	});

	it('is forgotten once its response is received, and after an hour', async () => {
		const { trigger, open } = await startSlowTrigger();
		await callAndHangUp(trigger, 0);
		open({ json: { verdict: 'pass' } });
		expect((await retry(trigger, 1)).status).toBe(200);
		await waitUntil(() => trigger.deliveries[1].closed);
		trigger.runWorkflow = async () => await new Promise(() => {});
		await callAndHangUp(trigger, 2);
		expect(trigger.started).toHaveLength(2);
		const realNow = Date.now.bind(Date);
		jest.spyOn(Date, 'now').mockImplementation(() => realNow() + HOUR_MS);
		trigger.runWorkflow = async () => ({ json: {} });
		expect((await retry(trigger, 0)).status).toBe(200);
		expect(trigger.started).toHaveLength(3);
	});

	it('does not share its response with a forged call, another body or another listener', async () => {
		const { trigger, open } = await startSlowTrigger();
		await callAndHangUp(trigger, 0);
		open({ json: { verdict: 'secret' } });
		trigger.runWorkflow = async () => ({ json: {} });
		for (const signature of [
			'',
			sign(BODY, 'wbhsec_other'),
			sign(BODY, SECRET, getNowSeconds() - 301),
		]) {
			const response = await trigger.send(BODY, { 'persona-signature': signature });
			expect([response.status, await response.text()]).toEqual([
				401,
				expect.not.stringContaining('secret'),
			]);
		}
		expect(await (await retry(trigger, 1, '{"run":"wfr_2"}')).json()).toEqual({});
		const other = await startSlowTrigger();
		other.open({ json: {} });
		expect(await (await retry(other.trigger, 2)).json()).toEqual({});
		expect([trigger.started.length, other.trigger.started.length]).toEqual([2, 1]);
	});

	it('starts nothing again even if its response is too large to store', async () => {
		const { trigger, warn, open } = await startSlowTrigger();
		await callAndHangUp(trigger, 0);
		open({ json: { text: 'x'.repeat(256 * 1024) } });
		expect((await retry(trigger, 1)).status).toBe(409);
		expect((await retry(trigger, 2)).status).toBe(409);
		expect(trigger.started).toHaveLength(1);
		expect(warn.mock.calls[0][0]).toContain('too large to store');
	});

	it('starts the workflow for a second call too while the first caller still waits', async () => {
		const { trigger, open } = await startSlowTrigger();
		const both = [retry(trigger, 0), retry(trigger, 1)];
		await waitUntil(() => trigger.started.length === 2);
		open({ json: {} });
		expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
	});
});
