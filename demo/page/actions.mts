import type { IDataObject } from 'n8n-workflow';
import { fixtures, type Sandbox } from '../../sandbox/sandbox.mts';
import { waitFor, type N8nClient } from '../../tools/n8n/n8nClient.mts';
import { appKey } from '../../tools/services/services.mts';
import { publishWorkflow, type DemoEnvironment, type DemoWorkflow } from '../demoEnvironment.mts';
import type { StandIns } from '../standIns.mts';
import { listStarts, type Start } from './starts.mts';

const DAY_MS = 86_400_000;

/** What the page plays with. */
export interface Stage {
	client: N8nClient;
	n8nUrl: string;
	environment: DemoEnvironment;
	standIns: StandIns;
	/** Undefined with the real Persona: then the page starts nothing. */
	sandbox?: { api: Sandbox; apiKey: string; webhookSecret: string };
}

/** A person who has got a link to their inquiry. */
export interface Customer {
	name: string;
	inquiryId: string;
	link: string;
}

/** Lists the demo's own workflows and those of the library. */
export const listWorkflows = ({ onboarding, approval, workflows }: DemoEnvironment) => [
	onboarding,
	approval,
	...workflows,
];

/** Returns the IDs of the workflows that are published now, also by hand. */
export async function fetchPublished({ client }: Stage): Promise<Set<string>> {
	const workflows = await client.fetchWorkflows();
	return new Set(workflows.filter(({ active }) => active).map(({ id }) => id));
}

/**
 * Publishes a workflow. If it decides inquiries, those that do are unpublished first, since the first
 * to decide would win. Returns what was done, in words.
 */
export async function publish(stage: Stage, workflow: DemoWorkflow): Promise<string> {
	const published = await fetchPublished(stage);
	const rivals = listWorkflows(stage.environment).filter(
		({ id, isDecider }) =>
			workflow.isDecider && isDecider && id !== workflow.id && published.has(id),
	);
	for (const { id } of rivals) await stage.client.unpublish(id);
	await publishWorkflow(stage.client, workflow);
	const names = rivals.map(({ name }) => `"${name}"`).join(', ');
	return names ? `Published. Unpublished: ${names}.` : 'Published.';
}

/** Finds how a node starts its workflow. */
function findStart<Kind extends Start['kind']>(
	{ n8nUrl }: Stage,
	{ nodes }: DemoWorkflow,
	name: string,
	kind: Kind,
) {
	const own = nodes.filter((node) => node.name === name);
	const start = listStarts(own, n8nUrl).find((each) => each.kind === kind);
	if (!start) throw new Error(`"${name}" cannot be started in this way`);
	return start as Extract<Start, { kind: Kind }>;
}

/** Sends a request to a workflow as your app does. Returns the status and body of the answer. */
export async function sendRequest(
	stage: Stage,
	workflow: DemoWorkflow,
	node: string,
	body: string,
): Promise<string> {
	const { url, method } = findStart(stage, workflow, node, 'request');
	const response = await fetch(url, {
		method,
		headers: { 'content-type': 'application/json', [appKey.name]: appKey.value },
		...(body && { body }),
	});
	return `${response.status} ${formatJson(await response.text())}`;
}

/** Lets a Persona workflow call n8n, and returns the answer that its step has got. */
export async function callAsPersona(
	stage: Stage,
	workflow: DemoWorkflow,
	node: string,
	body: string,
): Promise<string> {
	const { url } = findStart(stage, workflow, node, 'call');
	const { api, webhookSecret: secret } = requireSandbox(stage);
	const about = JSON.parse(body) as IDataObject;
	const account = await post(stage, '/accounts', { data: { attributes: {} } });
	const accountId = String(account.data.id);
	api.control.setHttpsStep(fixtures.workflow, {
		...{ url, secret, timeoutMs: 60_000 },
		buildBody: (runId) => ({ runId, accountId, ...(about as object) }),
	});
	const { data } = await post(stage, `/workflows/${fixtures.workflow}/trigger`, {
		data: { attributes: { fields: { account_id: accountId } } },
	});
	const run = await waitFor(
		'the run ends',
		async () => {
			const { status, ...rest } = api.control.getWorkflowRun(String(data.id));
			return status !== 'in_progress' && { status, ...rest };
		},
		90_000,
	);
	return formatJson(JSON.stringify(run));
}

