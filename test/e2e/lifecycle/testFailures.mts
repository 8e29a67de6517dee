import type { IDataObject, INode } from 'n8n-workflow';
import type { PublicationState, StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { buildCredentialData } from '../testEnvironment.mts';
import { KEYS, type LifecycleEnvironment } from './lifecycleEnvironment.mts';
import { testConcurrently } from './testConcurrently.mts';

/** n8n tries five times, 1, 2, 4 and 8 seconds apart; an attempt takes up to 4 seconds. */
const PUBLICATION_TIMEOUT_MS = 120_000;

/** More often than n8n tries. */
const ALWAYS = 1_000;

/** A publication that fails, with what n8n then shows. */
interface FailingPublication {
	missing: string;
	key: string;
	data?: IDataObject;
	headline: string;
	advice: string;
}

const failingPublications: FailingPublication[] = [
	{
		missing: 'the permission to write',
		key: KEYS.readsOnly,
		headline: 'This API key is not allowed to do that.',
		advice: 'the permission webhook.write',
	},
	{
		missing: 'the permission to read',
		key: KEYS.writesOnly,
		headline: 'This API key is not allowed to do that.',
		advice: 'the permission webhook.read',
	},
	{
		missing: 'a key that Persona knows',
		key: 'persona_sandbox_unknown',
		headline: 'Persona does not recognize this API key.',
		advice: "Check 'API Key' in the credential",
	},
	{
		missing: 'an address for the real Persona',
		key: 'persona_sandbox_unused',
		data: { baseUrl: 'https://api.withpersona.com/api/v1' },
		headline: 'Persona cannot reach this n8n at 127.0.0.1.',
		advice: 'N8N_WEBHOOK_URL',
	},
];

/** Formats what n8n's status panel shows. */
const formatStatus = ({ status, triggers = [] }: PublicationState) =>
	`${status}: ${triggers[0]?.errorMessage}`;

/** Tests what a failed publication leaves in Persona, and what it reports. */
export function testFailures(getEnvironment: () => LifecycleEnvironment) {
	testConcurrently(getEnvironment, [
		...failingPublications.map(
			(publication) =>
				[
					`a publication reports that ${publication.missing} is missing`,
					async (environment: LifecycleEnvironment) =>
						await expectFailure(environment, publication),
				] as const,
		),
		['a publication survives an outage that ends, with one webhook', surviveOutage],
		['a publication during an outage leaves nothing and names the outage', nameOutage],
		['a webhook that cannot be enabled is archived again', archiveDisabledWebhook],
		[
			'a webhook that can be neither enabled nor archived is used by the next publication',
			reuseDisabledWebhook,
		],
		[
			'unpublishing while Persona denies access names the webhook that remains',
			async (environment) =>
				await expectRemainingWebhook(environment, () =>
					addFault(environment, '/webhooks/.+/archive', 403),
				),
		],
		[
			'unpublishing while Persona is down names the webhook that remains',
			async (environment) =>
				await expectRemainingWebhook(environment, () =>
					environment.sandbox.control.setOutage(true),
				),
		],
		['a change that Persona has denied is made by the next publication', repeatDeniedChange],
		['a revoked key is reported, and the next key takes over the webhook', replaceRevokedKey],
	]);
}

const publish = async ({ client }: LifecycleEnvironment, { id }: StoredWorkflow) =>
	await client.publish(id, PUBLICATION_TIMEOUT_MS);

const expectPublished = async (environment: LifecycleEnvironment, workflow: StoredWorkflow) =>
	expect(await publish(environment, workflow)).toMatchObject({ status: 'published' });

const getStatuses = ({ findWebhooks }: LifecycleEnvironment, workflow: StoredWorkflow) =>
	findWebhooks(workflow).map(({ attributes }) => attributes.status);

const addFault = (
	{ sandbox }: LifecycleEnvironment,
	path: string,
	status: number,
	times = ALWAYS,
) => sandbox.control.addFault({ method: 'POST', path, kind: 'status', status, times });

const updateTrigger = async (
	{ client }: LifecycleEnvironment,
	{ id }: StoredWorkflow,
	trigger: INode,
	events: string[],
) => await client.updateWorkflow(id, { nodes: [{ ...trigger, parameters: { events } }] });

async function expectFailure(
	environment: LifecycleEnvironment,
	{ missing, key, data, headline, advice }: FailingPublication,
) {
	const { buildTrigger, createCredential, createWorkflow, findWebhooks } = environment;
	const trigger = buildTrigger({}, await createCredential(key, data));
	const workflow = await createWorkflow(missing, trigger);
	const status = formatStatus(await publish(environment, workflow));
	expect(status).toContain(`failed: ${headline}`);
	expect(status).toContain(advice);
	expect(findWebhooks(workflow)).toEqual([]);
}

async function surviveOutage(environment: LifecycleEnvironment) {
	const workflow = await environment.createWorkflow('Outage that ends');
	// A 5xx of Persona itself would be repeated for the same idempotency key.
	environment.sandbox.control.addFault({
		method: 'POST',
		path: '/webhooks',
		kind: 'proxy',
		times: 3,
	});
	await expectPublished(environment, workflow);
	expect(getStatuses(environment, workflow)).toEqual(['enabled']);
}

async function nameOutage(environment: LifecycleEnvironment) {
	const workflow = await environment.createWorkflow('Outage');
	addFault(environment, '/webhooks', 500);
	const status = formatStatus(await publish(environment, workflow));
	expect(status).toContain('failed: Persona is unavailable.');
	expect(environment.findWebhooks(workflow)).toEqual([]);
	environment.sandbox.control.clearFaults();
	await expectPublished(environment, workflow);
	expect(environment.findActiveWebhooks(workflow)).toHaveLength(1);
}

async function archiveDisabledWebhook(environment: LifecycleEnvironment) {
	const workflow = await environment.createWorkflow('Cannot be enabled');
	addFault(environment, '/webhooks/.+/enable', 403);
	expect(formatStatus(await publish(environment, workflow))).toContain('webhook.write');
	expect(environment.findActiveWebhooks(workflow)).toEqual([]);
}

async function reuseDisabledWebhook(environment: LifecycleEnvironment) {
	const workflow = await environment.createWorkflow('Cannot be enabled or archived');
	addFault(environment, '/webhooks/.+/(enable|archive)', 403);
	expect(formatStatus(await publish(environment, workflow))).toContain('webhook.write');
	expect(environment.findWebhooks(workflow)).toHaveLength(1);
	environment.sandbox.control.clearFaults();
	await expectPublished(environment, workflow);
	expect(getStatuses(environment, workflow)).toEqual(['enabled']);
}

async function expectRemainingWebhook(environment: LifecycleEnvironment, fail: () => void) {
	const { client, createWorkflow, findActiveWebhooks, readLog, sandbox } = environment;
	const workflow = await createWorkflow('Unpublished');
	await publish(environment, workflow);
	const [webhook] = findActiveWebhooks(workflow);
	fail();
	await client.unpublish(workflow.id);
	sandbox.control.setOutage(false);
	sandbox.control.clearFaults();
	expect(findActiveWebhooks(workflow)).toEqual([webhook]);
	expect(await readLog()).toContain(`Webhook ${webhook.id} could not be archived in Persona.`);
	await expectPublished(environment, workflow);
	expect(findActiveWebhooks(workflow)).toEqual([webhook]);
	expect(webhook.attributes.status).toBe('enabled');
}

async function repeatDeniedChange(environment: LifecycleEnvironment) {
	const { buildTrigger, createWorkflow, findActiveWebhooks, sandbox } = environment;
	const trigger = buildTrigger();
	const workflow = await createWorkflow('Denied change', trigger);
	await publish(environment, workflow);
	const [webhook] = findActiveWebhooks(workflow);
	await updateTrigger(environment, workflow, trigger, ['inquiry.approved']);
	addFault(environment, '/webhooks/.+/archive', 403);
	sandbox.control.addFault({ method: 'GET', kind: 'status', status: 403, times: ALWAYS });
	expect(formatStatus(await publish(environment, workflow))).toContain('failed: ');
	expect(findActiveWebhooks(workflow)).toEqual([webhook]);
	sandbox.control.clearFaults();
	await expectPublished(environment, workflow);
	expect(findActiveWebhooks(workflow)).toEqual([webhook]);
	expect(webhook.attributes).toMatchObject({
		status: 'enabled',
		'enabled-events': ['inquiry.approved'],
	});
}

async function replaceRevokedKey(environment: LifecycleEnvironment) {
	const { buildTrigger, client, createCredential, createWorkflow, findActiveWebhooks, sandbox } =
		environment;
	const { credentials } = await createCredential(KEYS.revoked);
	const trigger = buildTrigger({}, { credentials });
	const workflow = await createWorkflow('Revoked key', trigger);
	await publish(environment, workflow);
	const [webhook] = findActiveWebhooks(workflow);
	sandbox.control.revokeApiKey(KEYS.revoked);
	await updateTrigger(environment, workflow, trigger, ['inquiry.approved']);
	const status = formatStatus(await publish(environment, workflow));
	expect(status).toContain('failed: Persona does not recognize this API key.');
	expect(findActiveWebhooks(workflow)).toEqual([webhook]);
	await client.updateCredential(String(credentials?.personaApi.id), {
		name: 'The next key',
		type: 'personaApi',
		data: buildCredentialData(sandbox),
	});
	await expectPublished(environment, workflow);
	expect(findActiveWebhooks(workflow)).toEqual([webhook]);
	expect(webhook.attributes).toMatchObject({
		status: 'enabled',
		'enabled-events': ['inquiry.approved'],
	});
}
