import axios, { type AxiosInstance, type Method } from 'axios';
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IConnections, IDataObject, INode, IWorkflowSettings } from 'n8n-workflow';
import { unflatten } from './unflatten.mts';

const pollIntervalMs = 250;

/** n8n 2.41 lists no more executions at once. */
const maxPageSize = 100;

/** How long n8n may say that its database is not ready, on a machine that is busy. */
const databaseTimeoutMs = 60_000;

/** An account that can sign in to n8n's editor. */
export interface EditorAccount {
	email: string;
	password: string;
}

/** A workflow as n8n exports and imports it. */
export interface WorkflowFile {
	name: string;
	description?: string;
	meta?: IDataObject;
	/** IDs of tags. n8n returns objects. */
	tags?: string[];
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: IDataObject;
	staticData?: IDataObject | null;
}

/** A workflow that n8n has stored. */
export interface StoredWorkflow extends WorkflowFile {
	id: string;
	versionId: string;
	/** The version that is published. */
	activeVersionId?: string | null;
	active: boolean;
	isArchived: boolean;
}

/** A credential without its secrets. */
export interface StoredCredential {
	id: string;
	name: string;
	type: string;
}

/** The state of a publication. n8n publishes in the background, after its response. */
export interface PublicationState {
	status: 'in_progress' | 'published' | 'failed' | 'not_published' | 'partial';
	triggers?: { nodeId: string; status: string; errorMessage?: string | null }[];
}

/** Returns why n8n could not register the triggers of a workflow, each reason once; empty if n8n gives none. */
export const explainTriggers = ({ triggers = [] }: PublicationState): string =>
	[...new Set(triggers.flatMap(({ errorMessage }) => errorMessage?.trim() || []))].join(' ');

