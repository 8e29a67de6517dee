import axios from 'axios';
import { randomUUID } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import { waitFor, type StoredCredential } from '../../../tools/n8n/n8nClient.mts';
import { fixtures, type HttpsStep } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { sign } from '../../support/sign.mts';
import { buildNode } from '../buildNode.mts';
import {
	buildCredentialData,
	startTestEnvironment,
	type TestEnvironment,
} from '../testEnvironment.mts';

const TRIGGER = 'Persona Trigger';

const SECRET = 'wbhsec_step';

/** Seconds that the slow workflow takes; n8n keeps waits below 65 seconds in its process. */
const SLOW = 6;

const decide = buildNode(
	'n8n-nodes-base.set',
	'Decide',
	{
		mode: 'raw',
		jsonOutput: '={{ ({ verdict: "pass", of: $json.body.runId }) }}',
	},
	{ typeVersion: 3.4 },
);

const wait = buildNode(
	'n8n-nodes-base.wait',
	'Wait',
	{ resume: 'timeInterval', amount: SLOW, unit: 'seconds' },
	{ typeVersion: 1.1, webhookId: randomUUID() },
);

const fail = buildNode('n8n-nodes-base.stopAndError', 'Fail', { errorMessage: 'No such customer' });

/** An n8n workflow that Persona workflows call. */
interface Called {
	id: string;
	url: string;
	testUrl: string;
}

