import fc from 'fast-check';
import type { JsonObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { explainMissingPostgres } from '../../../tools/findProgram.mts';
import {
	buildPostgresCredential,
	runStatement,
	startPostgres,
	type Server,
} from '../../../tools/servers.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { redeliverEvent, completeInquiry } from './scenarioSteps.mts';
import { readWorkflow } from './workflowFiles.mts';

/** A port without a server. */
const NOWHERE = '1';

/** How often the workflow calls a service that fails. */
const MAX_TRIES = 5;

/** A row of the table. */
interface Row {
	person_id: string;
	reference_id: string | null;
	email: string | null;
	inquiry_id: string;
	inquiry_at: string;
	status: string;
	event_id: string;
	event_at: string;
}

const reason = explainMissingPostgres();

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
		await runQuery('DROP TABLE IF EXISTS persona_people');
		await connectDatabase();
		published = await environment.publishWorkflow('09-keep-records-in-sync');
		await createTable();
	});
	afterAll(async () => {
		try {
			await environment?.close();
		} finally {
			// It may be the user's own.
			if (database) await runQuery('DROP TABLE IF EXISTS persona_people');
			await database?.stop();
		}
	});

	const runQuery = async (statement: string) => await runStatement(database, statement);

	/** Updates the address of the database in n8n. */
	const connectDatabase = async (port = database.url.port) => {
		const { id, name, type } = environment.credentials.postgres;
		await environment.client.updateCredential(id, {
			name,
			type,
			data: buildPostgresCredential(database.url, port),
		});
	};

	/** Creates the table if necessary, and clears the history of Remove Duplicates. */
	const createTable = async () => await published.runOnce();

	const fetchRows = async (): Promise<Row[]> =>
		JSON.parse(
			(await runQuery('SELECT json_agg(p ORDER BY event_at) FROM persona_people p')) || '[]',
		) as Row[];

	const fetchRow = async (personId: string) =>
		(await fetchRows()).find(({ reference_id }) => reference_id === personId);

	const getContactStatuses = (address: unknown) =>
		environment.hubspot.contacts
			.filter(({ properties }) => properties.email === address)
			.map(({ properties }) => properties.persona_status);

	/** Counts the updates of a contact. */
	const countContactUpdates = (address: unknown) =>
		environment.hubspot.requests.filter((request) =>
			decodeURIComponent(request).endsWith(`/createOrUpdate/email/${address}`),
		).length;

	/** Creates a person with a completed inquiry. */
	const createPerson = async (lastName = 'Doe', address?: string | null) => {
		people += 1;
		const email = address === undefined ? `jane${people}@example.com` : address;
		const person = `person-${people}`;
		const fields: JsonObject = {
			'name-first': 'Jane',
			'name-last': lastName,
			...(email && { 'email-address': email }),
		};
		return { person, email, fields, id: await createInquiry(person, fields) };
	};

	/** Creates and completes an inquiry of a person. */
	const createInquiry = async (person: string, fields: JsonObject): Promise<string> => {
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

	/** Waits until this many executions about an inquiry have ended, all successfully. */
	const waitForSuccess = async (id: string, count = 1) => {
		const executions = await published.waitForExecutions(id, count);
		expect(executions.map(({ status }) => status)).toEqual(Array(count).fill('success'));
		return executions;
	};

	it('creates its table, and changes nothing when it runs again', async () => {
		await createTable();
		expect(await fetchRows()).toEqual([]);
	});

	it.each([
		['approve', 'approved'],
		['decline', 'declined'],
		['mark-for-review', 'needs_review'],
	] as const)('stores the decision about a person after %s', async (decision, status) => {
		const { person, email, id } = await createPerson();
		await decide(id, decision);
		await waitForSuccess(id);
		expect(await fetchRow(person)).toMatchObject({ email, inquiry_id: id, status });
		expect(getContactStatuses(email)).toEqual([status]);
	});

	it('also stores a failure', async () => {
		const email = 'fail@example.com';
		const fields = { 'name-last': 'Fail', 'email-address': email };
		const id = await completeInquiry(environment.sandbox, fields);
		await waitForSuccess(id);
		expect((await fetchRows()).find(({ inquiry_id }) => inquiry_id === id)).toMatchObject({
			email,
			status: 'failed',
		});
		expect(getContactStatuses(email)).toEqual(['failed']);
	});

	it('keeps one row and one contact per person, with the latest decision', async () => {
		const { person, email, fields, id } = await createPerson();
		await decide(id, 'decline');
		await waitForSuccess(id);
		const second = await createInquiry(person, fields);
		await decide(second, 'approve');
		await waitForSuccess(second);
		expect((await fetchRows()).filter(({ reference_id }) => reference_id === person)).toEqual([
			expect.objectContaining({ inquiry_id: second, status: 'approved' }),
		]);
		expect(getContactStatuses(email)).toEqual(['approved']);
	});

	it.each(['fail', 'decline', 'mark-for-review', 'approve'] as const)(
		'keeps the newest decision when %s is done to an older inquiry afterwards',
		async (action) => {
			const { person, email, fields, id } = await createPerson();
			const newest = action === 'approve' ? 'decline' : 'approve';
			const second = await createInquiry(person, fields);
			await decide(second, newest);
			await waitForSuccess(second);
			const kept = await fetchRow(person);
			if (action === 'fail') {
				const meta = { 'simulate-actions': [{ type: 'fail_inquiry' }] };
				const { data } = await send(
					environment.sandbox,
					'POST',
					'/inquiries',
					buildInquiry(fields, { 'reference-id': person }),
				);
				// Created earlier than the one that was decided.
				Object(environment.sandbox.control.find(data.id)).attributes['created-at'] =
					'2020-01-01T00:00:00.000Z';
				await send(environment.sandbox, 'POST', `/inquiries/${data.id}/perform-simulate-actions`, {
					meta: { 'simulate-actions': [{ type: 'start_inquiry' }, ...meta['simulate-actions']] },
				});
				await waitForSuccess(data.id);
			} else {
				await decide(id, action);
				await waitForSuccess(id);
			}
			expect(await fetchRow(person)).toEqual(kept);
			expect(getContactStatuses(email)).toEqual([newest === 'approve' ? 'approved' : 'declined']);
		},
	);

	it('keeps one row per person also for an inquiry that was created by the account alone', async () => {
		const { person, id } = await createPerson();
		await decide(id, 'approve');
		await waitForSuccess(id);
		const { person_id: accountId } = (await fetchRow(person)) as Row;
		const before = (await fetchRows()).length;
		const { data } = await send(
			environment.sandbox,
			'POST',
			'/inquiries',
			buildInquiry({}, { 'account-id': accountId }),
		);
		await decide(data.id, 'decline');
		await waitForSuccess(data.id);
		expect(await fetchRow(person)).toMatchObject({ inquiry_id: data.id, status: 'declined' });
		expect(await fetchRows()).toHaveLength(before);
	});

	it('stores the same row for all orders of the events of three inquiries, repeated or not', async () => {
		const { nodes } = await readWorkflow('09-keep-records-in-sync');
		const statement = String(
			nodes.find(({ name }) => name === 'Keep the decision')?.parameters.query,
		);
		/** The events of each inquiry, oldest inquiry first, in the order in which they happen. */
		const histories = fc.array(
			fc.subarray(['needs_review', 'failed', 'approved', 'declined', 'approved'], { minLength: 1 }),
			{ minLength: 1, maxLength: 3 },
		);
		const cases = fc.sample(
			histories.chain((lists) => {
				const events = lists.flatMap((statuses, inquiry) =>
					statuses.map((status, index) => ({
						inquiry,
						status,
						at: index * 3 + ((inquiry * 7) % 3),
					})),
				);
				return fc.record({
					lists: fc.constant(lists),
					orders: fc.array(
						fc.tuple(
							fc.shuffledSubarray(events, { minLength: events.length }),
							fc.subarray(events),
						),
						{ minLength: 3, maxLength: 3 },
					),
				});
			}),
			30,
		);
		const isDecision = (status: string) => ['approved', 'declined'].includes(status);
		const expected: Record<string, string> = {};
		for (const [number, { lists, orders }] of cases.entries()) {
			const newestFirst = [...lists].reverse();
			// A decision cannot be taken back to something undecided.
			const decisions = newestFirst.map((statuses) => statuses.filter(isDecision).pop());
			const status = decisions.find((decision) => decision) ?? newestFirst[0].slice(-1)[0];
			const statements = orders.flatMap(([events, repeated], order) => {
				const person = `order-${number}-${order}`;
				expected[person] = status;
				return [...events, ...repeated].map((event) => {
					const inquiry = [
						`inq_${9 - event.inquiry}`,
						`2026-01-0${event.inquiry + 1}`,
						event.status,
					];
					const id = `evt_${event.inquiry}_${event.at}`;
					const values = [
						person,
						person,
						'x@y.io',
						...inquiry,
						id,
						`2026-02-01 00:00:${10 + event.at}`,
					];
					return `EXECUTE keep(${values.map((value) => `'${value}'`).join()});`;
				});
			});
			await runQuery(
				`PREPARE keep(text, text, text, text, timestamptz, text, text, timestamptz) AS ${statement}
				${statements.join('\n')}`,
			);
		}
		const rows = (await fetchRows()).filter(({ person_id }) => person_id in expected);
		expect(Object.fromEntries(rows.map(({ person_id, status }) => [person_id, status]))).toEqual(
			expected,
		);
		await runQuery(`DELETE FROM persona_people WHERE person_id LIKE 'order-%'`);
	});

	it('stores a person without an email address in the table alone', async () => {
		const before = environment.hubspot.requests.length;
		const { person, id } = await createPerson('Doe', null);
		await decide(id, 'approve');
		await waitForSuccess(id);
		expect(await fetchRow(person)).toMatchObject({ email: null, status: 'approved' });
		expect(environment.hubspot.requests).toHaveLength(before);
	});

	it('stores values unchanged, whatever they contain', async () => {
		const fields = { 'name-last': 'Doe', 'email-address': "o'neil,{{1}}$1@example.com" };
		const person = `x'); DROP TABLE persona_people; --`;
		const id = await createInquiry(person, fields);
		await decide(id, 'approve');
		await waitForSuccess(id);
		expect(await fetchRow(person)).toMatchObject({
			email: fields['email-address'],
			status: 'approved',
		});
	});

	it('never overwrites a newer decision by a late event, in the table or in HubSpot', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const { person, email, id } = await createPerson();
		await decide(id, 'mark-for-review');
		await decide(id, 'approve');
		control.releaseDeliveries();
		await waitForSuccess(id, 2);
		expect(await fetchRow(person)).toMatchObject({ status: 'approved' });
		expect(getContactStatuses(email)).toEqual(['approved']);
	});

	it('updates HubSpot again when a newer decision was stored meanwhile', async () => {
		const { person, email, id } = await createPerson();
		// Another execution updates the row while this one calls HubSpot.
		const beforeResponse = async () => {
			await runQuery(
				`UPDATE persona_people SET status = 'approved', event_id = 'evt_Newer', event_at = now()
				WHERE reference_id = '${person}'`,
			);
		};
		environment.hubspot.failNext({ status: 503, beforeResponse });
		await decide(id, 'mark-for-review');
		const [execution] = await waitForSuccess(id);
		expect(execution.runs['Update the contact']).toHaveLength(2);
		expect(getContactStatuses(email)).toEqual(['approved']);
	});

	it('does nothing again when Persona delivers an event twice', async () => {
		const { person, email, id } = await createPerson();
		await decide(id, 'approve');
		await waitForSuccess(id);
		const kept = await fetchRow(person);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		const [, again] = await waitForSuccess(id, 2);
		expect(again.lastNode).toBe('Each event once');
		expect(await fetchRow(person)).toEqual(kept);
		expect(countContactUpdates(email)).toBe(1);
	});

	describe('when the history of Remove Duplicates is full', () => {
		let nodes: PublishedWorkflow['workflow']['nodes'];

		beforeAll(async () => {
			({ nodes } = await environment.client.fetchWorkflow(published.workflow.id));
			await limitHistory(2);
		});
		afterAll(async () => await publish(nodes));

		const publish = async (changed: typeof nodes) => {
			await environment.client.updateWorkflow(published.workflow.id, { nodes: changed });
			await environment.client.publish(published.workflow.id);
		};

		/** Publishes the workflow with a history of this size. */
		const limitHistory = async (historySize: number) =>
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

		/** Decides about a person, delivers the event twice, and returns the last node of the second execution. */
		const decideTwice = async () => {
			const { person, email, id } = await createPerson();
			await decide(id, 'approve');
			await waitForSuccess(id);
			const kept = await fetchRow(person);
			expect(kept).toMatchObject({ status: 'approved' });
			await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
			const [, again] = await waitForSuccess(id, 2);
			expect(await fetchRow(person)).toEqual(kept);
			expect(countContactUpdates(email)).toBe(1);
			return again.lastNode;
		};

		it('still handles every event, each of them once', async () => {
			expect(await decideTwice()).toBe('Newer, with an address?');
		});

		it('drops repeated events again once it is cleared', async () => {
			await createTable();
			expect(await decideTwice()).toBe('Each event once');
		});
	});

	it('keeps the row while HubSpot is down, and a retry updates the contact alone', async () => {
		const { person, email, id } = await createPerson();
		environment.hubspot.failNext({ status: 503 }, MAX_TRIES);
		await decide(id, 'approve');
		const [broken] = await published.waitForExecutions(id);
		expect([broken.status, broken.lastNode]).toEqual(['error', 'Update the contact']);
		const kept = await fetchRow(person);
		expect(kept).toMatchObject({ status: 'approved' });
		expect(getContactStatuses(email)).toEqual([]);

		const retried = await published.retryExecution(broken);
		expect(retried.status).toBe('success');
		expect(getContactStatuses(email)).toEqual(['approved']);
		expect(await fetchRow(person)).toEqual(kept);
	});

	it('keeps a newer decision when an older execution is retried', async () => {
		const { person, email, id } = await createPerson();
		await connectDatabase(NOWHERE);
		await decide(id, 'mark-for-review');
		const [broken] = await published.waitForExecutions(id);
		await connectDatabase();
		expect(broken.status).toBe('error');
		await decide(id, 'approve');
		await published.waitForExecutions(id, 2);

		const retried = await published.retryExecution(broken);
		expect([retried.status, retried.lastNode]).toEqual(['success', 'Newer, with an address?']);
		expect(await fetchRow(person)).toMatchObject({ status: 'approved' });
		expect(getContactStatuses(email)).toEqual(['approved']);
	});

	it('stores the decision by a retry when the database was down', async () => {
		await connectDatabase(NOWHERE);
		const { person, email, id } = await createPerson();
		await decide(id, 'approve');
		const [broken] = await published.waitForExecutions(id);
		await connectDatabase();
		expect([broken.status, broken.lastNode]).toEqual(['error', 'Keep the decision']);
		expect(await fetchRow(person)).toBeUndefined();
		expect(getContactStatuses(email)).toEqual([]);

		const retried = await published.retryExecution(broken);
		expect(retried.status).toBe('success');
		expect(await fetchRow(person)).toMatchObject({ status: 'approved' });
		expect(getContactStatuses(email)).toEqual(['approved']);
	});
});
