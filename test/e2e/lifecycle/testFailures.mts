import type { PublicationState, StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { buildCredentialData } from '../testEnvironment.mts';
import { KEYS, type LifecycleEnvironment } from './lifecycleEnvironment.mts';

/** n8n tries five times, 1, 2, 4 and 8 seconds apart; a try itself takes up to 4 seconds. */
const PUBLISHING_MS = 90_000;

const FOR_GOOD = 1_000;

/** What n8n's status panel shows. */
const formatStatus = ({ status, triggers = [] }: PublicationState) =>
	`${status}: ${triggers[0]?.errorMessage}`;

/** What a publication that fails leaves in Persona, and what it says. */
export function testFailures(getEnvironment: () => LifecycleEnvironment) {
	const client = () => getEnvironment().client;
	const control = () => getEnvironment().sandbox.control;

	const publish = async ({ id }: StoredWorkflow) => await client().publish(id, PUBLISHING_MS);

	const statuses = (workflow: StoredWorkflow) =>
		getEnvironment()
			.findWebhooks(workflow)
			.map(({ attributes }) => attributes.status);

	const fault = (path: string, status: number, times = FOR_GOOD) =>
		control().addFault({ method: 'POST', path, kind: 'status', status, times });

	afterEach(() => control().clearFaults());

	describe('for good', () => {
		const cases = [
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
		const outcomes: Record<string, { workflow: StoredWorkflow; text: string }> = {};

		// Together, for n8n takes its time with each.
		beforeAll(async () => {
			const { createWorkflow, buildTrigger, createCredential } = getEnvironment();
			const attempts = cases.map(async ({ missing, key, data }) => {
				const workflow = await createWorkflow(
					missing,
					buildTrigger({}, await createCredential(key, data)),
				);
				outcomes[missing] = { workflow, text: formatStatus(await publish(workflow)) };
			});
			await Promise.all(attempts);
		}, 120_000);

		it.each(cases)('it says that $missing is missing', ({ missing, headline, advice }) => {
			const { workflow, text } = outcomes[missing];
			expect(text).toContain(`failed: ${headline}`);
			expect(text).toContain(advice);
			expect(getEnvironment().findWebhooks(workflow)).toEqual([]);
		});
	});

	it('an outage that ends is survived, and one webhook stands', async () => {
		const workflow = await getEnvironment().createWorkflow('Outage that ends');
		fault('/webhooks', 500, 3);
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(statuses(workflow)).toEqual(['enabled']);
	});

	it('an outage that does not end leaves nothing and is named', async () => {
		const workflow = await getEnvironment().createWorkflow('Outage');
		fault('/webhooks', 500);
		expect(formatStatus(await publish(workflow))).toContain('failed: Persona is unavailable.');
		expect(getEnvironment().findWebhooks(workflow)).toEqual([]);
		control().clearFaults();
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(getEnvironment().findActiveWebhooks(workflow)).toHaveLength(1);
	});

	it('a webhook that may not be enabled is archived again', async () => {
		const workflow = await getEnvironment().createWorkflow('Half way');
		fault('/webhooks/.+/enable', 403);
		expect(formatStatus(await publish(workflow))).toContain('webhook.write');
		expect(getEnvironment().findActiveWebhooks(workflow)).toEqual([]);
	});

	it('a webhook that may be neither enabled nor archived stays one, until it may', async () => {
		const workflow = await getEnvironment().createWorkflow('Half way, twice');
		fault('/webhooks/.+/(enable|archive)', 403);
		expect(formatStatus(await publish(workflow))).toContain('webhook.write');
		expect(getEnvironment().findWebhooks(workflow)).toHaveLength(1);
		control().clearFaults();
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(statuses(workflow)).toEqual(['enabled']);
	});

	it.each([
		['refuses', () => fault('/webhooks/.+/archive', 403)],
		['is down', () => control().setOutage(true)],
	])('taking a workflow back while Persona %s says which webhook stays', async (_, begin) => {
		const workflow = await getEnvironment().createWorkflow('Taken back');
		await publish(workflow);
		const [webhook] = getEnvironment().findActiveWebhooks(workflow);
		begin();
		await client().unpublish(workflow.id);
		control().setOutage(false);
		control().clearFaults();
		expect(getEnvironment().findActiveWebhooks(workflow)).toEqual([webhook]);
		expect(await getEnvironment().readLog()).toContain(
			`Webhook ${webhook.id} could not be archived in Persona.`,
		);
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(getEnvironment().findActiveWebhooks(workflow)).toEqual([webhook]);
		expect(webhook.attributes.status).toBe('enabled');
	});

	it('a change that Persona refused reaches the webhook when it is published again', async () => {
		const { createWorkflow, buildTrigger, findActiveWebhooks } = getEnvironment();
		const own = buildTrigger();
		const workflow = await createWorkflow('Refused for now', own);
		await publish(workflow);
		const [webhook] = findActiveWebhooks(workflow);
		const parameters = { events: ['inquiry.approved'] };
		await client().updateWorkflow(workflow.id, { nodes: [{ ...own, parameters }] });
		fault('/webhooks/.+/archive', 403);
		control().addFault({ method: 'GET', kind: 'status', status: 403, times: FOR_GOOD });
		expect(formatStatus(await publish(workflow))).toContain('failed: ');
		expect(findActiveWebhooks(workflow)).toEqual([webhook]);
		control().clearFaults();
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(findActiveWebhooks(workflow)).toEqual([webhook]);
		expect(webhook.attributes).toMatchObject({
			status: 'enabled',
			'enabled-events': ['inquiry.approved'],
		});
	});

	it('a key that is revoked is named, and the webhook is taken over with the next key', async () => {
		const { createWorkflow, buildTrigger, createCredential, findActiveWebhooks } = getEnvironment();
		const { credentials } = await createCredential(KEYS.revoked);
		const own = buildTrigger({}, { credentials });
		const workflow = await createWorkflow('Revoked', own);
		await publish(workflow);
		const [webhook] = findActiveWebhooks(workflow);
		control().revokeApiKey(KEYS.revoked);
		const parameters = { events: ['inquiry.approved'] };
		await client().updateWorkflow(workflow.id, { nodes: [{ ...own, parameters }] });
		expect(formatStatus(await publish(workflow))).toContain(
			'failed: Persona does not recognize this API key.',
		);
		expect(findActiveWebhooks(workflow)).toEqual([webhook]);
		await client().updateCredential(String(credentials?.personaApi.id), {
			name: 'The next key',
			type: 'personaApi',
			data: buildCredentialData(getEnvironment().sandbox),
		});
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(findActiveWebhooks(workflow)).toEqual([webhook]);
		expect(webhook.attributes).toMatchObject({
			status: 'enabled',
			'enabled-events': ['inquiry.approved'],
		});
	});
}
