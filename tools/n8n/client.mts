import axios, { type AxiosInstance, type Method } from 'axios';
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IConnections, IDataObject, INode, IWorkflowSettings } from 'n8n-workflow';
import { unflatten } from './unflatten.mts';

const lookAgainMs = 250;

/** An account of n8n's editor. */
export interface Account {
	email: string;
	password: string;
}

/** A workflow as n8n exports and imports it. */
export interface WorkflowFile {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: IDataObject;
}

/** A workflow that n8n has stored. */
export interface StoredWorkflow extends WorkflowFile {
	id: string;
	versionId: string;
	active: boolean;
	isArchived: boolean;
}

/** A credential without its secrets. */
export interface StoredCredential {
	id: string;
	name: string;
	type: string;
}

/** What came of publishing a workflow, which goes on after n8n has answered. */
export interface Publication {
	status: 'in_progress' | 'published' | 'failed' | 'not_published' | 'partial';
	triggers?: { nodeId: string; status: string; errorMessage?: string | null }[];
}

/** One run of a node as n8n keeps it. */
export interface NodeRun {
	executionStatus?: string;
	error?: { message: string; description?: string | null };
	data?: Record<string, ({ json: IDataObject; binary?: IDataObject; error?: unknown }[] | null)[]>;
}

/** An execution; `runs` holds the runs of each node by its name. */
export interface Execution {
	id: string;
	workflowId: string;
	status: string;
	mode: string;
	finished: boolean;
	error?: { message: string; description?: string | null };
	runs: Record<string, NodeRun[]>;
	lastNode?: string;
}

/** A request of the editor for values of a parameter. */
export interface ParameterRequest {
	methodName: string;
	/** Where the parameter stands, e.g. "parameters.inquiryTemplateId". */
	path: string;
	node: Pick<INode, 'type' | 'typeVersion' | 'credentials'>;
	parameters: IDataObject;
	filter?: string;
	paginationToken?: string;
}

/** An answer that is not a success, with what n8n said. */
export class N8nRefused extends Error {
	constructor(
		readonly request: string,
		readonly status: number,
		readonly body: unknown,
	) {
		super(`${request} was answered with ${status}: ${JSON.stringify(body).slice(0, 2_000)}`);
	}
}

/** Waits until `look` gives something; throws `what` when it has not within the time. */
export async function eventually<T>(
	what: string,
	look: () => Promise<T | undefined | false>,
	withinMs = 30_000,
): Promise<T> {
	const deadline = Date.now() + withinMs;
	for (;;) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (Date.now() > deadline) throw new Error(`Not within ${withinMs / 1000} s: ${what}`);
		await sleep(lookAgainMs);
	}
}

export type Client = ReturnType<typeof createClient>;

