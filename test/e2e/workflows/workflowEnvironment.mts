import type { Execution, StoredCredential, StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { SandboxOptions } from '../../../sandbox/sandbox.mts';
import { setStage, type Stage } from '../testEnvironment.mts';
import { nodeTypesOf } from './nodeTypes.mts';
import { startServices, type Services } from './services.mts';
import { readWorkflow } from './workflowFiles.mts';

/** A workflow of the library that runs in n8n. */
export interface Played {
	workflow: StoredWorkflow;
	/** Runs its part "Run this once", which makes its table. */
	runOnce(): Promise<void>;
	/** Waits until as many executions about an object of Persona have ended; the oldest first. */
	about(objectId: string, count?: number): Promise<Execution[]>;
	/** Repeats a failed execution as its button in n8n does, and gives what came of it. */
	retry(execution: Execution): Promise<Execution>;
}

/** A stage on which the workflows of the library are played. */
export interface Library
	extends Stage, Pick<Services, 'slack' | 'hubspot' | 's3' | 'smtp' | 'model' | 'refused'> {
	/** One for each service, by its type. */
	credentials: Record<string, StoredCredential>;
	/** Imports a workflow, chooses the credentials in its nodes, and publishes it. */
	play(name: string): Promise<Played>;
	/** Takes the stage down; throws where something was asked of a service that nobody has foreseen. */
	close(): Promise<void>;
}

/** Sets up n8n, Persona and the services around them; whoever does so closes it. */
export async function setLibrary(options: SandboxOptions = {}): Promise<Library> {
	const services = await startServices();
	let stage: Stage | undefined;
	try {
		stage = await setStage(options, services.env);
		return await libraryOn(stage, services);
	} catch (error) {
		await stage?.close();
		await services.close();
		throw error;
	}
}

async function libraryOn(stage: Stage, services: Services): Promise<Library> {
	const { client } = stage;
	const others = Object.entries(services.credentials).map(([type, data]) =>
		client.createCredential({ name: type, type, data }),
	);
	const made = [stage.credential, ...(await Promise.all(others))];
	const credentials = Object.fromEntries(made.map((each) => [each.type, each]));
	return {
		...stage,
		slack: services.slack,
		hubspot: services.hubspot,
		s3: services.s3,
		smtp: services.smtp,
		model: services.model,
		refused: services.refused,
		credentials,
		async play(name) {
			const { id } = await client.createWorkflow(await readWorkflow(name));
			const workflow = await connect(stage, id, credentials);
			const publication = await client.publish(id);
			expect(publication).toMatchObject({ status: 'published' });
			return played(stage, workflow);
		},
		async close() {
			await stage.close();
			await services.close();
			expect(services.refused).toEqual([]);
		},
	};
}

/** Chooses in every node the credential of each type that it asks for, as a user does in the editor. */
async function connect({ client }: Stage, id: string, credentials: Library['credentials']) {
	const types = await nodeTypesOf(client);
	const { nodes } = await client.fetchWorkflow(id);
	const connected = nodes.map((node) => {
		const wanted = types.credentialTypesOf(node).map((type) => {
			const found = credentials[type];
			if (!found) throw new Error(`"${node.name}" asks for ${type}, which no service here has`);
			return [type, { id: found.id, name: found.name }];
		});
		return wanted.length > 0 ? { ...node, credentials: Object.fromEntries(wanted) } : node;
	});
	return await client.updateWorkflow(id, { nodes: connected });
}

function played({ client }: Stage, workflow: StoredWorkflow): Played {
	const ended = new Map<string, Execution>();

	const executionsAbout = async (objectId: string) => {
		const ids = (await client.fetchExecutions(workflow.id, 100)).map(({ id }) => id);
		for (const id of ids) {
			if (!ended.has(id)) ended.set(id, await client.waitForExecution(id, 120_000));
		}
		return ids
			.map((id) => ended.get(id) as Execution)
			.filter((execution) => objectOf(execution) === objectId)
			.reverse();
	};

	return {
		workflow,
		async runOnce() {
			const { executionId = '' } = await client.runWorkflow(workflow.id, 'Run this once');
			expect(await client.waitForExecution(executionId)).toMatchObject({ status: 'success' });
		},
		async about(objectId, count = 1) {
			return await waitFor(
				`${count} executions of "${workflow.name}" about ${objectId}`,
				async () => {
					const found = await executionsAbout(objectId);
					return found.length >= count && found;
				},
				60_000,
			);
		},
		async retry({ id }) {
			const { id: next } = await client.request<{ id: string }>(
				'POST',
				`/rest/executions/${id}/retry`,
				{ loadWorkflow: false },
			);
			return await client.waitForExecution(next);
		},
	};
}

/** The ID of the object that an execution is about, as its trigger gave it. */
function objectOf({ runs }: Execution): unknown {
	const items = Object.values(runs).flatMap(([run]) => run?.data?.main?.[0] ?? []);
	return items.map(({ json }) => Object(json.object).id).find((id) => id !== undefined);
}

/** The names of the nodes that have run, in the order in which n8n keeps them. */
export const nodesOf = ({ runs }: Execution) => Object.keys(runs);
