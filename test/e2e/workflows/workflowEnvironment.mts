import type { INode } from 'n8n-workflow';
import {
	waitFor,
	type Execution,
	type StoredCredential,
	type StoredWorkflow,
	type WorkflowFile,
} from '../../../tools/n8n/n8nClient.mts';
import type { SandboxOptions } from '../../../sandbox/sandbox.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';
import { fetchNodeTypes } from '../../../tools/n8n/nodeTypes.mts';
import { startServices, type Services } from '../../../tools/services/services.mts';
import { readWorkflow } from './workflowFiles.mts';

/** Instead of the seconds that the workflows wait before they call a service again. */
const RETRY_DELAY_MS = 200;

/** A port without a server. */
export const NOWHERE = 1;

/** A workflow of the library that is published in n8n. */
export interface PublishedWorkflow {
	workflow: StoredWorkflow;
	/** Runs its part "Run this once", which creates its data table. */
	runOnce(): Promise<void>;
	/** Waits until this many executions about an object of Persona have ended. Oldest first. */
	waitForExecutions(objectId: string, count?: number): Promise<Execution[]>;
	/** Retries a failed execution as n8n's button does, and returns the new execution. */
	retryExecution(execution: Execution): Promise<Execution>;
}

/** A test environment with the services that the workflows of the library use. */
export interface WorkflowEnvironment extends TestEnvironment, Omit<Services, 'credentials'> {
	/** One credential for each service, by its type. */
	credentials: Record<string, StoredCredential>;
	/** Changes the port of the mail server in n8n, by default back to where it is. */
	connectMail(port?: number): Promise<void>;
	/** Imports a workflow with these changes, selects the credentials in its nodes, and publishes it. */
	publishWorkflow(name: string, changes?: Partial<WorkflowFile>): Promise<PublishedWorkflow>;
	/** Closes the environment. Throws when the services have received unexpected requests. */
	close(): Promise<void>;
}

/** Starts a test environment with all services. The caller closes it. */
export async function startWorkflowEnvironment(
	options: SandboxOptions = {},
): Promise<WorkflowEnvironment> {
	const environment = await startTestEnvironment(options);
	const { client } = environment;
	const { credentials: credentialData, ...services } = await startServices(environment.n8n);
	const serviceCredentials = await Promise.all(
		Object.entries(credentialData).map(([type, data]) =>
			client.createCredential({ name: type, type, data }),
		),
	);
	const credentials = Object.fromEntries(
		[environment.credential, ...serviceCredentials].map((credential) => [
			credential.type,
			credential,
		]),
	);
	const nodeTypes = await fetchNodeTypes(client);
	return {
		...environment,
		...services,
		credentials,
		async connectMail(port = services.smtp.port) {
			const { id, name, type } = credentials.smtp;
			const data = { ...credentialData.smtp, port };
			await client.updateCredential(id, { name, type, data });
		},
		async publishWorkflow(name, changes) {
			const file = { ...(await readWorkflow(name)), ...changes };
			const nodes = file.nodes
				.map((node) => nodeTypes.selectCredentials(node, credentials))
				.map(shortenRetryDelay);
			const workflow = await client.createWorkflow({ ...file, nodes });
			expect(await client.publish(workflow.id)).toMatchObject({ status: 'published' });
			return createPublishedWorkflow(environment, workflow);
		},
		async close() {
			await environment.close();
			await services.close();
			expect(services.unexpectedRequests).toEqual([]);
		},
	};
}

/** `allWorkflows.test.mts` checks the delays that the workflows really have. */
const shortenRetryDelay = (node: INode): INode =>
	node.waitBetweenTries === undefined ? node : { ...node, waitBetweenTries: RETRY_DELAY_MS };

function createPublishedWorkflow(
	{ client }: TestEnvironment,
	workflow: StoredWorkflow,
): PublishedWorkflow {
	const ended = new Map<string, Execution>();

	const fetchExecutionsAbout = async (objectId: string) => {
		const ids = (await client.fetchExecutions(workflow.id, 100)).map(({ id }) => id);
		for (const id of ids) {
			if (!ended.has(id)) ended.set(id, await client.waitForExecution(id, 120_000));
		}
		return ids
			.map((id) => ended.get(id) as Execution)
			.filter((execution) => findObjectId(execution) === objectId)
			.reverse();
	};

	return {
		workflow,
		async runOnce() {
			const { executionId = '' } = await client.runWorkflow(workflow.id, 'Run this once');
			expect(await client.waitForExecution(executionId)).toMatchObject({ status: 'success' });
		},
		async waitForExecutions(objectId, count = 1) {
			return await waitFor(
				`${count} executions of "${workflow.name}" about ${objectId}`,
				async () => {
					const executions = await fetchExecutionsAbout(objectId);
					return executions.length >= count && executions;
				},
				60_000,
			);
		},
		async retryExecution({ id }) {
			const { id: retryId } = await client.request<{ id: string }>(
				'POST',
				`/rest/executions/${id}/retry`,
				{ loadWorkflow: false },
			);
			return await client.waitForExecution(retryId);
		},
	};
}

/** Returns the ID of the object that an execution is about, from the output of its trigger. */
function findObjectId({ runs }: Execution): unknown {
	const items = Object.values(runs).flatMap(([run]) => run?.data?.main?.[0] ?? []);
	return items.map(({ json }) => Object(json.object).id).find((id) => id !== undefined);
}

/** Returns the names of the nodes that have run, in the order in which n8n stores them. */
export const getExecutedNodes = ({ runs }: Execution) => Object.keys(runs);
