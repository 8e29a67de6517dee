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

/** How long the slow workflow takes. Below 65 seconds n8n waits in its process. */
const SLOW_SECONDS = 6;

const decideNode = buildNode(
	'n8n-nodes-base.set',
	'Decide',
	{
		mode: 'raw',
		jsonOutput: '={{ ({ verdict: "pass", of: $json.body.runId }) }}',
	},
	{ typeVersion: 3.4 },
);

const waitNode = buildNode(
	'n8n-nodes-base.wait',
	'Wait',
	{ resume: 'timeInterval', amount: SLOW_SECONDS, unit: 'seconds' },
	{ typeVersion: 1.1, webhookId: randomUUID() },
);

const failNode = buildNode('n8n-nodes-base.stopAndError', 'Fail', {
	errorMessage: 'No such customer',
});

/** An n8n workflow that Persona workflows call. */
interface CalledWorkflow {
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

	/** Stores an n8n workflow of the trigger and these nodes, in order. */
	async function storeWorkflow(
		nodes: INode[],
		parameters: IDataObject = {},
	): Promise<CalledWorkflow> {
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
		const buildUrl = (path: string) => `${environment.n8n.url}/${path}/${webhookId}/webhook`;
		return { id, url: buildUrl('webhook'), testUrl: buildUrl('webhook-test') };
	}

	async function publishWorkflow(nodes: INode[], parameters?: IDataObject) {
		const workflow = await storeWorkflow(nodes, parameters);
		expect(await environment.client.publish(workflow.id)).toMatchObject({ status: 'published' });
		return workflow;
	}

	/** Runs a Persona workflow whose step calls n8n, and waits for its end. */
	async function runPersonaWorkflow(step: Partial<HttpsStep> & { url: string }) {
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
			responses: attempts.map((attempt) => attempt.status),
			attempts,
			seconds: (performance.now() - from) / 1000,
		};
	}

	const fetchStatuses = async ({ id }: CalledWorkflow) => {
		const executions = await environment.client.fetchExecutions(id);
		const ended = executions.map(
			async ({ id: each }) => await environment.client.waitForExecution(each),
		);
		return (await Promise.all(ended)).map(({ status }) => status);
	};

	it('responds with the item of the last node, which becomes the output of the run', async () => {
		const workflow = await publishWorkflow([decideNode]);
		const { id, status, output, responses } = await runPersonaWorkflow(workflow);
		expect([status, responses]).toEqual(['completed', [200]]);
		expect(output).toEqual({ verdict: 'pass', of: id });
		expect(await fetchStatuses(workflow)).toEqual(['success']);
	});

	it('accepts both secrets during a rotation', async () => {
		const workflow = await publishWorkflow([decideNode]);
		for (const secret of ['wbhsec_before', SECRET]) {
			expect(await runPersonaWorkflow({ ...workflow, secret })).toMatchObject({
				status: 'completed',
			});
		}
		expect(await fetchStatuses(workflow)).toEqual(['success', 'success']);
	});

	it('rejects unsigned, forged, stale and altered calls, and starts nothing', async () => {
		const workflow = await publishWorkflow([decideNode]);
		for (const secret of [undefined, 'wbhsec_wrong', '']) {
			const { status, responses, output } = await runPersonaWorkflow({ ...workflow, secret });
			expect([status, responses, output]).toEqual(['errored', [401], undefined]);
		}
		const body = '{"runId":"wfr_1"}';
		const now = Math.floor(Date.now() / 1000);
		const rejectedSignatures = {
			stale: sign(body, SECRET, now - 6 * 60),
			altered: sign('{"runId":"wfr_2"}', SECRET),
		};
		for (const signature of Object.values(rejectedSignatures)) {
			const { status } = await axios.post(workflow.url, Buffer.from(body), {
				headers: { 'Content-Type': 'application/json', 'Persona-Signature': signature },
				validateStatus: () => true,
				proxy: false,
			});
			expect(status).toBe(401);
		}
		expect(await environment.client.fetchExecutions(workflow.id)).toEqual([]);
	});

	it('responds at once when nobody waits for the result', async () => {
		const workflow = await publishWorkflow([waitNode, decideNode], { responseMode: 'onReceived' });
		const { status, seconds } = await runPersonaWorkflow(workflow);
		expect(status).toBe('completed');
		expect(seconds).toBeLessThan(SLOW_SECONDS);
		expect(await fetchStatuses(workflow)).toEqual(['success']);
	});

	it('returns the result of its one execution to a retry that arrives during it', async () => {
		const workflow = await publishWorkflow([waitNode, decideNode]);
		const { id, status, output, responses, seconds } = await runPersonaWorkflow({
			...workflow,
			timeoutMs: 2_000,
			retrySeconds: [1, 1, 1, 1, 1],
		});
		expect([status, output]).toEqual(['completed', { verdict: 'pass', of: id }]);
		expect(responses.slice(0, 2)).toEqual([null, null]);
		expect(responses.at(-1)).toBe(200);
		expect(seconds).toBeGreaterThan(SLOW_SECONDS);
		expect(await fetchStatuses(workflow)).toEqual(['success']);
	});

	it('returns the result of its one execution to a retry that arrives after it', async () => {
		const workflow = await publishWorkflow([waitNode, decideNode]);
		const { id, output, responses } = await runPersonaWorkflow({
			...workflow,
			timeoutMs: 2_000,
			retrySeconds: [SLOW_SECONDS + 2],
		});
		expect([responses, output]).toEqual([[null, 200], { verdict: 'pass', of: id }]);
		expect(await fetchStatuses(workflow)).toEqual(['success']);
	});

	it('responds with 500 when it fails, and runs again for each retry', async () => {
		const workflow = await publishWorkflow([failNode]);
		const { status, responses, attempts, output } = await runPersonaWorkflow({
			...workflow,
			retrySeconds: [2],
		});
		expect([status, responses, output]).toEqual(['errored', [500, 500], undefined]);
		expect(JSON.stringify(attempts)).not.toContain('No such customer');
		expect(await fetchStatuses(workflow)).toEqual(['error', 'error']);
	});

	it('reports a failure to a later retry, without a second execution', async () => {
		const workflow = await publishWorkflow([waitNode, failNode]);
		const { status, responses } = await runPersonaWorkflow({
			...workflow,
			timeoutMs: 2_000,
			retrySeconds: [SLOW_SECONDS + 2],
		});
		expect([status, responses]).toEqual(['errored', [null, 500]]);
		expect(await fetchStatuses(workflow)).toEqual(['error']);
	});

	it('responds to a call to the test URL while the editor listens', async () => {
		const workflow = await storeWorkflow([decideNode]);
		expect(await environment.client.runWorkflow(workflow.id, TRIGGER)).toMatchObject({
			waitingForWebhook: true,
		});
		expect(
			await runPersonaWorkflow({ ...workflow, url: workflow.testUrl, secret: undefined }),
		).toMatchObject({
			responses: [401],
		});
		const { id, output } = await runPersonaWorkflow({ ...workflow, url: workflow.testUrl });
		expect(output).toEqual({ verdict: 'pass', of: id });
		expect(await fetchStatuses(workflow)).toEqual(['success']);
	});
});
