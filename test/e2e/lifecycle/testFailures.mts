import type { PublicationState, StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { credentialFor } from '../testEnvironment.mts';
import { KEYS, type Ground } from './lifecycleEnvironment.mts';

/** n8n tries five times, 1, 2, 4 and 8 seconds apart; a try itself takes up to 4 seconds. */
const PUBLISHING_MS = 90_000;

const FOR_GOOD = 1_000;

/** What n8n's status panel shows. */
const said = ({ status, triggers = [] }: PublicationState) =>
	`${status}: ${triggers[0]?.errorMessage}`;

/** What a publication that fails leaves in Persona, and what it says. */
export function failing(ground: () => Ground) {
	const client = () => ground().stage.client;
	const control = () => ground().stage.sandbox.control;

	const publish = async ({ id }: StoredWorkflow) => await client().publish(id, PUBLISHING_MS);

	const statuses = (workflow: StoredWorkflow) =>
		ground()
			.registered(workflow)
			.map(({ attributes }) => attributes.status);

	const fault = (path: string, status: number, times = FOR_GOOD) =>
		control().addFault({ method: 'POST', path, kind: 'status', status, times });

	afterEach(() => control().clearFaults());

	describe('for good', () => {
		const cases = [
			{
				missing: 'the permission to write',
				key: KEYS.readsOnly,
				headline: 'This API key may not do that.',
				advice: 'the permission webhook.write',
			},
			{
				missing: 'the permission to read',
				key: KEYS.writesOnly,
				headline: 'This API key may not do that.',
				advice: 'the permission webhook.read',
			},
			{
				missing: 'a key that Persona knows',
				key: 'persona_sandbox_unknown',
				headline: 'Persona does not know this API key.',
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
			const { listener, trigger, credential } = ground();
			const attempts = cases.map(async ({ missing, key, data }) => {
				const workflow = await listener(missing, trigger({}, await credential(key, data)));
				outcomes[missing] = { workflow, text: said(await publish(workflow)) };
			});
			await Promise.all(attempts);
		}, 120_000);

		it.each(cases)('it says that $missing is missing', ({ missing, headline, advice }) => {
			const { workflow, text } = outcomes[missing];
			expect(text).toContain(`failed: ${headline}`);
			expect(text).toContain(advice);
			expect(ground().registered(workflow)).toEqual([]);
		});
	});

	it('an outage that ends is survived, and one webhook stands', async () => {
		const workflow = await ground().listener('Outage that ends');
		fault('/webhooks', 500, 3);
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(statuses(workflow)).toEqual(['enabled']);
	});

	it('an outage that does not end leaves nothing and is named', async () => {
		const workflow = await ground().listener('Outage');
		fault('/webhooks', 500);
		expect(said(await publish(workflow))).toContain('failed: Persona has an outage.');
		expect(ground().registered(workflow)).toEqual([]);
		control().clearFaults();
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(ground().standing(workflow)).toHaveLength(1);
	});

	it('a webhook that may not be enabled is archived again', async () => {
		const workflow = await ground().listener('Half way');
		fault('/webhooks/.+/enable', 403);
		expect(said(await publish(workflow))).toContain('webhook.write');
		expect(ground().standing(workflow)).toEqual([]);
	});

	it('a webhook that may be neither enabled nor archived stays one, until it may', async () => {
		const workflow = await ground().listener('Half way, twice');
		fault('/webhooks/.+/(enable|archive)', 403);
		expect(said(await publish(workflow))).toContain('webhook.write');
		expect(ground().registered(workflow)).toHaveLength(1);
		control().clearFaults();
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(statuses(workflow)).toEqual(['enabled']);
	});

	it.each([
		['refuses', () => fault('/webhooks/.+/archive', 403)],
		['is down', () => control().setOutage(true)],
	])('taking a workflow back while Persona %s says which webhook stays', async (_, begin) => {
		const workflow = await ground().listener('Taken back');
		await publish(workflow);
		const [webhook] = ground().standing(workflow);
		begin();
		await client().unpublish(workflow.id);
		control().setOutage(false);
		control().clearFaults();
		expect(ground().standing(workflow)).toEqual([webhook]);
		expect(await ground().printed()).toContain(`Webhook ${webhook.id} stays in Persona.`);
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(ground().standing(workflow)).toEqual([webhook]);
		expect(webhook.attributes.status).toBe('enabled');
	});

	it('a change that Persona refused reaches the webhook when it is published again', async () => {
		const { listener, trigger, standing } = ground();
		const own = trigger();
		const workflow = await listener('Refused for now', own);
		await publish(workflow);
		const [webhook] = standing(workflow);
		const parameters = { events: ['inquiry.approved'] };
		await client().updateWorkflow(workflow.id, { nodes: [{ ...own, parameters }] });
		fault('/webhooks/.+/archive', 403);
		control().addFault({ method: 'GET', kind: 'status', status: 403, times: FOR_GOOD });
		expect(said(await publish(workflow))).toContain('failed: ');
		expect(standing(workflow)).toEqual([webhook]);
		control().clearFaults();
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(standing(workflow)).toEqual([webhook]);
		expect(webhook.attributes).toMatchObject({
			status: 'enabled',
			'enabled-events': ['inquiry.approved'],
		});
	});

	it('a key that is revoked is named, and the webhook is taken over with the next key', async () => {
		const { listener, trigger, credential, standing } = ground();
		const { credentials } = await credential(KEYS.revoked);
		const own = trigger({}, { credentials });
		const workflow = await listener('Revoked', own);
		await publish(workflow);
		const [webhook] = standing(workflow);
		control().revokeApiKey(KEYS.revoked);
		const parameters = { events: ['inquiry.approved'] };
		await client().updateWorkflow(workflow.id, { nodes: [{ ...own, parameters }] });
		expect(said(await publish(workflow))).toContain('failed: Persona does not know this API key.');
		expect(standing(workflow)).toEqual([webhook]);
		await client().updateCredential(String(credentials?.personaApi.id), {
			name: 'The next key',
			type: 'personaApi',
			data: credentialFor(ground().stage.sandbox),
		});
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(standing(workflow)).toEqual([webhook]);
		expect(webhook.attributes).toMatchObject({
			status: 'enabled',
			'enabled-events': ['inquiry.approved'],
		});
	});
}
