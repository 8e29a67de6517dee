import type { Sandbox } from '../sandbox/sandbox.mts';
import {
	waitFor,
	type EditorAccount,
	type N8nClient,
	type Execution,
} from '../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../tools/completeHostedFlow.mts';
import { sandboxCredentialName, type DemoEnvironment } from './demoEnvironment.mts';

const startName = 'When clicking ‘Execute workflow’';
const triggerName = 'When an inquiry ends';

interface ScenarioDetails {
	url: string;
	account: EditorAccount;
	environment: DemoEnvironment;
	/** Undefined when the demo uses the real Persona. */
	sandbox?: Sandbox;
}

/** Prints the steps of the scenario: where to click and what to try. */
export function printScenario(
	print: (line: string) => void,
	{ url, account, environment, sandbox }: ScenarioDetails,
): void {
	const { onboarding, approval, published } = environment;
	const getUrl = (id: string) => `${url}/workflow/${id}`;
	print(`  n8n      ${url}`);
	print(`  Persona  ${sandbox ? `${sandbox.url}/sandbox  (a sandbox on this machine)` : 'real'}\n`);
	const lines = [
		`Open "${onboarding.name}" and sign in (${account.email}, password ${account.password}): ${getUrl(onboarding.id)}`,
		'Press "Execute workflow", then double-click "Create inquiry": its output has a oneTimeLink.',
		'Open that link in a window as narrow as a phone: this is what your customer sees. Complete it.',
		published
			? `Meanwhile Persona has notified n8n, and the inquiry is approved: ${getUrl(approval.id)}/executions`
			: `Persona cannot reach this machine. Set WEBHOOK_URL to its public address and start again: ` +
				`then "${approval.name}" approves completed inquiries: ${getUrl(approval.id)}`,
		sandbox
			? `Change the last name in "Customer" to Fail or Review: n8n takes the other branch. ${sandbox.url}/sandbox lists all test persons.`
			: 'Set the template of "Create inquiry" to one of yours, unless PERSONA_TEMPLATE_ID is set.',
		...(sandbox
			? [
					`In "Create inquiry", open the list of templates, and see the fields of the chosen one. Then choose the credential "${sandboxCredentialName}": Persona lets no sandbox key list templates, and the node says what to do.`,
				]
			: []),
		`To try a workflow of the folder "workflows" (… → Import → From file), unpublish "${approval.name}" first: otherwise it decides first.`,
	];
	lines.forEach((line, index) => print(`  ${index + 1}. ${line}`));
	print('\nCtrl-C stops everything.');
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
