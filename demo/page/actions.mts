import type { IDataObject } from 'n8n-workflow';
import { caseStatuses } from '../../sandbox/domain/cases/caseStatuses.mts';
import { fixtures, type Sandbox } from '../../sandbox/sandbox.mts';
import { waitFor, type N8nClient, type PublicationState } from '../../tools/n8n/n8nClient.mts';
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

/** The versions of which n8n has said that they are published, by the ID of their workflow. */
const knownVersions = new WeakMap<N8nClient, Map<string, string>>();

/** Returns the publications of all workflows that were published, also by hand, by the ID of the workflow. */
export async function fetchPublications({
	client,
}: Pick<Stage, 'client'>): Promise<Map<string, PublicationState>> {
	const before = knownVersions.get(client);
	const active = (await client.fetchWorkflows()).filter(({ active }) => active);
	const states = await Promise.all(
		active.map(async ({ id, activeVersionId, versionId }) => {
			const version = activeVersionId ?? versionId;
			// n8n calls a workflow active even if it could not register its triggers.
			const isKnown = before?.get(id) === version;
			const state: PublicationState = isKnown
				? { status: 'published' }
				: await client.fetchPublication(id);
			return { id, version, state };
		}),
	);
	const published = states.filter(({ state }) => state.status === 'published');
	knownVersions.set(client, new Map(published.map(({ id, version }) => [id, version])));
	return new Map(states.map(({ id, state }) => [id, state]));
}

/**
 * Publishes a workflow. If it decides inquiries, those that do are unpublished first, since the first
 * to decide would win. Returns what was done, in words.
 */
export async function publish(stage: Stage, workflow: DemoWorkflow): Promise<string> {
	const publications = await fetchPublications(stage);
	const rivals = listWorkflows(stage.environment).filter(
		({ id, isDecider }) =>
			workflow.isDecider && isDecider && id !== workflow.id && publications.has(id),
	);
	for (const { id } of rivals) await stage.client.unpublish(id);
	// n8n registers the triggers of a workflow only while it is not active.
	if (publications.has(workflow.id)) await stage.client.unpublish(workflow.id);
	knownVersions.get(stage.client)?.delete(workflow.id);
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

/** What came of a button at an inquiry. */
export interface InquiryOutcome {
	/** What was done, in words. */
	text: string;
	/** A new link for the person. */
	link?: string;
}

type InquiryAction = (stage: Stage, id: string) => Promise<InquiryOutcome>;

/** Sends a request that your team's press of a button in Persona stands for. */
const pressInPersona =
	(action: string): InquiryAction =>
	async (stage, id) => {
		const { data } = await post(stage, `/inquiries/${id}/${action}`, {});
		return { text: `${id} is ${String((data.attributes as IDataObject).status)}.` };
	};

/** What your team, or time, does to an inquiry, by the label of its button. */
export const inquiryActions: Record<string, InquiryAction> = {
	Approve: pressInPersona('approve'),
	Decline: pressInPersona('decline'),
	'Mark for review': pressInPersona('mark-for-review'),
	Expire: pressInPersona('expire'),
	'New link': createLink,
	'Make it 3 days older': makeOlder,
};

/** Creates a link with which the person continues. It resumes an expired inquiry first. */
async function createLink(stage: Stage, id: string): Promise<InquiryOutcome> {
	if (findObject(stage, id)?.attributes.status === 'expired') {
		await post(stage, `/inquiries/${id}/resume`, {});
	}
	const { meta } = await post(stage, `/inquiries/${id}/generate-one-time-link`, {});
	const link = String(meta['one-time-link']);
	return { text: `A new link for ${id}: ${link}`, link };
}

/** Moves the creation of an inquiry back, for workflows that wait for days. */
async function makeOlder(stage: Stage, id: string): Promise<InquiryOutcome> {
	const attributes = findObject(stage, id)?.attributes;
	if (!attributes) throw new Error('There is no such inquiry');
	const createdAt = new Date(Date.parse(String(attributes['created-at'])) - 3 * DAY_MS);
	attributes['created-at'] = createdAt.toISOString();
	return { text: `${id} was created on ${createdAt.toDateString()}.` };
}

/** Returns an object of the sandbox. */
export const findObject = ({ sandbox }: Pick<Stage, 'sandbox'>, id: string) =>
	sandbox?.api.control.find(id);

/** Creates a case about an object, or about nothing. Returns what was done, in words. */
export async function createCase(stage: Stage, objectId: string): Promise<string> {
	const { data } = await post(stage, '/cases', {
		data: { attributes: { 'case-template-id': fixtures.caseTemplate } },
		meta: { 'object-ids': objectId ? [objectId] : [] },
	});
	return `Created the case ${String((data.attributes as IDataObject).name)}.`;
}

/** What a button at a case does. */
interface CaseAction {
	/** The last part of the path. */
	path: string;
	meta: IDataObject;
	/** What is true of the case afterward, to follow its name. */
	done: string;
}

/** What your team does to a case, by the label of its button. */
export const caseActions: Record<string, (comment: string) => CaseAction> = {
	...Object.fromEntries(
		Object.keys(caseStatuses).map((status) => [
			status,
			() => ({ path: 'set-status', meta: { status }, done: `is ${status}` }),
		]),
	),
	'Assign to the reviewer': () => ({
		path: 'assign',
		meta: { 'user-email-address': fixtures.userEmail },
		done: `is assigned to ${fixtures.userEmail}`,
	}),
	Comment: (message) => ({ path: 'add-comment', meta: { message }, done: 'has a new comment' }),
};

/** Presses a button at a case. Returns what was done, in words. */
export async function changeCase(
	stage: Stage,
	id: string,
	label: string,
	comment: string,
): Promise<string> {
	const action = Object.entries(caseActions).find(([name]) => name === label)?.[1];
	if (!action || findObject(stage, id)?.type !== 'case') throw new Error('There is no such button');
	const { path, meta, done } = action(comment);
	const { data } = await post(stage, `/cases/${id}/${path}`, { meta });
	return `${String((data.attributes as IDataObject).name)} ${done}.`;
}

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