describe('n8n, called by a Persona workflow', () => {
	let environment: TestEnvironment;
	let credential: StoredCredential;

	beforeAll(async () => {
		environment = await startTestEnvironment({ reportSeconds: 0.01 });
		credential = await environment.client.createCredential({
			name: 'Persona with secrets',
			type: 'personaApi',
			data: {
				...buildCredentialData(environment.sandbox),
				webhookSecret: `wbhsec_before, ${SECRET}`,
			},
		});
	});
	afterAll(async () => await environment?.close());

	/** Makes an n8n workflow of nodes in a row behind the trigger. */
	async function workflow(nodes: INode[], parameters: IDataObject = {}): Promise<Called> {
		const webhookId = randomUUID();
		const trigger = buildNode(
			'n8n-nodes-persona.personaTrigger',
			TRIGGER,
			{ receive: 'workflow', responseMode: 'lastNode', ...parameters },
			{ webhookId, credentials: { personaApi: { id: credential.id, name: credential.name } } },
		);
		const all = [trigger, ...nodes];
		const connections = Object.fromEntries(
			nodes.map(({ name }, index) => [
				all[index].name,
				{ main: [[{ node: name, type: 'main' as const, index: 0 }]] },
			]),
		);
		const { id } = await environment.client.createWorkflow({
			name: 'Called',
			nodes: all,
			connections,
		});
		const at = (path: string) => `${environment.n8n.url}/${path}/${webhookId}/webhook`;
		return { id, url: at('webhook'), testUrl: at('webhook-test') };
	}

	async function published(nodes: INode[], parameters?: IDataObject) {
		const made = await workflow(nodes, parameters);
		expect(await environment.client.publish(made.id)).toMatchObject({ status: 'published' });
		return made;
	}

	/** Runs a Persona workflow whose step calls n8n, until its end. */
	async function run(step: Partial<HttpsStep> & { url: string }) {
		const { control } = environment.sandbox;
		control.setHttpsStep(fixtures.workflow, {
			secret: SECRET,
			buildBody: (runId) => ({ runId }),
			...step,
		});
		const path = `/workflows/${fixtures.workflow}/trigger`;
		const { data } = await send(environment.sandbox, 'POST', path, {
			data: { attributes: { fields: { account_id: 'act_1' } } },
		});
		const from = performance.now();
		await waitFor(
			'the run ends',
			async () => control.getWorkflowRun(data.id).status !== 'in_progress',
		);
		const { status, attempts, output } = control.getWorkflowRun(data.id);
		return {
			id: data.id,
			status,
			output,
			answers: attempts.map((attempt) => attempt.status),
			attempts,
			seconds: (performance.now() - from) / 1000,
		};
	}

	const statuses = async ({ id }: Called) => {
		const executions = await environment.client.fetchExecutions(id);
		const ended = executions.map(
			async ({ id: each }) => await environment.client.waitForExecution(each),
		);
		return (await Promise.all(ended)).map(({ status }) => status);
	};

	it('answers with the item of the last node, which becomes the output of the run', async () => {
		const made = await published([decide]);
		const { id, status, output, answers } = await run(made);
		expect([status, answers]).toEqual(['completed', [200]]);
		expect(output).toEqual({ verdict: 'pass', of: id });
		expect(await statuses(made)).toEqual(['success']);
	});

	it('takes either of two secrets while one replaces the other', async () => {
		const made = await published([decide]);
		for (const secret of ['wbhsec_before', SECRET]) {
			expect(await run({ ...made, secret })).toMatchObject({ status: 'completed' });
		}
		expect(await statuses(made)).toEqual(['success', 'success']);
	});

	it('refuses calls that are not signed, forged, stale or altered, and starts nothing', async () => {
		const made = await published([decide]);
		for (const secret of [undefined, 'wbhsec_wrong', '']) {
			const { status, answers, output } = await run({ ...made, secret });
			expect([status, answers, output]).toEqual(['errored', [401], undefined]);
		}
		const body = '{"runId":"wfr_1"}';
		const now = Math.floor(Date.now() / 1000);
		const forged = {
			stale: sign(body, SECRET, now - 6 * 60),
			altered: sign('{"runId":"wfr_2"}', SECRET),
		};
		for (const signature of Object.values(forged)) {
			const { status } = await axios.post(made.url, Buffer.from(body), {
				headers: { 'Content-Type': 'application/json', 'Persona-Signature': signature },
				validateStatus: () => true,
				proxy: false,
			});
			expect(status).toBe(401);
		}
		expect(await environment.client.fetchExecutions(made.id)).toEqual([]);
	});

	it('answers at once where the result is not waited for', async () => {
		const made = await published([wait, decide], { responseMode: 'onReceived' });
		const { status, seconds } = await run(made);
		expect(status).toBe('completed');
		expect(seconds).toBeLessThan(SLOW);
		expect(await statuses(made)).toEqual(['success']);
	});

	it('gives the result of its one run to the call that comes while it goes on', async () => {
		const made = await published([wait, decide]);
		const { id, status, output, answers, seconds } = await run({
			...made,
			timeoutMs: 2_000,
			retrySeconds: [1, 1, 1, 1, 1],
		});
		expect([status, output]).toEqual(['completed', { verdict: 'pass', of: id }]);
		expect(answers.slice(0, 2)).toEqual([null, null]);
		expect(answers.at(-1)).toBe(200);
		expect(seconds).toBeGreaterThan(SLOW);
		expect(await statuses(made)).toEqual(['success']);
	});

	it('gives the result of its one run to the call that comes after it', async () => {
		const made = await published([wait, decide]);
		const { id, output, answers } = await run({
			...made,
			timeoutMs: 2_000,
			retrySeconds: [SLOW + 2],
		});
		expect([answers, output]).toEqual([[null, 200], { verdict: 'pass', of: id }]);
		expect(await statuses(made)).toEqual(['success']);
	});

	it('answers 500 where it fails, and tries anew with each call that follows', async () => {
		const made = await published([fail]);
		const { status, answers, attempts, output } = await run({ ...made, retrySeconds: [2] });
		expect([status, answers, output]).toEqual(['errored', [500, 500], undefined]);
		expect(JSON.stringify(attempts)).not.toContain('No such customer');
		expect(await statuses(made)).toEqual(['error', 'error']);
	});

	it('tells of a failure that nobody waited for, without a second run', async () => {
		const made = await published([wait, fail]);
		const { status, answers } = await run({
			...made,
			timeoutMs: 2_000,
			retrySeconds: [SLOW + 2],
		});
		expect([status, answers]).toEqual(['errored', [null, 500]]);
		expect(await statuses(made)).toEqual(['error']);
	});

	it('answers a call to the test URL while the editor listens', async () => {
		const made = await workflow([decide]);
		expect(await environment.client.runWorkflow(made.id, TRIGGER)).toMatchObject({
			waitingForWebhook: true,
		});
		expect(await run({ ...made, url: made.testUrl, secret: undefined })).toMatchObject({
			answers: [401],
		});
		const { id, output } = await run({ ...made, url: made.testUrl });
		expect(output).toEqual({ verdict: 'pass', of: id });
		expect(await statuses(made)).toEqual(['success']);
	});
});
