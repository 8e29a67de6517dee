import type { JsonObject } from '../../../sandbox/sandbox.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { fetchRows } from './dataTable.mts';
import { redeliverEvent } from './scenarioSteps.mts';
import {
	NOWHERE,
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';

const TRIGGER = 'Every morning';
const CASES = 'https://app.withpersona.com/dashboard/cases';
const DAY_MS = 86_400_000;

/** One line of the data table. */
interface Row {
	id: number;
	sarId: string;
	openedAt: string | null;
	caseId: string | null;
	filedAt: string | null;
	filingId: string | null;
	reminded: number | null;
}

const getTime = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString();

const sameTime = (time: string | null) => new Date(String(time)).toISOString();

describe('"Keep filing deadlines"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let sars = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({ webhookRetrySeconds: [1, 1, 2, 4] });
		published = await environment.publishWorkflow('29-keep-filing-deadlines');
		await published.runOnce();
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.slack.messages.length = 0;
		environment.smtp.mails.length = 0;
	});
	// What a test has opened must not be due in the next one.
	afterEach(async () => {
		const rows = await fetchAll();
		for (const { sarId } of rows.filter(({ filedAt }) => !filedAt)) file(sarId);
		await waitFor('all is filed', async () => (await fetchAll()).every(({ filedAt }) => filedAt));
	});

	const getControl = () => environment.sandbox.control;

	const fetchAll = async () => await fetchRows<Row>(environment.client);

	const findRow = async (sarId: string) => (await fetchAll()).filter((row) => row.sarId === sarId);

	/** Emits an event that happened this many days ago. Returns its ID. */
	const emit = (
		name: string,
		id: string,
		daysAgo = 0,
		relationships: JsonObject = {},
		attributes: JsonObject = {},
	) => {
		const [type] = name.split('.');
		getControl().holdDeliveries();
		const eventId = getControl().emitEvent(name, {
			...{ type, id, attributes },
			relationships: relationships as never,
		});
		const event = getControl().find(eventId);
		if (event) event.attributes['created-at'] = getTime(daysAgo);
		getControl().releaseDeliveries();
		return eventId;
	};

	const file = (sarId: string, daysAgo = 0) => emit('sar.filed', sarId, daysAgo);

	/** Creates a SAR this many days ago, and waits until it is in the table. */
	const open = async (daysAgo: number, caseId?: string) => {
		sars += 1;
		const id = `sar_${sars}`;
		const relationships: JsonObject = caseId
			? { case: { data: { type: 'case', id: caseId } } }
			: {};
		emit('sar.created', id, daysAgo, relationships, { narrative: 'Jane Doe has paid in cash' });
		await waitFor(`${id} is entered`, async () => (await findRow(id)).some((row) => row.openedAt));
		return id;
	};

	const startWorkflow = async () =>
		(await environment.client.runWorkflow(published.workflow.id, TRIGGER)).executionId ?? '';

	const runWorkflow = async () =>
		await environment.client.waitForExecution(await startWorkflow(), 60_000);

	const countExecutions = async () => {
		const executions = await environment.client.fetchExecutions(published.workflow.id, 100);
		return executions.filter(({ status }) => status === 'success').length;
	};

	const getTexts = () => environment.slack.messages.map(({ text }) => text);

	const getMails = () => environment.smtp.mails;

	it('counts from Persona’s time, keeps what the SAR says out of n8n, and reminds of nothing before day 20', async () => {
		const sarId = await open(19, 'case_1');
		const [row, ...others] = await findRow(sarId);
		expect(others).toEqual([]);
		expect(row).toMatchObject({ caseId: 'case_1', filedAt: null, reminded: null });
		const age = Date.now() - Date.parse(sameTime(row.openedAt));
		expect(Math.round(age / DAY_MS)).toBe(19);
		const [{ body }] = getControl().deliveries.filter((each) => each.body.includes(sarId));
		expect(body).not.toContain('Jane');
		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		expect([getTexts(), getMails()]).toEqual([[], []]);
	});

	it.each([
		[20, '10 days left'],
		[25, '5 days left'],
		[28, '2 days left'],
	])('reminds of what is %i days old, once', async (days, left) => {
		const sarId = await open(days, 'case_1');
		await runWorkflow();
		expect(environment.slack.messages).toEqual([
			{
				channel: 'compliance',
				text: expect.stringMatching(
					new RegExp(
						`^\\*SARs to file: 1\\*\\n• \`${sarId}\`: ${left}, due by .+, <${CASES}/case_1\\|Case>$`,
					),
				),
			},
		]);
		expect(await findRow(sarId)).toMatchObject([{ reminded: days }]);
		await runWorkflow();
		expect([getTexts().length, getMails()]).toEqual([1, []]);
	});

	it('tells the head of compliance of what is late, once, and reminds of it no more', async () => {
		const sarId = await open(31, 'case_1');
		const other = await open(26);
		await runWorkflow();
		const [mail, ...others] = getMails();
		expect(others).toEqual([]);
		expect(mail.to).toEqual(['head-of-compliance@example.com']);
		expect(mail.subject).toBe('A SAR is overdue');
		expect(mail.text).toContain(sarId);
		// One reminder, though n8n has missed two.
		expect(getTexts()).toEqual([expect.stringContaining(`\`${other}\`: 4 days left`)]);
		await runWorkflow();
		expect([getTexts().length, getMails().length]).toEqual([1, 1]);
	});

	it('ends with sar.filed, and with a filing that names the SAR', async () => {
		const [first, second] = [await open(21), await open(22)];
		file(first);
		const sar = { data: { type: 'sar', id: second } };
		emit('filing.filed', 'fil_1', 1, { objects: { data: [sar.data] } });
		await waitFor('both are filed', async () =>
			[...(await findRow(first)), ...(await findRow(second))].every(({ filedAt }) => filedAt),
		);
		expect(await findRow(second)).toMatchObject([{ filingId: 'fil_1' }]);
		await runWorkflow();
		expect([getTexts(), getMails()]).toEqual([[], []]);
	});

	it('ends nothing with a filing that names no SAR, and asks the team', async () => {
		const sarId = await open(21);
		emit('filing.filed', 'fil_2', 0, { case: { data: { type: 'case', id: 'case_9' } } });
		await waitFor('the team is asked', async () => getTexts().length === 1);
		expect(getTexts()[0]).toMatch(
			new RegExp(`^filing.filed arrived for fil_2, .+${CASES}/case_9\\. If it ends a deadline`),
		);
		expect(await findRow(sarId)).toMatchObject([{ filedAt: null }]);
		await runWorkflow();
		expect(getTexts()[1]).toContain(sarId);
	});

	it('takes events twice and in the other order', async () => {
		sars += 1;
		const id = `sar_${sars}`;
		file(id, 1);
		await waitFor('it is filed', async () => (await findRow(id)).length === 1);
		emit('sar.created', id, 25);
		await waitFor('it is entered', async () => (await findRow(id))[0].openedAt !== null);
		const before = await countExecutions();
		await redeliverEvent(environment.sandbox, 'sar.created', id);
		await waitFor('it has come again', async () => (await countExecutions()) > before);
		await runWorkflow();
		expect(await findRow(id)).toHaveLength(1);
		expect([getTexts(), getMails()]).toEqual([[], []]);
	});

	it('reminds once when it runs twice at once', async () => {
		const sarId = await open(20);
		const ids = await Promise.all([startWorkflow(), startWorkflow()]);
		for (const id of ids) {
			expect(await environment.client.waitForExecution(id)).toMatchObject({ status: 'success' });
		}
		expect(getTexts()).toEqual([expect.stringContaining(sarId)]);
	});

	it('reminds by a retry when Slack did not know the channel', async () => {
		const sarId = await open(20);
		const channels = environment.slack.channels.splice(0);
		const failed = await runWorkflow();
		environment.slack.channels.push(...channels);
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Remind the team']);
		expect(await findRow(sarId)).toMatchObject([{ reminded: null }]);
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expect(getTexts()).toEqual([expect.stringContaining(sarId)]);
		expect(await findRow(sarId)).toMatchObject([{ reminded: 20 }]);
	});

	it('reminds in Slack while no mail can be sent, and a retry sends the mail alone', async () => {
		const [late, other] = [await open(40), await open(20)];
		await environment.connectMail(NOWHERE);
		const failed = await runWorkflow();
		await environment.connectMail();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Email it again']);
		expect(getTexts()).toEqual([expect.stringContaining(other)]);
		expect(await findRow(late)).toMatchObject([{ reminded: null }]);
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expect(getMails()).toHaveLength(1);
		expect(getMails()[0].text).toContain(late);
		expect(await findRow(late)).toMatchObject([{ reminded: 31 }]);
		expect(getTexts()).toHaveLength(1);
	});
});
