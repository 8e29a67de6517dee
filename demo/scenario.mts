import {
	waitFor,
	type EditorAccount,
	type N8nClient,
	type Execution,
} from '../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../tools/completeHostedFlow.mts';
import {
	sandboxCredentialName,
	type DemoEnvironment,
	type DemoWorkflow,
} from './demoEnvironment.mts';
import {
	fetchPublications,
	listWorkflows,
	publish,
	sendRequest,
	type Stage,
} from './page/actions.mts';
import { samples } from './page/samples.mts';

const startName = 'When clicking ‘Execute workflow’';
const triggerName = 'When an inquiry ends';

/** A workflow of the library that needs the most stand-ins. */
const playedName = 'Onboard users';
const playedPath = 'persona-sign-up';

interface ScenarioDetails {
	stage: Stage;
	pageUrl: string;
	account: EditorAccount;
}

/** Prints the steps of the scenario: where to click and what to try. */
export async function printScenario(
	print: (line: string) => void,
	{ stage, pageUrl, account }: ScenarioDetails,
): Promise<void> {
	const { environment, sandbox, n8nUrl, standIns } = stage;
	const { onboarding, approval } = environment;
	const publications = await fetchPublications(stage);
	const isPublished = ({ id }: DemoWorkflow) => publications.get(id)?.status === 'published';
	const getUrl = (id: string) => `${n8nUrl}/workflow/${id}`;
	print(`  n8n      ${n8nUrl}`);
	print(
		`  Persona  ${sandbox ? `${sandbox.api.url}/sandbox  (a sandbox on this machine)` : 'real'}`,
	);
	print(`  Page     ${pageUrl}  (starts the workflows and shows what they send)\n`);
	const lines = [
		`Open "${onboarding.name}" and sign in (${account.email}, password ${account.password}): ${getUrl(onboarding.id)}`,
		'Press "Execute workflow", then double-click "Create inquiry": its output has a oneTimeLink.',
		'Open that link in a window as narrow as a phone: this is what your customer sees. Complete it.',
		isPublished(approval)
			? `Meanwhile Persona has notified n8n, and the inquiry is approved: ${getUrl(approval.id)}/executions`
			: explainApproval(stage, getUrl(approval.id)),
		sandbox
			? `Change the last name in "Customer" to Fail or Review: n8n takes the other branch. ${sandbox.api.url}/sandbox lists all test personas.`
			: 'Set the template of "Create inquiry" to one of yours, unless PERSONA_TEMPLATE_ID is set.',
		...(sandbox
			? [
					`In "Create inquiry", open the list of templates, and look at the fields of the one that you choose. Then choose the credential "${sandboxCredentialName}": Persona does not let sandbox keys list templates, and the node says what to do.`,
					`Try a workflow of the library: open ${pageUrl}, press "Publish" next to one, start it there, and see what arrives in Slack, by email and so on.`,
				]
			: [
					`The workflows of the library are there too, connected to stand-ins for Slack, email and so on: ${pageUrl} shows what arrives.`,
				]),
	];
	lines.forEach((line, index) => print(`  ${index + 1}. ${line}`));

	const workflows = listWorkflows(environment);
	const publishedCount = workflows.filter(isPublished).length;
	print(
		`\n${workflows.length} workflows, with a tag for each theme; ${publishedCount} are published.`,
	);
	if (sandbox) {
		const deciders = workflows.filter(({ isDecider }) => isDecider);
		const current = deciders.filter(isPublished).map(({ name }) => `"${name}"`);
		print(
			`${deciders.length} of them approve or decline inquiries, or mark them for review. Only one of these is published at a time, ` +
				`now ${current.join(', ') || 'none'}: ${deciders.map(({ name }) => name).join(' · ')}`,
		);
	}
	for (const [type, reason] of Object.entries(standIns.missing)) {
		print(`Workflows that need ${type} are not published: ${reason}.`);
	}
	print(
		'Every service but Persona is a stand-in: nothing that the workflows send leaves this machine.',
	);
	print('\nCtrl-C stops everything. Your changes in n8n are kept; what has arrived is forgotten.');
}

function explainApproval({ environment: { approval }, sandbox }: Stage, url: string): string {
	if (sandbox) return `Publish "${approval.name}": then n8n approves completed inquiries. ${url}`;
	return (
		`Persona cannot reach this machine unless WEBHOOK_URL has its public address. Nothing is published at ` +
		`first: publish "${approval.name}" if you want completed inquiries to be approved. ${url}`
	);
}

/** Plays a workflow of the library once, until the page shows what it has sent at last. */
export async function checkPage(
	pageUrl: string,
	stage: Stage,
	note: (text: string) => void,
): Promise<void> {
	const workflow = stage.environment.workflows.find(({ name }) => name === playedName);
	if (!workflow) throw new Error(`There is no "${playedName}"`);
	note('publishing it');
	await publish(stage, workflow);
	note('signing up');
	const body = JSON.stringify(samples[playedPath]);
	const answer = await sendRequest(stage, workflow, 'Sign-up', body);
	const link = /"link": "([^"]+)"/.exec(answer)?.[1];
	if (!link) throw new Error(`"${playedName}" answered ${answer}`);
	note('completing the inquiry');
	await completeHostedFlow(link);
	note('waiting for the contact');
	await waitFor(
		'the page shows an approved contact',
		async () => (await (await fetch(pageUrl)).text()).includes('<dd>approved</dd>'),
		60_000,
	);
	note('');
}

/** Runs the scenario once: creates an inquiry, completes it, and waits until n8n approves it. */
export async function runScenario(
	client: N8nClient,
	{ onboarding, approval }: DemoEnvironment,
	note: (text: string) => void,
): Promise<void> {
	note('creating an inquiry');
	const started = await client.runWorkflow(onboarding.id, startName);
	if (!started.executionId) throw new Error(`"${onboarding.name}" did not start`);
	const created = getFirstItem(
		await client.waitForExecution(started.executionId),
		'Create inquiry',
	);

	note('completing it');
	await completeHostedFlow(String(created.oneTimeLink));

	note('waiting for its approval');
	const approved = await waitFor(`n8n receives the event of ${created.id}`, async () => {
		for (const { id } of await client.fetchExecutions(approval.id)) {
			const execution = await client.waitForExecution(id);
			const [item] = execution.runs[triggerName]?.[0]?.data?.main?.[0] ?? [];
			if (Object(item?.json.object).id === created.id) return execution;
		}
		return undefined;
	});
	const { status } = getFirstItem(approved, 'Approve');
	if (status !== 'approved') throw new Error(`${created.id} is ${status}, not approved`);
	note('');
}

/** Returns the first item of a node. Throws the execution's error when there is none. */
function getFirstItem({ status, runs, error, id }: Execution, node: string) {
	const item = runs[node]?.[0]?.data?.main?.[0]?.[0];
	if (item) return item.json;
	throw new Error(
		`Execution ${id} (${status}): ${error?.message ?? `"${node}" returned nothing`} ${error?.description ?? ''}`,
	);
}
