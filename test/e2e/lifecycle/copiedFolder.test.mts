import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createN8nClient, waitFor, type N8nClient } from '../../../tools/n8n/n8nClient.mts';
import { startN8n, type N8n } from '../../../tools/n8n/startN8n.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { account } from '../account.mts';
import { buildNode, selectCredential } from '../buildNode.mts';
import { runSql } from '../runSql.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

const TRIGGER = 'Persona Trigger';

/** Copies the folder of a running n8n, as one does for a staging system. */
async function copyFolder({ logFile }: Pick<N8n, 'logFile'>, folder: string) {
	const original = join(dirname(logFile), '.n8n');
	const copy = join(folder, '.n8n');
	await mkdir(copy, { recursive: true });
	// A database that is in use must not be copied as a file.
	const filter = (path: string) => !basename(path).startsWith('database.sqlite');
	await cp(original, copy, { recursive: true, filter });
	await runSql({ logFile }, 'VACUUM INTO ?', join(copy, 'database.sqlite'));
}

describe('a copy of the folder of n8n, with another address and the same environment in Persona', () => {
	let environment: TestEnvironment;
	let folder: string;
	let copy: N8n | undefined;
	let copyClient: N8nClient;
	let workflowId: string;
	let production: StoredObject;
	let before: StoredObject;

	const buildTrigger = (events: string[]) =>
		buildNode(
			'n8n-nodes-persona.personaTrigger',
			TRIGGER,
			{ events, options: { catchUp: 24 } },
			{ ...selectCredential(environment), webhookId },
		);
	const webhookId = randomUUID();

	const findActiveWebhooks = () =>
		environment.sandbox.control.store
			.getCollection('webhook')
			.findAll(({ attributes: { status } }) => status !== 'archived');

	/** The webhooks of the copy, which are those at its address. */
	const findCopies = () =>
		findActiveWebhooks().filter(({ attributes: { url } }) =>
			String(url).startsWith(copy?.url ?? '-'),
		);

	/** Expects production's webhook to be untouched and to start production's workflow. */
	const expectProductionToListen = async () => {
		expect(findActiveWebhooks().find(({ id }) => id === production.id)).toEqual(before);
		const { client, sandbox } = environment;
		const count = (await client.fetchExecutions(workflowId)).length;
		const [inquiryId] = sandbox.control.seedInquiries(1);
		sandbox.control.emitEvent('inquiry.completed', inquiryId);
		await waitFor(
			'the event starts the workflow of the original',
			async () => (await client.fetchExecutions(workflowId)).length > count,
		);
	};

	beforeAll(async () => {
		environment = await startTestEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		const { client, n8n } = environment;
		const { id } = await client.createWorkflow({
			name: 'Production',
			nodes: [buildTrigger(['inquiry.completed'])],
			connections: {},
		});
		workflowId = id;
		expect(await client.publish(id)).toMatchObject({ status: 'published' });
		[production] = findActiveWebhooks();
		before = structuredClone(production);
		folder = await mkdtemp(join(tmpdir(), 'persona-copy-'));
		await copyFolder(n8n, folder);
		copy = await startN8n({ folder, tarball: String(process.env.PERSONA_TARBALL) });
		copyClient = createN8nClient(copy.url);
		await copyClient.signIn(account);
	}, 400_000);

	afterAll(async () => {
		await copy?.stop();
		await environment?.close();
		if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	});

	it('has the ID of the webhook of the original in its database', async () => {
		const { staticData } = await copyClient.fetchWorkflow(workflowId);
		expect(staticData).toMatchObject({ [`node:${TRIGGER}`]: { webhookId: production.id } });
		expect(findCopies()).toEqual([]);
	});

	it('leaves the webhook of the original alone when it is unpublished', async () => {
		await copyClient.unpublish(workflowId);
		await expectProductionToListen();
	});

	it('creates a webhook of its own when it is published, and tells the user about the other one', async () => {
		expect(await copyClient.publish(workflowId)).toMatchObject({ status: 'published' });
		const [own, ...others] = findCopies();
		expect(others).toEqual([]);
		expect(own.attributes).toMatchObject({
			status: 'enabled',
			description: expect.stringContaining(production.id) as string,
		});
		const log = await readFile(String(copy?.logFile), 'utf8');
		expect(log).toContain(`${production.id} (${String(production.attributes.url)})`);
		await expectProductionToListen();
		await waitFor(
			'the event starts the workflow of the copy',
			async () => (await copyClient.fetchExecutions(workflowId)).length > 0,
		);
	});

	it('has not caught up on events that the original has received', async () => {
		const executions = await copyClient.fetchExecutions(workflowId);
		expect(executions).toHaveLength(1);
	});

	it('changes its own webhook alone when it is published with other events, and archives it in the end', async () => {
		await copyClient.updateWorkflow(workflowId, {
			nodes: [buildTrigger(['inquiry.completed', 'case.created'])],
		});
		expect(await copyClient.publish(workflowId)).toMatchObject({ status: 'published' });
		expect(findCopies().map(({ attributes }) => attributes['enabled-events'])).toEqual([
			['inquiry.completed', 'case.created'],
		]);
		await copyClient.unpublish(workflowId);
		expect(findCopies()).toEqual([]);
		await expectProductionToListen();
	});

	it('that registers its webhooks at startup, as n8n before 2.40 does, leaves the other one alone as well', async () => {
		expect(await copyClient.publish(workflowId)).toMatchObject({ status: 'published' });
		// As if it had been copied again: what it has stored belongs to the original.
		const staticData = (await environment.client.fetchWorkflow(workflowId)).staticData;
		const statement = 'UPDATE workflow_entity SET staticData = ? WHERE id = ?';
		await runSql(
			{ logFile: String(copy?.logFile) },
			statement,
			JSON.stringify(staticData),
			workflowId,
		);
		await copy?.restart({ N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' });
		const [own] = await waitFor('the copy has its webhook', async () => {
			const found = findCopies().filter(({ attributes }) => attributes.status === 'enabled');
			return found.length === 1 && found;
		});
		expect(own.id).not.toBe(production.id);
		await expectProductionToListen();
	});
});
