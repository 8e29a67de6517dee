import axios from 'axios';
import { randomUUID } from 'node:crypto';
import type { IConnections, IDataObject, INode } from 'n8n-workflow';
import { N8nRequestError } from '../../tools/n8n/n8nClient.mts';
import { buildNode } from '../e2e/buildNode.mts';
import type { LoadEnvironment } from '../load/loadEnvironment.mts';
import type { StoredExecution } from '../load/readAllExecutions.mts';
import { LAST, TRIGGER, type Activity, type Task } from './activity.mts';
import type { Figures } from './figures.mts';

/** How long n8n may take to store an execution. */
const STORING_MS = 5_000;

/** How soon a job is sent again that n8n has not accepted. */
const RESEND_MS = 500;

/** An execution that n8n shows as running for longer does not run: none of these takes as long. */
const RUNNING_MS = 30_000;

const runningSince = new Map<number, number>();

/** Whether n8n was killed while it started an execution, and shows it as running ever since. */
export function isStuck({ id, status }: StoredExecution): boolean {
	if (status !== 'running') return false;
	runningSince.set(id, runningSince.get(id) ?? Date.now());
	return Date.now() - Number(runningSince.get(id)) > RUNNING_MS;
}

/** A workflow of an activity that n8n has published. */
export interface PublishedActivity extends Activity {
	workflowId: string;
	/** Where its jobs are sent to. */
	url: string;
}

/** A job that n8n was asked to do. */
export interface Job extends Task {
	activity: PublishedActivity;
	/** When n8n was asked for it last, and whether it has answered that it has started. */
	sentAt: number;
	isAccepted: boolean;
	/** The execution that has done it. */
	doneBy?: string;
	/** The execution that was tried again last. */
	retried?: number;
}

/** Publishes nodes in a row. Returns the ID of the workflow. */
export async function publishRow(environment: LoadEnvironment, name: string, nodes: INode[]) {
	const connections: IConnections = {};
	for (const [index, { name: from }] of nodes.slice(0, -1).entries()) {
		connections[from] = { main: [[{ node: nodes[index + 1].name, type: 'main', index: 0 }]] };
	}
	const { id } = await environment.client.createWorkflow({
		name,
		nodes,
		connections,
		settings: { executionOrder: 'v1' },
	});
	const { status, triggers } = await environment.client.publish(id);
	if (status !== 'published') throw new Error(triggers?.[0]?.errorMessage ?? status);
	return id;
}

/** Publishes the workflow of an activity, which n8n's Webhook node starts. */
export async function publishActivity(
	environment: LoadEnvironment,
	activity: Activity,
): Promise<PublishedActivity> {
	const path = randomUUID();
	const start = buildNode(
		'n8n-nodes-base.webhook',
		TRIGGER,
		{ path, httpMethod: 'POST' },
		{ typeVersion: 2, webhookId: path },
	);
	const split = buildNode(
		'n8n-nodes-base.splitOut',
		'Items',
		{ fieldToSplitOut: 'body.items', options: {} },
		{ typeVersion: 1 },
	);
	const nodes = [start, split, ...activity.buildNodes(environment)];
	const workflowId = await publishRow(environment, activity.name, nodes);
	return { ...activity, workflowId, url: `${environment.n8n.url}/webhook/${path}` };
}

/** Asks n8n to do a job. n8n may not answer, whether or not it has stored an execution. */
export async function sendJob(job: Job): Promise<void> {
	const { key, items, activity } = job;
	job.isAccepted = await axios
		.post(activity.url, { key, items }, { proxy: false, timeout: STORING_MS })
		.then(
			() => true,
			() => false,
		);
	job.sentAt = Date.now();
}

/**
 * Tries an execution again as the button in n8n does. Returns at once, since n8n answers when the new
 * execution has ended; `onRefused` is called if there is none.
 */
export function retryExecution(
	{ client }: LoadEnvironment,
	executionId: number,
	onRefused: () => void,
) {
	const body = { loadWorkflow: false };
	client
		.request('POST', `/rest/executions/${executionId}/retry`, body)
		// The connection ends where n8n is killed once more.
		.catch((error: Error) => error instanceof N8nRequestError && onRefused());
}

/**
 * Does what a person does about a job after n8n was killed: tries a lost execution again, or starts the
 * workflow again with the same items where n8n has none. Returns whether there is something to wait for.
 */
export async function continueJob(
	environment: LoadEnvironment,
	job: Job,
	records: StoredExecution[],
	figures: Figures,
): Promise<boolean> {
	if (job.doneBy) return false;
	const runs = records.filter(
		({ workflowId, items }) =>
			workflowId === job.activity.workflowId && items[0]?.body?.key === job.key,
	);
	const success = runs.find(({ status }) => status === 'success');
	if (success) {
		job.doneBy = String(success.id);
		return false;
	}
	const last = runs.at(-1);
	if (last?.status === 'waiting') return false;
	if (!last || last.status === 'new' || isStuck(last)) {
		if (Date.now() - job.sentAt < (job.isAccepted ? STORING_MS : RESEND_MS)) return true;
		if (last) figures.count(`executions that n8n shows as ${last.status} for ever`);
		else if (job.isAccepted) figures.count('jobs accepted, but not stored');
		await sendJob(job);
		return true;
	}
	if (last.status === 'running' || job.retried === last.id) return true;
	job.retried = last.id;
	figures.count(`executions lost: ${last.status}`);
	retryExecution(environment, last.id, () => {
		figures.count('lost executions that n8n cannot try again');
		void sendJob(job);
	});
	return true;
}

/** What n8n reports of a job that is done. */
export async function fetchOutput({ client }: LoadEnvironment, job: Job): Promise<IDataObject[]> {
	const { runs } = await client.fetchExecution(String(job.doneBy));
	return (runs[LAST]?.at(-1)?.data?.main[0] ?? []).map(({ json }) => json);
}