/** The API that n8n's editor uses: a session in a cookie, bound to one browser. */
export function createClient(url: string) {
	const http: AxiosInstance = axios.create({
		baseURL: url,
		headers: { 'browser-id': 'n8n-nodes-persona' },
		validateStatus: () => true,
		proxy: false,
		// n8n closes a connection that was idle, and may do so just when the next request goes out.
		httpAgent: new Agent({ keepAlive: false }),
	});
	let cookie = '';

	async function call<T>(
		method: Method,
		path: string,
		body?: unknown,
		headers: Record<string, string> = {},
	): Promise<T> {
		const answer = await http.request<{ data: T } | T>({
			method,
			url: path,
			data: body,
			headers: { ...(cookie ? { cookie } : {}), ...headers },
		});
		const set = answer.headers['set-cookie'];
		if (set) cookie = set.map((line) => line.split(';')[0]).join('; ');
		if (answer.status >= 400) throw new N8nRefused(`${method} ${path}`, answer.status, answer.data);
		const { data } = answer;
		return data && typeof data === 'object' && 'data' in data ? data.data : (data as T);
	}

	const workflow = (id: string) => call<StoredWorkflow>('GET', `/rest/workflows/${id}`);

	async function execution(id: string): Promise<Execution> {
		const raw = await call<Omit<Execution, 'runs' | 'error'> & { data: string }>(
			'GET',
			`/rest/executions/${id}`,
		);
		const { data, ...rest } = raw;
		// n8n keeps nothing of an execution that has just begun.
		const { resultData } = (unflatten(data) ?? {}) as {
			resultData?: {
				runData?: Execution['runs'];
				error?: Execution['error'];
				lastNodeExecuted?: string;
			};
		};
		return {
			...rest,
			runs: resultData?.runData ?? {},
			error: resultData?.error,
			lastNode: resultData?.lastNodeExecuted,
		};
	}

	async function publication(id: string) {
		return await call<Publication>('GET', `/rest/workflows/${id}/publication-status`);
	}

	return {
		url,
		call,

		/** The session as a browser keeps it: the cookie and the browser it is bound to. */
		session: () => ({ cookie, browserId: 'n8n-nodes-persona' }),

		/** Signs in, and makes the account first when n8n has no owner yet. */
		async signIn({ email, password }: Account) {
			const { showSetupOnFirstLoad } = (
				await call<{ userManagement: { showSetupOnFirstLoad: boolean } }>('GET', '/rest/settings')
			).userManagement;
			if (showSetupOnFirstLoad) {
				const name = { firstName: 'Persona', lastName: 'Demo' };
				await call('POST', '/rest/owner/setup', { email, password, ...name });
			} else {
				await call('POST', '/rest/login', { emailOrLdapLoginId: email, password });
			}
		},

		/** The descriptions of all node types, with the package's own among them. */
		nodeTypes: () => call<IDataObject[]>('GET', '/types/nodes.json'),
		credentialTypes: () => call<IDataObject[]>('GET', '/types/credentials.json'),

		credentials: () => call<StoredCredential[]>('GET', '/rest/credentials'),
		createCredential: (credential: { name: string; type: string; data: IDataObject }) =>
			call<StoredCredential>('POST', '/rest/credentials', credential),
		updateCredential: (id: string, credential: { name: string; type: string; data: IDataObject }) =>
			call<StoredCredential>('PATCH', `/rest/credentials/${id}`, credential),
		testCredential: (credential: { id?: string; name: string; type: string; data: IDataObject }) =>
			call<{ status: 'OK' | 'Error'; message: string }>('POST', '/rest/credentials/test', {
				credentials: { id: '', ...credential },
			}),

		workflows: () => call<StoredWorkflow[]>('GET', '/rest/workflows'),
		workflow,
		createWorkflow: (file: WorkflowFile) =>
			call<StoredWorkflow>('POST', '/rest/workflows', { settings: {}, ...file }),
		async updateWorkflow(id: string, change: Partial<WorkflowFile>) {
			const { versionId } = await workflow(id);
			return await call<StoredWorkflow>('PATCH', `/rest/workflows/${id}`, { ...change, versionId });
		},
		/** Copies a workflow as the editor does: the nodes of the copy get IDs and addresses of their own. */
		async copyWorkflow(id: string) {
			const { name, nodes, connections, settings } = await workflow(id);
			const own = nodes.map((node) => ({
				...node,
				id: randomUUID(),
				...(node.webhookId && { webhookId: randomUUID() }),
			}));
			return await call<StoredWorkflow>('POST', '/rest/workflows', {
				name: `${name} copy`,
				nodes: own,
				connections,
				settings,
			});
		},
		archiveWorkflow: (id: string) => call('POST', `/rest/workflows/${id}/archive`),
		async removeWorkflow(id: string) {
			await call('POST', `/rest/workflows/${id}/archive`);
			await call('DELETE', `/rest/workflows/${id}`);
		},

		/** Publishes and waits until n8n has set up the triggers, or has given up on them. */
		async publish(id: string, withinMs = 120_000) {
			const { versionId } = await workflow(id);
			await call('POST', `/rest/workflows/${id}/activate`, { versionId });
			return await eventually(
				`workflow ${id} is published`,
				async () => {
					const state = await publication(id);
					return state.status !== 'in_progress' && state.status !== 'not_published' && state;
				},
				withinMs,
			);
		},
		publication,
		/** Takes a workflow back and waits until its triggers are gone. */
		async unpublish(id: string, withinMs = 60_000) {
			await call('POST', `/rest/workflows/${id}/deactivate`);
			return await eventually(
				`workflow ${id} is no longer published`,
				async () => {
					const state = await publication(id);
					return state.status === 'not_published' && state;
				},
				withinMs,
			);
		},

		/** Starts the stored workflow at this trigger, as the editor's button does. */
		async run(id: string, triggerName: string) {
			return await call<{ executionId?: string; waitingForWebhook?: boolean }>(
				'POST',
				`/rest/workflows/${id}/run`,
				{ triggerToStartFrom: { name: triggerName } },
				{ 'push-ref': 'n8n-nodes-persona' },
			);
		},
		stopListening: (id: string) => call('DELETE', `/rest/test-webhook/${id}`),

		/** The newest executions of a workflow, the newest first, without their data. */
		async executions(workflowId: string, limit = 20) {
			const filter = encodeURIComponent(JSON.stringify({ workflowId }));
			const { results } = await call<{ results: Omit<Execution, 'runs'>[] }>(
				'GET',
				`/rest/executions?filter=${filter}&limit=${limit}`,
			);
			return results;
		},
		execution,
		/** Waits until an execution has ended or sleeps. */
		finished: (id: string, withinMs = 60_000) =>
			eventually(
				`execution ${id} has ended`,
				async () => {
					const state = await execution(id);
					return !['new', 'running'].includes(state.status) && state;
				},
				withinMs,
			),

		/** The entries of a resource locator's list. */
		listSearch: (request: ParameterRequest) =>
			call<{ results: { name: string; value: string }[]; paginationToken?: string }>(
				'POST',
				'/rest/dynamic-node-parameters/resource-locator-results',
				parameterRequest(request),
			),
		/** The columns of a resource mapper. */
		mapperFields: (request: ParameterRequest) =>
			call<{ fields: IDataObject[]; emptyFieldsNotice?: string }>(
				'POST',
				'/rest/dynamic-node-parameters/resource-mapper-fields',
				parameterRequest(request),
			),
		/** The entries of a drop-down that are read from Persona. */
		options: (request: ParameterRequest) =>
			call<{ name: string; value: string }[]>(
				'POST',
				'/rest/dynamic-node-parameters/options',
				parameterRequest(request),
			),
	};
}

function parameterRequest({ node, parameters, ...rest }: ParameterRequest) {
	return {
		...rest,
		nodeTypeAndVersion: { name: node.type, version: node.typeVersion },
		currentNodeParameters: parameters,
		credentials: node.credentials,
	};
}