/** One run of a node as n8n stores it. */
export interface NodeRun {
	executionStatus?: string;
	error?: { message: string; description?: string | null };
	data?: Record<
		string,
		({ json: IDataObject; binary?: IDataObject; pairedItem?: unknown; error?: unknown }[] | null)[]
	>;
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

/** An execution as n8n lists it, without its data. */
export interface ListedExecution extends Omit<Execution, 'runs'> {
	workflowName: string;
	startedAt: string;
	stoppedAt?: string | null;
}

/** The editor's request for the values of a parameter. */
export interface ParameterRequest {
	methodName: string;
	/** Path of the parameter, e.g. "parameters.inquiryTemplateId". */
	path: string;
	node: Pick<INode, 'type' | 'typeVersion' | 'credentials'>;
	parameters: IDataObject;
	filter?: string;
	paginationToken?: string;
}

/** An error response of n8n, with its body. */
export class N8nRequestError extends Error {
	constructor(
		readonly request: string,
		readonly status: number,
		readonly body: unknown,
	) {
		// The stack is that of n8n.
		const { stacktrace: _, ...shown } = Object(body) as IDataObject;
		const text = typeof body === 'object' ? JSON.stringify(shown) : String(body);
		super(`${request} failed with ${status}: ${text.slice(0, 2_000)}`);
	}
}

/** Whether n8n has rejected a request before it did anything, because its database did not respond in time. */
const isWaitingForDatabase = (status: number, body: unknown) =>
	status === 503 && /database is not ready/i.test(String(Object(body).message));

/** Polls `check` until it returns something other than undefined or false. Throws after the timeout. */
export async function waitFor<T>(
	description: string,
	check: () => Promise<T | undefined | false>,
	timeoutMs = 30_000,
): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const result = await check();
		if (result !== undefined && result !== false) return result;
		if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs / 1000} s: ${description}`);
		await sleep(pollIntervalMs);
	}
}

export type N8nClient = ReturnType<typeof createN8nClient>;

/**
 * Creates a client of the REST API that n8n's editor uses. Its session
 * is a cookie, bound to one browser ID; a cookie of another client continues that session.
 */
export function createN8nClient(url: string, sessionCookie = '') {
	const http: AxiosInstance = axios.create({
		baseURL: url,
		headers: { 'browser-id': 'n8n-nodes-persona' },
		validateStatus: () => true,
		proxy: false,
		// n8n closes idle connections, possibly just when the next request is sent.
		httpAgent: new Agent({ keepAlive: false }),
	});
	let cookie = sessionCookie;

	async function request<T>(
		method: Method,
		path: string,
		body?: unknown,
		headers: Record<string, string> = {},
	): Promise<T> {
		const send = () =>
			http.request<{ data: T } | T>({
				method,
				url: path,
				data: body,
				headers: { ...(cookie ? { cookie } : {}), ...headers },
			});
		const deadline = Date.now() + databaseTimeoutMs;
		let response = await send();
		while (isWaitingForDatabase(response.status, response.data) && Date.now() < deadline) {
			await sleep(pollIntervalMs);
			response = await send();
		}
		const cookies = response.headers['set-cookie'];
		if (cookies) cookie = cookies.map((line) => line.split(';')[0]).join('; ');
		if (response.status >= 400)
			throw new N8nRequestError(`${method} ${path}`, response.status, response.data);
		const { data } = response;
		return data && typeof data === 'object' && 'data' in data ? data.data : (data as T);
	}

	const fetchWorkflow = (id: string) => request<StoredWorkflow>('GET', `/rest/workflows/${id}`);

	/** Returns the latest executions that match, newest first. */
	async function listExecutions(filter: IDataObject, limit = 20): Promise<ListedExecution[]> {
		const query = encodeURIComponent(JSON.stringify(filter));
		const executions: ListedExecution[] = [];
		for (;;) {
			const size = Math.min(maxPageSize, limit - executions.length);
			const last = executions.at(-1);
			const { results } = await request<{ results: ListedExecution[] }>(
				'GET',
				`/rest/executions?filter=${query}&limit=${size}${last ? `&lastId=${last.id}` : ''}`,
			);
			executions.push(...results);
			if (results.length < size || executions.length >= limit) return executions;
		}
	}

	async function fetchExecution(id: string): Promise<Execution> {
		const raw = await request<Omit<Execution, 'runs' | 'error'> & { data: string }>(
			'GET',
			`/rest/executions/${id}`,
		);
		const { data, ...rest } = raw;
		// n8n has no data yet of an execution that has just started.
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

	/** Without its publication service, as in older versions, n8n has done its work when it responds. */
	async function fetchPublication(id: string): Promise<PublicationState> {
		try {
			return await request('GET', `/rest/workflows/${id}/publication-status`);
		} catch (error) {
			if (!(error instanceof N8nRequestError && error.status === 404)) throw error;
			const { active } = await fetchWorkflow(id);
			return { status: active ? 'published' : 'not_published' };
		}
	}

	return {
		url,
		request,

		/** The session cookie, and the browser ID it is bound to. */
		getSession: () => ({ cookie, browserId: 'n8n-nodes-persona' }),

		/** Signs in. Creates the account first when n8n has no owner yet. */
		async signIn({ email, password }: EditorAccount) {
			const { showSetupOnFirstLoad } = (
				await request<{ userManagement: { showSetupOnFirstLoad: boolean } }>(
					'GET',
					'/rest/settings',
				)
			).userManagement;
			if (showSetupOnFirstLoad) {
				const name = { firstName: 'Persona', lastName: 'Demo' };
				await request('POST', '/rest/owner/setup', { email, password, ...name });
			} else {
				await request('POST', '/rest/login', { emailOrLdapLoginId: email, password });
			}
		},

		/** The descriptions of all node types, the package's own included. */
		fetchNodeTypes: () => request<IDataObject[]>('GET', '/types/nodes.json'),
		fetchCredentialTypes: () => request<IDataObject[]>('GET', '/types/credentials.json'),

		fetchCredentials: () => request<StoredCredential[]>('GET', '/rest/credentials'),
		createCredential: (credential: { name: string; type: string; data: IDataObject }) =>
			request<StoredCredential>('POST', '/rest/credentials', credential),
		updateCredential: (id: string, credential: { name: string; type: string; data: IDataObject }) =>
			request<StoredCredential>('PATCH', `/rest/credentials/${id}`, credential),
		testCredential: (credential: { id?: string; name: string; type: string; data: IDataObject }) =>
			request<{ status: 'OK' | 'Error'; message: string }>('POST', '/rest/credentials/test', {
				credentials: { id: '', ...credential },
			}),

		/** Returns the ID of a tag, which is created if necessary. */
		async getOrCreateTag(name: string): Promise<string> {
			const tags = await request<{ id: string; name: string }[]>('GET', '/rest/tags');
			const known = tags.find((tag) => tag.name === name);
			return (known ?? (await request<{ id: string }>('POST', '/rest/tags', { name }))).id;
		},

		fetchWorkflows: () => request<StoredWorkflow[]>('GET', '/rest/workflows'),
		fetchWorkflow,
		createWorkflow: (file: WorkflowFile) =>
			request<StoredWorkflow>('POST', '/rest/workflows', { settings: {}, ...file }),
		async updateWorkflow(id: string, change: Partial<WorkflowFile>) {
			const { versionId } = await fetchWorkflow(id);
			return await request<StoredWorkflow>('PATCH', `/rest/workflows/${id}`, {
				...change,
				versionId,
			});
		},
		/** Copies a workflow as the editor does: the copied nodes get new IDs and webhook paths. */
		async copyWorkflow(id: string) {
			const { name, nodes, connections, settings } = await fetchWorkflow(id);
			const copies = nodes.map((node) => ({
				...node,
				id: randomUUID(),
				...(node.webhookId && { webhookId: randomUUID() }),
			}));
			return await request<StoredWorkflow>('POST', '/rest/workflows', {
				name: `${name} copy`,
				nodes: copies,
				connections,
				settings,
			});
		},
		archiveWorkflow: (id: string) => request('POST', `/rest/workflows/${id}/archive`),

		/**
		 * Publishes a workflow, by default its latest version, and waits until n8n has registered its
		 * triggers, or has given up.
		 */
		async publish(id: string, timeoutMs = 120_000, version?: string) {
			const versionId = version ?? (await fetchWorkflow(id)).versionId;
			await request('POST', `/rest/workflows/${id}/activate`, { versionId });
			return await waitFor(
				`workflow ${id} is published`,
				async () => {
					const state = await fetchPublication(id);
					return state.status !== 'in_progress' && state.status !== 'not_published' && state;
				},
				timeoutMs,
			);
		},
		fetchPublication,
		/** Unpublishes a workflow and waits until its triggers are removed. */
		async unpublish(id: string, timeoutMs = 60_000) {
			await request('POST', `/rest/workflows/${id}/deactivate`);
			await waitFor(
				`workflow ${id} is no longer published`,
				async () => (await fetchPublication(id)).status === 'not_published',
				timeoutMs,
			);
		},

		/** All data tables: their names, and their paths in the API. */
		async fetchDataTables() {
			const { data } = await request<{ data: { id: string; name: string; projectId: string }[] }>(
				'GET',
				// Without it, only ten.
				'/rest/data-tables-global?take=250',
			);
			return data.map(({ id, name, projectId }) => ({
				name,
				path: `/rest/projects/${projectId}/data-tables/${id}`,
			}));
		},

		/** Runs the stored workflow from this trigger, as the editor's button does. */
		async runWorkflow(id: string, triggerName: string) {
			return await request<{ executionId?: string; waitingForWebhook?: boolean }>(
				'POST',
				`/rest/workflows/${id}/run`,
				{ triggerToStartFrom: { name: triggerName } },
				{ 'push-ref': 'n8n-nodes-persona' },
			);
		},
		stopListening: (id: string) => request('DELETE', `/rest/test-webhook/${id}`),

		/** The latest executions of a workflow without their data, newest first. */
		fetchExecutions: (workflowId: string, limit?: number) => listExecutions({ workflowId }, limit),
		/** The latest executions of all workflows without their data, newest first. */
		fetchLatestExecutions: (limit?: number) => listExecutions({}, limit),
		/** The latest failed executions of all workflows without their data, newest first. */
		fetchFailedExecutions: () => listExecutions({ status: ['error', 'crashed'] }),
		fetchExecution,
		/** Waits until an execution has ended or is waiting. */
		waitForExecution: (id: string, timeoutMs = 60_000) =>
			waitFor(
				`execution ${id} has ended`,
				async () => {
					const state = await fetchExecution(id);
					return !['new', 'running'].includes(state.status) && state;
				},
				timeoutMs,
			),

		/** The entries of a resource locator's list. */
		searchList: (parameterRequest: ParameterRequest) =>
			request<{ results: { name: string; value: string }[]; paginationToken?: string }>(
				'POST',
				'/rest/dynamic-node-parameters/resource-locator-results',
				buildParameterRequest(parameterRequest),
			),
		/** The columns of a resource mapper. */
		fetchMapperFields: (parameterRequest: ParameterRequest) =>
			request<{ fields: IDataObject[]; emptyFieldsNotice?: string }>(
				'POST',
				'/rest/dynamic-node-parameters/resource-mapper-fields',
				buildParameterRequest(parameterRequest),
			),
		/** The options of a drop-down that the node fetches. */
		fetchOptions: (parameterRequest: ParameterRequest) =>
			request<{ name: string; value: string }[]>(
				'POST',
				'/rest/dynamic-node-parameters/options',
				buildParameterRequest(parameterRequest),
			),
	};
}

function buildParameterRequest({ node, parameters, ...rest }: ParameterRequest) {
	return {
		...rest,
		nodeTypeAndVersion: { name: node.type, version: node.typeVersion },
		currentNodeParameters: parameters,
		credentials: node.credentials,
	};
}
