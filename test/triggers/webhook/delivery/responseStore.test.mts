import { sign } from '../../../support/sign.mts';
import type { TestWebhookTrigger, RunWorkflow } from '../webhookTriggerHarness.mts';
import { waitUntil, createWebhookTriggerHarness } from '../sandboxHarness.mts';

const here = createWebhookTriggerHarness();

const SECRET = 'wbhsec_of_the_step';

const BODY = '{"run":"wfr_1"}';

const HOUR = 60 * 60 * 1000;

afterEach(() => jest.restoreAllMocks());

/** Work that ends when the test says so, and with what it says. */
function gate() {
	let open: (answer: Awaited<ReturnType<RunWorkflow>>) => void = () => {};
	const answer = new Promise<Awaited<ReturnType<RunWorkflow>>>((resolve) => (open = resolve));
	return { work: async () => await answer, open };
}

describe('a call of a Persona workflow whose caller did not wait', () => {
	const now = () => Math.floor(Date.now() / 1000);

	/** Calls once more, with a signature of its own second. */
	const again = async (
		trigger: TestWebhookTrigger,
		second: number,
		body = BODY,
		signal?: AbortSignal,
	) =>
		await trigger.send(body, { 'persona-signature': sign(body, SECRET, now() + second) }, signal);

	/** Calls and hangs up as soon as that has reached the trigger. */
	async function leave(trigger: TestWebhookTrigger, second: number, body = BODY) {
		const caller = new AbortController();
		const { length } = trigger.deliveries;
		const call = again(trigger, second, body, caller.signal);
		await waitUntil(() => trigger.deliveries.length > length);
		caller.abort();
		await expect(call).rejects.toThrow('abort');
		await waitUntil(() => trigger.deliveries[length].closed);
	}

	let workflows = 0;

	async function slow() {
		const trigger = await here.listener({
			parameters: { receive: 'workflow', responseMode: 'lastNode' },
			credentials: { webhookSecret: SECRET },
			workflow: { id: `slow${++workflows}` },
		});
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		const { work, open } = gate();
		trigger.runWorkflow = work;
		return { trigger, warn, open };
	}

	it('gets the answer that was there before it called again', async () => {
		const { trigger, open } = await slow();
		await leave(trigger, 0);
		open({ status: 201, json: { verdict: 'pass – 合格' } });
		await waitUntil(() => trigger.responseStatuses.length === 1);
		const answer = await again(trigger, 1);
		expect([answer.status, await answer.json()]).toEqual([201, { verdict: 'pass – 合格' }]);
		expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
		expect(trigger.started).toHaveLength(1);
	});

	it('waits with the next call for the run that still goes on', async () => {
		const { trigger, open } = await slow();
		await leave(trigger, 0);
		const answer = again(trigger, 1);
		await waitUntil(() => trigger.deliveries.length === 2);
		open({ json: { verdict: 'pass' } });
		expect(await (await answer).json()).toEqual({ verdict: 'pass' });
		expect(trigger.started).toHaveLength(1);
	});

	it('leaves the answer to the next when that caller goes too', async () => {
		const { trigger, open } = await slow();
		for (const second of [0, 1, 2, 3]) await leave(trigger, second);
		const answer = again(trigger, 4);
		await waitUntil(() => trigger.deliveries.length === 5);
		open({ json: { verdict: 'pass' } });
		expect(await (await answer).json()).toEqual({ verdict: 'pass' });
		expect(trigger.started).toHaveLength(1);
	});

	it('takes the same signature again as well', async () => {
		const { trigger, open } = await slow();
		await leave(trigger, 0);
		open({ json: { verdict: 'pass' } });
		const signed = trigger.deliveries[0].signature;
		const answer = await trigger.send(BODY, { 'persona-signature': signed });
		expect(await answer.json()).toEqual({ verdict: 'pass' });
		expect(trigger.started).toHaveLength(1);
	});

	it('is a failure like any other, after which the next call tries anew', async () => {
		const { trigger, open } = await slow();
		await leave(trigger, 0);
		open({ status: 500, json: { message: 'Error in workflow' } });
		expect((await again(trigger, 1)).status).toBe(500);
		expect(trigger.started).toHaveLength(1);
		trigger.runWorkflow = async () => ({ json: { verdict: 'pass' } });
		expect(await (await again(trigger, 2)).json()).toEqual({ verdict: 'pass' });
		expect(trigger.started).toHaveLength(2);
	});

	it('is forgotten once its answer is received, and after an hour', async () => {
		const { trigger, open } = await slow();
		await leave(trigger, 0);
		open({ json: { verdict: 'pass' } });
		expect((await again(trigger, 1)).status).toBe(200);
		await waitUntil(() => trigger.deliveries[1].closed);
		trigger.runWorkflow = async () => await new Promise(() => {});
		await leave(trigger, 2);
		expect(trigger.started).toHaveLength(2);
		const realNow = Date.now.bind(Date);
		jest.spyOn(Date, 'now').mockImplementation(() => realNow() + HOUR);
		trigger.runWorkflow = async () => ({ json: {} });
		expect((await again(trigger, 0)).status).toBe(200);
		expect(trigger.started).toHaveLength(3);
	});

	it('tells nothing to a call that is not proven, nor to another body or listener', async () => {
		const { trigger, open } = await slow();
		await leave(trigger, 0);
		open({ json: { verdict: 'secret' } });
		trigger.runWorkflow = async () => ({ json: {} });
		for (const signature of ['', sign(BODY, 'wbhsec_other'), sign(BODY, SECRET, now() - 301)]) {
			const answer = await trigger.send(BODY, { 'persona-signature': signature });
			expect([answer.status, await answer.text()]).toEqual([
				401,
				expect.not.stringContaining('secret'),
			]);
		}
		expect(await (await again(trigger, 1, '{"run":"wfr_2"}')).json()).toEqual({});
		const other = await slow();
		other.open({ json: {} });
		expect(await (await again(other.trigger, 2)).json()).toEqual({});
		expect([trigger.started.length, other.trigger.started.length]).toEqual([2, 1]);
	});

	it('starts nothing again although its answer is too long to be kept', async () => {
		const { trigger, warn, open } = await slow();
		await leave(trigger, 0);
		open({ json: { text: 'x'.repeat(256 * 1024) } });
		expect((await again(trigger, 1)).status).toBe(409);
		expect((await again(trigger, 2)).status).toBe(409);
		expect(trigger.started).toHaveLength(1);
		expect(warn.mock.calls[0][0]).toContain('too large to store');
	});

	it('is another one while the first caller still waits', async () => {
		const { trigger, open } = await slow();
		const both = [again(trigger, 0), again(trigger, 1)];
		await waitUntil(() => trigger.started.length === 2);
		open({ json: {} });
		expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
	});
});
