import { waitFor, type Execution } from '../../../tools/n8n/n8nClient.mts';
import type { SeedInquiriesOptions } from '../../../sandbox/domain/seeding/seedInquiries.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { fetchDataTablePath, fetchRows } from './dataTable.mts';
import { buildDashboardUrl, decideAsPerson } from './scenarioSteps.mts';
import {
	getExecutedNodes,
	NOWHERE,
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';

const TRIGGER = 'Every morning';

const TEAM = 'onboarding@example.com';

const DAY_MS = 86_400_000;

/** A line of the data table. */
interface Row {
	id: number;
	reminder: string;
	inquiryId: string;
	number: number;
	state: string;
	reason: string | null;
	remindedAt: string | null;
	finished: string | null;
	finishedAt: string | null;
}

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

describe('"Remind and resume"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let people = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow('19-remind-and-resume');
		await published.runOnce();
		// In the morning it would run by itself as well.
		await environment.client.unpublish(published.workflow.id);
	});
	afterAll(async () => await environment?.close());
	beforeEach(async () => {
		environment.sandbox.control.reset();
		environment.smtp.mails.length = 0;
		const filter = JSON.stringify({
			type: 'and',
			filters: [{ columnName: 'id', condition: 'gt', value: 0 }],
		});
		const path = `${await fetchDataTablePath(environment.client)}/rows`;
		await environment.client.request('DELETE', `${path}?filter=${encodeURIComponent(filter)}`);
	});

	const getControl = () => environment.sandbox.control;

	const findInquiry = (id: string) => getControl().find(id) as StoredObject;

	const getStatus = (id: string) => findInquiry(id).attributes.status;

	const fetchReminders = async () => await fetchRows<Row>(environment.client);

	/** Creates unfinished inquiries of different people, by default three days ago. */
	function createPeople(count: number, options: SeedInquiriesOptions = {}) {
		const emails = Array.from({ length: count }, () => `person${++people}@example.com`);
		const ids = getControl().seedInquiries(count, {
			...{ statuses: ['expired'], from: daysAgo(3.1), to: daysAgo(3) },
			fields: emails.map((email) => ({ 'email-address': email })),
			...options,
		});
		for (const id of ids) {
			findInquiry(id).attributes['expires-at'] = new Date(Date.now() + DAY_MS).toISOString();
		}
		return ids.map((id, index) => ({ id, email: emails[index] }));
	}

	const createAccount = async () =>
		String(
			(await send(environment.sandbox, 'POST', '/accounts', { data: { attributes: {} } })).data.id,
		);

	const startRun = async () =>
		String((await environment.client.runWorkflow(published.workflow.id, TRIGGER)).executionId);

	/** Runs the workflow as the editor's button does. */
	const runWorkflow = async (): Promise<Execution> =>
		await environment.client.waitForExecution(await startRun(), 180_000);

	const expectRun = async () => expect(await runWorkflow()).toMatchObject({ status: 'success' });

	const findMails = (to: string) => environment.smtp.mails.filter((mail) => mail.to.includes(to));

	/** Returns who has got a reminder, once for each mail. */
	const getReminded = () =>
		environment.smtp.mails.map(({ to }) => to.join()).filter((to) => to !== TEAM);

	const getEmails = (persons: { email: string }[]) => persons.map(({ email }) => email).sort();

	/** Lets days pass for what the table says, and for what Persona says. */
	async function passDays(days: number) {
		const path = `${await fetchDataTablePath(environment.client)}/rows`;
		for (const { id, remindedAt } of await fetchReminders()) {
			if (!remindedAt) continue;
			const earlier = new Date(Date.parse(remindedAt) - days * DAY_MS).toISOString();
			await environment.client.request('PATCH', path, {
				filter: { type: 'and', filters: [{ columnName: 'id', condition: 'eq', value: id }] },
				data: { remindedAt: earlier },
			});
		}
		for (const { attributes } of getControl().store.getCollection('inquiry').findAll()) {
			const createdAt = Date.parse(String(attributes['created-at'])) - days * DAY_MS;
			attributes['created-at'] = new Date(createdAt).toISOString();
		}
	}

	it('mails a link to whoever has not begun, has begun or was too late, and resumes what has expired', async () => {
		const persons = createPeople(3, { statuses: ['created', 'pending', 'expired'] });
		createPeople(1, { from: daysAgo(1.9), to: daysAgo(1.9) });
		createPeople(1, { from: daysAgo(31), to: daysAgo(31) });
		createPeople(1, { inquiryTemplateIds: ['itmpl_Other'] });
		createPeople(5, { statuses: ['completed', 'approved', 'declined', 'failed', 'needs_review'] });
		await expectRun();
		expect(getReminded().sort()).toEqual(getEmails(persons));
		expect(persons.map(({ id }) => getStatus(id))).toEqual(['created', 'pending', 'pending']);
		for (const { email } of persons) {
			const [{ subject, text }] = findMails(email);
			expect(subject).toBe('Please finish your verification');
			expect(text).not.toMatch(/last reminder|undefined|null|\[object/);
			const [link] = /http:\S+code=\S+/.exec(text) ?? [''];
			expect(await (await fetch(link)).text()).toContain('Let us verify your identity');
		}
		expect(await fetchReminders()).toMatchObject(
			persons.map(() => ({ number: 1, state: 'mailed', finished: null })),
		);
		const [{ text: team }] = findMails(TEAM);
		expect(team).toContain(
			'Reminded today: 3\nPeople reminded in the last 90 days: 3. Finished since: 0.',
		);
		for (const { email } of persons) expect(team).not.toContain(email);
	});

	it('mails nobody and nothing when nobody is late, and says so in the execution', async () => {
		const expectNobody = async () => {
			const execution = await runWorkflow();
			expect([execution.status, execution.lastNode]).toEqual(['success', 'Nobody to remind today']);
			expect(environment.smtp.mails).toEqual([]);
		};
		await expectNobody();
		createPeople(1, { from: daysAgo(1), to: daysAgo(1) });
		await expectNobody();
	});

	it('mails nobody twice when it runs again on the same day, or twice at once', async () => {
		const persons = createPeople(8);
		const runs = await Promise.all([runWorkflow(), runWorkflow()]);
		expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(getReminded().sort()).toEqual(getEmails(persons));
		const sent = environment.smtp.mails.length;
		await expectRun();
		await passDays(1);
		await expectRun();
		expect(environment.smtp.mails).toHaveLength(sent);
		expect(await fetchReminders()).toHaveLength(persons.length);
	});

	it('reminds three times, says so in the last mail, and counts who finishes', async () => {
		const accountIds = [await createAccount(), await createAccount()];
		const [jane, joe] = createPeople(2, { accountIds });
		for (let number = 1; number <= 3; number++) {
			await expectRun();
			await passDays(2);
		}
		await expectRun();
		for (const { email } of [jane, joe]) {
			expect(findMails(email).map(({ text }) => text.includes('our last reminder'))).toEqual([
				...[false, false, true],
			]);
		}
		const actions = [{ type: 'complete_inquiry' }];
		const path = `/inquiries/${jane.id}/perform-simulate-actions`;
		await send(environment.sandbox, 'POST', path, { meta: { 'simulate-actions': actions } });
		createPeople(1);
		await expectRun();
		const team = findMails(TEAM);
		expect(team).toHaveLength(4);
		expect(team[3].text).toContain(
			'Reminded today: 1\nPeople reminded in the last 90 days: 3. Finished since: 1.',
		);
		const rows = await fetchReminders();
		const states = rows.filter(({ inquiryId }) => inquiryId === jane.id);
		expect(states.map(({ finished }) => finished)).toEqual(Array(3).fill('completed'));
		expect(Date.parse(String(states[0].finishedAt))).toBeGreaterThan(Date.now() - DAY_MS);
		expect(rows.filter(({ finished }) => finished)).toHaveLength(3);
	});

	it('goes on after having been stopped in the middle, and mails nobody twice', async () => {
		const persons = createPeople(30);
		const executionId = await startRun();
		await waitFor('some are reminded', async () => getReminded().length >= 3);
		await environment.client.request('POST', `/rest/executions/${executionId}/stop`);
		await environment.client.waitForExecution(executionId, 60_000);
		const before = getReminded().length;
		expect(before).toBeLessThan(persons.length);
		await expectRun();
		const reminded = getReminded();
		expect(new Set(reminded).size).toBe(reminded.length);
		// Whose reminder was claimed when it was stopped may get the next one only.
		expect(reminded.length).toBeGreaterThanOrEqual(persons.length - 1);
	});

	it('names those without an address to the team, once, and reminds them when they have one', async () => {
		const [person] = createPeople(1, { fields: [{}] });
		await expectRun();
		expect(getReminded()).toEqual([]);
		const [team, ...others] = findMails(TEAM);
		expect(others).toEqual([]);
		expect(team.text).toContain(buildDashboardUrl(person.id));
		await expectRun();
		expect(findMails(TEAM)).toHaveLength(1);
		const fields = { 'email-address': 'found@example.com' };
		const body = { data: { attributes: { fields } } };
		await send(environment.sandbox, 'PATCH', `/inquiries/${person.id}`, body);
		await expectRun();
		expect(getReminded()).toEqual(['found@example.com']);
	});

	it('reminds of the newest inquiry of a person, and not of what was decided or redacted since', async () => {
		const create = async (count: number, statuses = ['expired'], days = 3) => {
			const accountIds = [await createAccount()];
			const times = { from: daysAgo(days + 0.1), to: daysAgo(days) };
			return createPeople(count, { accountIds, statuses, ...times });
		};
		const [, newer] = await create(2, ['pending', 'expired']);
		const [, approved] = await create(2, ['completed', 'expired'], 5);
		const again = await create(2, ['approved', 'expired'], 4);
		const [redacted] = await create(1);
		const [{ id }] = getControl()
			.store.getCollection('inquiry')
			.findAll(({ attributes }) => attributes.status === 'completed');
		await decideAsPerson(environment.sandbox, id, 'approve');
		await send(environment.sandbox, 'DELETE', `/inquiries/${redacted.id}`);
		await expectRun();
		expect(getReminded().sort()).toEqual(getEmails([newer, again[1]]));
		expect(getReminded()).not.toContain(approved.email);
	});

	it('reminds nobody when Persona does not answer at the beginning, and a retry does', async () => {
		const persons = createPeople(2);
		const fault = { method: 'GET', path: '/inquiries', kind: 'proxy', status: 403 } as const;
		getControl().addFault(fault);
		const failed = await runWorkflow();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Get unfinished inquiries']);
		expect(environment.smtp.mails).toEqual([]);
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expect(getReminded().sort()).toEqual(getEmails(persons));
	});

	it('reminds the others when there is no link for one, tells the team, and tries again', async () => {
		const persons = createPeople(3);
		const [{ id, email }] = persons;
		const path = `/inquiries/${id}/resume`;
		getControl().addFault({ method: 'POST', path, kind: 'status', status: 409 });
		await expectRun();
		expect(getReminded()).toHaveLength(2);
		expect(findMails(email)).toEqual([]);
		const [{ text: team }] = findMails(TEAM);
		expect(team).toContain(`The next run tries again:\n${buildDashboardUrl(id)} `);
		expect(team).not.toContain(email);
		await expectRun();
		expect(getReminded().sort()).toEqual(getEmails(persons));
	});

	it('stops after five failures in a row, and the next run reminds everybody once', async () => {
		const persons = createPeople(7);
		await environment.connectMail(NOWHERE);
		try {
			const failed = await runWorkflow();
			expect([failed.status, failed.lastNode]).toEqual(['error', 'Stop here']);
			expect(getExecutedNodes(failed)).not.toContain('Tell the team');
		} finally {
			await environment.connectMail();
		}
		expect((await fetchReminders()).map(({ state }) => state)).toEqual(Array(5).fill('failed'));
		await expectRun();
		expect(getReminded().sort()).toEqual(getEmails(persons));
		// Whoever has failed before comes last.
		const late = (await fetchReminders()).slice(0, 5).map(({ inquiryId }) => inquiryId);
		const order = getReminded().map((to) => persons.find(({ email }) => email === to)?.id);
		expect(order.slice(2).sort()).toEqual(late.sort());
	});

	it('reads a thousand open inquiries, reminds each person once, and lists those without address', async () => {
		const accountIds = await Promise.all(Array.from({ length: 60 }, createAccount));
		createPeople(940, { fields: [{}] });
		const persons = createPeople(60, { accountIds });
		const { status, runs } = await runWorkflow();
		expect([status, runs['Get unfinished inquiries'][0].data?.main[0]?.length]).toEqual([
			'success',
			1_000,
		]);
		expect(getReminded().sort()).toEqual(getEmails(persons));
		const [{ text: team }] = findMails(TEAM);
		expect(team).toContain('and 740 others');
		expect(await fetchReminders()).toHaveLength(1_000);
	});
});