/** Runs a workflow from one of its triggers, as the editor's button does. */
export async function run({ client, n8nUrl }: Stage, workflow: DemoWorkflow, node: string) {
	const { executionId } = await client.runWorkflow(workflow.id, node);
	if (!executionId) throw new Error('n8n did not start the workflow');
	const { status, error } = await client.waitForExecution(executionId);
	const address = `${n8nUrl}/workflow/${workflow.id}/executions/${executionId}`;
	return [status, error?.message, address].filter(Boolean).join('\n');
}

/** Creates an inquiry of a person with these fields, such as `name-last`, and a link for them. */
export async function createCustomer(
	stage: Stage,
	fields: Record<string, string>,
	referenceId: string,
): Promise<Customer> {
	const { data, meta } = await post(stage, '/inquiries', {
		data: { attributes: { 'inquiry-template-id': fixtures.inquiryTemplate, fields } },
		meta: {
			'auto-create-account-reference-id': referenceId,
			'auto-create-one-time-link': true,
		},
	});
	return {
		name: `${fields['name-first']} ${fields['name-last']} (${referenceId})`,
		inquiryId: String(data.id),
		link: String(meta['one-time-link']),
	};
}

/** Sends a request that your team's press of a button in Persona stands for. */
const pressInPersona = (action: string) => async (stage: Stage, id: string) => {
	const { data } = await post(stage, `/inquiries/${id}/${action}`, {});
	return `${id} is ${String((data.attributes as IDataObject).status)}.`;
};

/** What your team, or time, does to an inquiry, by the label of its button. Each returns what was done. */
export const inquiryActions: Record<
	string,
	(stage: Stage, id: string) => string | Promise<string>
> = {
	Approve: pressInPersona('approve'),
	Decline: pressInPersona('decline'),
	'Mark for review': pressInPersona('mark-for-review'),
	Expire: pressInPersona('expire'),
	'Make it 3 days older': makeOlder,
};

/** Moves the creation of an inquiry back, for workflows that wait for days. */
function makeOlder(stage: Stage, id: string): string {
	const attributes = requireSandbox(stage).api.control.find(id)?.attributes;
	if (!attributes) throw new Error('There is no such inquiry');
	const createdAt = new Date(Date.parse(String(attributes['created-at'])) - 3 * DAY_MS);
	attributes['created-at'] = createdAt.toISOString();
	return `${id} was created on ${createdAt.toDateString()}.`;
}

/** Returns the status of an inquiry of the sandbox. */
export const getStatus = ({ sandbox }: Stage, id: string) =>
	sandbox?.api.control.find(id)?.attributes.status;

/**
 * Has Persona look for a person in lists, by a report of this type. The birthdate is not the one that the
 * sandbox's lists have, so a match is of someone else. Returns what was done, in words.
 */
export async function createReport(stage: Stage, name: string, type: string): Promise<string> {
	const account = await post(stage, '/accounts', { data: { attributes: {} } });
	const [first, ...last] = name.split(' ');
	const query =
		type === 'watchlist'
			? { term: name }
			: { 'name-first': first, 'name-last': last.join(' '), birthdate: '1990-01-01' };
	const attributes = { query, 'account-id': account.data.id };
	const { data } = await post(stage, '/reports', { data: { type: `report/${type}`, attributes } });
	return `Persona is searching for ${name}: report ${data.id} of account ${account.data.id}.`;
}

function requireSandbox({ sandbox }: Stage) {
	if (!sandbox) throw new Error('This needs the sandbox');
	return sandbox;
}

/** Sends a request to the sandbox. */
async function post(stage: Stage, path: string, body: unknown) {
	const { api, apiKey } = requireSandbox(stage);
	const response = await fetch(`${api.apiUrl}${path}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	const text = await response.text();
	if (!response.ok) throw new Error(`Persona answered ${response.status}: ${text}`);
	return JSON.parse(text) as { data: IDataObject; meta: IDataObject };
}

/** JSON in lines; any other text as it is. */
function formatJson(text: string): string {
	try {
		return JSON.stringify(JSON.parse(text), null, 2);
	} catch {
		return text;
	}
}
