import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { JsonObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { configuredServers, findPostgresUser, findProgram } from '../../support/findProgram.mts';
import { startPostgres, type Server } from '../../support/databaseServers.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { redeliverEvent, completeInquiry } from './scenarioSteps.mts';

const PROGRAMS = ['initdb', 'postgres', 'pg_isready', 'psql'];

/** A port at which nobody answers. */
const NOWHERE = '1';

const ALL_TRIES = 5;

/** A row of the table. */
interface Row {
	person_id: string;
	email: string | null;
	inquiry_id: string;
	status: string;
	event_id: string;
	event_at: string;
}

/** Why PostgreSQL cannot be tried on this machine; undefined where it can. */
function missing(): string | undefined {
	const tools = (configuredServers.postgres ? ['psql'] : PROGRAMS).filter(
		(name) => !findProgram(name),
	);
	if (tools.length > 0) return `there is no ${tools.join(', ')}`;
	const nobody = !configuredServers.postgres && !findPostgresUser();
	return nobody ? 'PostgreSQL refuses to run as root and there is no user postgres' : undefined;
}

const reason = missing();

const title = `"Keep CRM and database in sync"${reason ? ` (skipped: ${reason})` : ''}`;

(reason ? describe.skip : describe)(title, () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let database: Server;
	let people = 0;

	beforeAll(async () => {
		database = await startPostgres();
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		environment.hubspot.properties.push('persona_status');
		await query('DROP TABLE IF EXISTS persona_people');
		await connectDatabase();
		published = await environment.publishWorkflow('09-keep-records-in-sync');
		await makeTable();
	});
	afterAll(async () => {
		try {
			await environment?.close();
		} finally {
			// It may be the user's own.
			if (database) await query('DROP TABLE IF EXISTS persona_people');
			await database?.stop();
		}
	});

	/** What the database answers, as one text. */
	const query = async (statement: string) => {
		const options = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', statement];
		const { stdout } = await promisify(execFile)(String(findProgram('psql')), [
			database.url.href,
			...options,
		]);
		return stdout.trim();
	};

	/** Tells n8n where the database is. */
	const connectDatabase = async (port = database.url.port) => {
		const { id, name, type } = environment.credentials.postgres;
		const { hostname, username, password, pathname } = database.url;
		await environment.client.updateCredential(id, {
			name,
			type,
			data: {
				host: hostname,
				port: Number(port || 5432),
				database: pathname.slice(1),
				user: username,
				password: decodeURIComponent(password),
				ssl: 'disable',
			},
		});
	};

	/** Makes the table where there is none, and empties the memory for events. */
	const makeTable = async () => await published.runOnce();

	const rows = async (): Promise<Row[]> =>
		JSON.parse(
			(await query('SELECT json_agg(p ORDER BY event_at) FROM persona_people p')) || '[]',
		) as Row[];

	const rowOf = async (personId: string) =>
		(await rows()).find(({ person_id }) => person_id === personId);

	const statusesOf = (address: unknown) =>
		environment.hubspot.contacts
			.filter(({ properties }) => properties.email === address)
			.map(({ properties }) => properties.persona_status);

	/** How often a contact was written. */
	const timesWritten = (address: unknown) =>
		environment.hubspot.requests.filter((request) =>
			decodeURIComponent(request).endsWith(`/createOrUpdate/email/${address}`),
		).length;

	/** A person whom nobody has seen yet, and a new inquiry of theirs. */
	const newPerson = async (lastName = 'Doe', address?: string | null) => {
		people += 1;
		const email = address === undefined ? `jane${people}@example.com` : address;
		const person = `person-${people}`;
		const fields: JsonObject = {
			'name-first': 'Jane',
			'name-last': lastName,
			...(email && { 'email-address': email }),
		};
		return { person, email, fields, id: await inquiryOf(person, fields) };
	};

	/** Another inquiry of a person, which they have finished. */
	const inquiryOf = async (person: string, fields: JsonObject): Promise<string> => {
		const { data } = await send(
			environment.sandbox,
			'POST',
			'/inquiries',
			buildInquiry(fields, { 'reference-id': person }),
		);
		const meta = { 'simulate-actions': [{ type: 'complete_inquiry' }] };
		await send(environment.sandbox, 'POST', `/inquiries/${data.id}/perform-simulate-actions`, {
			meta,
		});
		return data.id;
	};

	const decide = async (id: string, decision: 'approve' | 'decline' | 'mark-for-review') =>
		await send(environment.sandbox, 'POST', `/inquiries/${id}/${decision}`);

	/** Waits until so many executions about an inquiry have ended, and have ended well. */
	const done = async (id: string, count = 1) => {
		const executions = await published.waitForExecutions(id, count);
		expect(executions.map(({ status }) => status)).toEqual(Array(count).fill('success'));
		return executions;
	};

	it('makes its table, and does no harm when it is asked to again', async () => {
		await makeTable();
		expect(await rows()).toEqual([]);
	});

	it.each([
		['approve', 'approved'],
		['decline', 'declined'],
		['mark-for-review', 'needs_review'],
	] as const)('keeps what came of a person after %s', async (decision, status) => {
		const { person, email, id } = await newPerson();
		await decide(id, decision);
		await done(id);
		expect(await rowOf(person)).toMatchObject({ email, inquiry_id: id, status });
		expect(statusesOf(email)).toEqual([status]);
	});

	it('keeps a failure as well', async () => {
		const email = 'fail@example.com';
		const fields = { 'name-last': 'Fail', 'email-address': email };
		const id = await completeInquiry(environment.sandbox, fields);
		await done(id);
		expect((await rows()).find(({ inquiry_id }) => inquiry_id === id)).toMatchObject({
			email,
			status: 'failed',
		});
		expect(statusesOf(email)).toEqual(['failed']);
	});

	it('has one row and one contact for a person, with the newest decision', async () => {
		const { person, email, fields, id } = await newPerson();
		await decide(id, 'decline');
		await done(id);
		const second = await inquiryOf(person, fields);
		await decide(second, 'approve');
		await done(second);
		expect((await rows()).filter(({ person_id }) => person_id === person)).toEqual([
			expect.objectContaining({ inquiry_id: second, status: 'approved' }),
		]);
		expect(statusesOf(email)).toEqual(['approved']);
	});

	it('keeps who has no address in the table alone', async () => {
		const before = environment.hubspot.requests.length;
		const { person, id } = await newPerson('Doe', null);
		await decide(id, 'approve');
		await done(id);
		expect(await rowOf(person)).toMatchObject({ email: null, status: 'approved' });
		expect(environment.hubspot.requests).toHaveLength(before);
	});

	it('takes values for what they are, whatever stands in them', async () => {
		const fields = { 'name-last': 'Doe', 'email-address': "o'neil,{{1}}$1@example.com" };
		const person = `x'); DROP TABLE persona_people; --`;
		const id = await inquiryOf(person, fields);
		await decide(id, 'approve');
		await done(id);
		expect(await rowOf(person)).toMatchObject({
			email: fields['email-address'],
			status: 'approved',
		});
	});

	it('never lets a late event overwrite a newer one, in the table or in HubSpot', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const { person, email, id } = await newPerson();
		await decide(id, 'mark-for-review');
		await decide(id, 'approve');
		control.releaseDeliveries();
		await done(id, 2);
		expect(await rowOf(person)).toMatchObject({ status: 'approved' });
		expect(statusesOf(email)).toEqual(['approved']);
	});

	it('gives HubSpot the newer decision when an older one has reached it last', async () => {
		const { person, email, id } = await newPerson();
		environment.hubspot.failNext({ status: 503 }, 2);
		await decide(id, 'mark-for-review');
		await waitFor('HubSpot was asked', async () => timesWritten(email) > 0);
		// The execution now waits to try again; meanwhile another one writes the row.
		await query(
			`UPDATE persona_people SET status = 'approved', event_id = 'evt_Newer', event_at = now()
			WHERE person_id = '${person}'`,
		);
		const [execution] = await done(id);
		expect(execution.runs['Update the contact']).toHaveLength(2);
		expect(statusesOf(email)).toEqual(['approved']);
	});

	it('does nothing again when Persona delivers an event twice', async () => {
		const { person, email, id } = await newPerson();
		await decide(id, 'approve');
		await done(id);
		const kept = await rowOf(person);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		const [, again] = await done(id, 2);
		expect(again.lastNode).toBe('Each event once');
		expect(await rowOf(person)).toEqual(kept);
		expect(timesWritten(email)).toBe(1);
	});

	describe('when the memory for events is full', () => {
		let nodes: PublishedWorkflow['workflow']['nodes'];

		beforeAll(async () => {
			({ nodes } = await environment.client.fetchWorkflow(published.workflow.id));
			await remember(2);
		});
		afterAll(async () => await publish(nodes));

		const publish = async (changed: typeof nodes) => {
			await environment.client.updateWorkflow(published.workflow.id, { nodes: changed });
			await environment.client.publish(published.workflow.id);
		};

		/** Leaves room for so many events. */
		const remember = async (historySize: number) =>
			await publish(
				nodes.map((node) =>
					node.name === 'Each event once'
						? {
								...node,
								parameters: { ...node.parameters, options: { scope: 'workflow', historySize } },
							}
						: node,
				),
			);

		/** Decides about a person and delivers the event twice; gives where the second one ended. */
		const decideTwice = async () => {
			const { person, email, id } = await newPerson();
			await decide(id, 'approve');
			await done(id);
			const kept = await rowOf(person);
			expect(kept).toMatchObject({ status: 'approved' });
			await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
			const [, again] = await done(id, 2);
			expect(await rowOf(person)).toEqual(kept);
			expect(timesWritten(email)).toBe(1);
			return again.lastNode;
		};

		it('still takes every event, and each of them once', async () => {
			expect(await decideTwice()).toBe('Newer, with an address?');
		});

		it('drops events again once it was emptied', async () => {
			await makeTable();
			expect(await decideTwice()).toBe('Each event once');
		});
	});

	it('keeps the row while HubSpot is down, and a retry updates the contact alone', async () => {
		const { person, email, id } = await newPerson();
		environment.hubspot.failNext({ status: 503 }, ALL_TRIES);
		await decide(id, 'approve');
		const [broken] = await published.waitForExecutions(id);
		expect([broken.status, broken.lastNode]).toEqual(['error', 'Update the contact']);
		const kept = await rowOf(person);
		expect(kept).toMatchObject({ status: 'approved' });
		expect(statusesOf(email)).toEqual([]);

		const retried = await published.retryExecution(broken);
		expect(retried.status).toBe('success');
		expect(statusesOf(email)).toEqual(['approved']);
		expect(await rowOf(person)).toEqual(kept);
	});

	it('leaves a newer decision alone when an older execution is retried', async () => {
		const { person, email, id } = await newPerson();
		await connectDatabase(NOWHERE);
		await decide(id, 'mark-for-review');
		const [broken] = await published.waitForExecutions(id);
		await connectDatabase();
		expect(broken.status).toBe('error');
		await decide(id, 'approve');
		await published.waitForExecutions(id, 2);

		const retried = await published.retryExecution(broken);
		expect([retried.status, retried.lastNode]).toEqual(['success', 'Newer, with an address?']);
		expect(await rowOf(person)).toMatchObject({ status: 'approved' });
		expect(statusesOf(email)).toEqual(['approved']);
	});

	it('enters the decision by a retry when the database was down', async () => {
		await connectDatabase(NOWHERE);
		const { person, email, id } = await newPerson();
		await decide(id, 'approve');
		const [broken] = await published.waitForExecutions(id);
		await connectDatabase();
		expect([broken.status, broken.lastNode]).toEqual(['error', 'Keep the decision']);
		expect(await rowOf(person)).toBeUndefined();
		expect(statusesOf(email)).toEqual([]);

		const retried = await published.retryExecution(broken);
		expect(retried.status).toBe('success');
		expect(await rowOf(person)).toMatchObject({ status: 'approved' });
		expect(statusesOf(email)).toEqual(['approved']);
	});
});
