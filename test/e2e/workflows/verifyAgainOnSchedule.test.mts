import type { INode } from 'n8n-workflow';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type JsonObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import {
	NOWHERE,
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';
import { readWorkflow } from './workflowFiles.mts';

const TRIGGER = 'Every morning';
const NAME = '20-verify-again-on-schedule';
const ACCOUNTS = 'https://app.withpersona.com/dashboard/accounts';
const PEOPLE = 'People verified again';
const LEVELS = 'Risk levels';

/** One line of the table of people. */
interface Row {
	id: number;
	request: string;
	accountId: string;
	level: string;
	inquiryId: string | null;
	mailedAt: string | null;
	doneBy: string | null;
	toldAt: string | null;
}

/** So many months before now. */
function getTime(monthsAgo: number): string {
	const time = new Date();
	time.setUTCMonth(time.getUTCMonth() - monthsAgo);
	return time.toISOString();
}

describe('"Verify again on schedule"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let people = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
		});
		published = await publishUnscheduled();
		await published.runOnce();
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.sandbox.control.reset();
		environment.slack.messages.length = 0;
		environment.smtp.mails.length = 0;
	});

	const publishUnscheduled = async (change = (node: INode) => node, more = {}) => {
		const { nodes } = await readWorkflow(NAME);
		const changed = { nodes: nodes.map(change), ...more };
		const one = await environment.publishWorkflow(NAME, changed);
		// At six in the morning it would run by itself as well.
		await environment.client.unpublish(one.workflow.id);
		return one;
	};

	/** Starts the workflow as the editor's button does, and returns the ID of its execution. */
	const startWorkflow = async ({ workflow }: PublishedWorkflow = published) =>
		(await environment.client.runWorkflow(workflow.id, TRIGGER)).executionId ?? '';

	const runWorkflow = async (one?: PublishedWorkflow) =>
		await environment.client.waitForExecution(await startWorkflow(one), 120_000);

	/** Returns the path of a data table in n8n's API. */
	const findTable = async (name: string) => {
		const { data } = await environment.client.request<{
			data: { id: string; name: string; projectId: string }[];
		}>('GET', '/rest/data-tables-global');
		const table = data.find((each) => each.name === name);
		return `/rest/projects/${table?.projectId}/data-tables/${table?.id}`;
	};

	const fetchRows = async <T,>(name: string) => {
		const path = `${await findTable(name)}/rows?take=100&sortBy=id:desc`;
		return (await environment.client.request<{ data: T[] }>('GET', path)).data;
	};

	/** Changes the rows of a table in which a column has this value. */
	const updateRows = async (name: string, columnName: string, value: string, data: JsonObject) => {
		const filter = { type: 'and', filters: [{ columnName, condition: 'eq', value }] };
		await environment.client.request('PATCH', `${await findTable(name)}/rows`, { filter, data });
	};

	const findRow = async (accountId: string) =>
		(await fetchRows<Row>(PEOPLE)).filter((row) => row.accountId === accountId);

	const getControl = () => environment.sandbox.control;

	/** Creates a person who was approved so many months ago. */
	const createPerson = async (
		monthsAgo: number,
		tags: string[] = ['risk-high'],
		email = `person-${(people += 1)}@example.com`,
	) => {
		const attributes = { ...(email && { 'email-address': email }), tags };
		const body = { data: { attributes } };
		const { data } = await send(environment.sandbox, 'POST', '/accounts', body);
		const inquiry = addInquiry(data.id, 'approved', monthsAgo);
		return { accountId: data.id, email, inquiry };
	};

	/** Adds an inquiry of a person, of so many months ago. */
	const addInquiry = (accountId: string, status: string, monthsAgo: number) =>
		getControl().seedInquiries(1, {
			statuses: [status],
			accountIds: [accountId],
			to: getTime(monthsAgo),
		})[0];

	const findNewInquiries = (accountId: string) =>
		getControl()
			.store.getCollection('inquiry')
			.findAll(
				({ attributes, relationships }) =>
					JSON.stringify(relationships).includes(`"${accountId}"`) &&
					(attributes.tags as string[]).includes('verify-again'),
			);

	const getTexts = () => environment.slack.messages.map(({ text }) => text);

	const getReceivers = () => environment.smtp.mails.flatMap(({ to }) => to).sort();

	/** Lets an hour pass for a mail that was begun. */
	const letTimePass = async (accountId: string) =>
		await updateRows(PEOPLE, 'accountId', accountId, { takenAt: getTime(1) });

	it('asks whoever was approved longer ago than their level of risk allows, and no others', async () => {
		const high = await createPerson(13);
		const medium = await createPerson(25, ['risk-medium']);
		const low = await createPerson(37, ['risk-low']);
		const without = await createPerson(13, []);
		const unknown = await createPerson(13, ['risk-extreme']);
		// None of these is due.
		await createPerson(11);
		await createPerson(23, ['risk-medium']);
		await createPerson(35, ['risk-low']);
		const declined = await createPerson(20);
		addInquiry(declined.accountId, 'declined', 2);
		const open = await createPerson(20);
		addInquiry(open.accountId, 'pending', 0);
		const redacted = await createPerson(20);
		await send(environment.sandbox, 'DELETE', `/accounts/${redacted.accountId}`);

		const { status, error } = await runWorkflow();
		expect([status, error?.message]).toEqual(['success', undefined]);
		const asked = [high, medium, low, without, unknown];
		expect(getReceivers()).toEqual(asked.map(({ email }) => email).sort());
		for (const { accountId, email } of asked) {
			const [created, ...others] = findNewInquiries(accountId);
			expect(others).toEqual([]);
			expect(JSON.stringify(created.attributes.fields)).toContain(email);
			expect(await findRow(accountId)).toMatchObject([{ inquiryId: created.id, toldAt: null }]);
		}
		const [text, ...others] = getTexts();
		expect(others).toEqual([]);
		expect(text).toMatch(
			/^Asked to verify again: 5\nNo known risk level, so the strictest counts \(2\): </,
		);
		for (const { accountId } of [without, unknown]) {
			expect(text).toContain(`<${ACCOUNTS}/${accountId}|Account>`);
		}
		expect(text).not.toContain('@');

		environment.smtp.mails.length = 0;
		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		expect([getReceivers(), getTexts().length]).toEqual([[], 1]);
	});

	it('sends a link that leads to the inquiry, and hears of nobody who has finished', async () => {
		const { accountId } = await createPerson(13);
		await runWorkflow();
		const [{ text }] = environment.smtp.mails;
		const [link] = /https?:\/\/\S+/.exec(text) ?? [''];
		await completeHostedFlow(link);
		const [{ id, attributes }] = findNewInquiries(accountId);
		expect(attributes.status).toBe('completed');
		expect((await findRow(accountId))[0].inquiryId).toBe(id);
		environment.slack.messages.length = 0;
		await updateRows(PEOPLE, 'accountId', accountId, { doneBy: getTime(1) });
		await runWorkflow();
		expect(getTexts()).toEqual([]);
	});

	it('names whoever has not finished in time to compliance, once', async () => {
		const { accountId } = await createPerson(13);
		await runWorkflow();
		const [{ id }] = findNewInquiries(accountId);
		await send(environment.sandbox, 'POST', `/inquiries/${id}/expire`);
		environment.slack.messages.length = 0;
		await updateRows(PEOPLE, 'accountId', accountId, { doneBy: getTime(1) });
		const channels = environment.slack.channels.splice(0);
		const failed = await runWorkflow();
		environment.slack.channels.push(...channels);
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Report who is late']);
		expect(await findRow(accountId)).toMatchObject([{ toldAt: null }]);
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		await runWorkflow();
		const [text, ...others] = getTexts();
		expect(others).toEqual([]);
		expect(text).toContain(`*Not verified again in time: 1*\n• <${ACCOUNTS}/${accountId}|Account>`);
		expect(findNewInquiries(accountId)).toHaveLength(1);
		expect(getReceivers()).toHaveLength(1);
	});

	it('sends the mail of an inquiry that was begun when the mail could not be sent, and creates no second one', async () => {
		const { accountId, email } = await createPerson(13);
		await environment.connectMail(NOWHERE);
		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		await environment.connectMail();
		expect(getReceivers()).toEqual([]);
		const [text] = getTexts();
		expect(text).toMatch(/^Asked to verify again: 0\nCould not be asked today \(1\): </);
		expect(await findRow(accountId)).toMatchObject([{ mailedAt: null, doneBy: null }]);

		await letTimePass(accountId);
		await runWorkflow();
		expect(getReceivers()).toEqual([email]);
		expect(findNewInquiries(accountId)).toHaveLength(1);
		expect(getTexts()[1]).toBe('Asked to verify again: 1');
	});

	it('asks the others when Persona refuses one, and that one the next time', async () => {
		const first = await createPerson(20);
		const second = await createPerson(15);
		getControl().addFault({
			method: 'GET',
			path: `/accounts/${first.accountId}`,
			kind: 'status',
			status: 403,
		});
		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		expect(getReceivers()).toEqual([second.email]);
		expect(getTexts()[0]).toContain(`<${ACCOUNTS}/${first.accountId}|Account>`);
		await runWorkflow();
		expect(getReceivers()).toEqual([first.email, second.email].sort());
	});

	it('names who has no email address, and asks the others', async () => {
		const nobody = await createPerson(20, ['risk-high'], '');
		const { email } = await createPerson(15);
		await runWorkflow();
		expect(getReceivers()).toEqual([email]);
		const [text] = getTexts();
		expect(text).toContain(
			`Not asked, because there is no email address (1): <${ACCOUNTS}/${nobody.accountId}|Account>`,
		);
		expect(findNewInquiries(nobody.accountId)).toEqual([]);
	});

	it('sends one mail to each when it runs twice at once', async () => {
		const asked = [await createPerson(20), await createPerson(15)];
		const ids = await Promise.all([startWorkflow(), startWorkflow()]);
		for (const id of ids) {
			expect(await environment.client.waitForExecution(id, 60_000)).toMatchObject({
				status: 'success',
			});
		}
		expect(getReceivers()).toEqual(asked.map(({ email }) => email).sort());
		for (const { accountId } of asked) expect(findNewInquiries(accountId)).toHaveLength(1);
	});

	it('asks nobody while a row of the levels is wrong, and fails', async () => {
		await createPerson(20);
		await updateRows(LEVELS, 'level', 'low', { years: 0 });
		const { status, error } = await runWorkflow();
		await updateRows(LEVELS, 'level', 'low', { years: 3 });
		expect([status, error?.message]).toEqual([
			'error',
			expect.stringContaining('Nobody was asked to verify again'),
		]);
		expect([getReceivers(), getTexts()]).toEqual([[], []]);
	});

	it('counts years in the time zone of the workflow, also from a leap day', async () => {
		const accountIds = [(await createPerson(1, ['risk-high'])).accountId];
		getControl()
			.store.getCollection('inquiry')
			.findAll()
			.forEach(({ attributes }) => {
				// It is 29 February in Tokyo.
				attributes['decisioned-at'] = '2024-02-28T23:30:00.000Z';
			});
		const run = async (timezone: string, timestamp: string) => {
			const one = await publishUnscheduled(undefined, {
				settings: { executionOrder: 'v1', timezone },
				pinData: { [TRIGGER]: [{ json: { timestamp } }] },
			});
			await runWorkflow(one);
			return findNewInquiries(accountIds[0]).length;
		};
		expect(await run('Asia/Tokyo', '2025-02-28T08:29:00.000+09:00')).toBe(0);
		expect(await run('UTC', '2025-02-28T08:31:00.000+09:00')).toBe(0);
		expect(await run('Asia/Tokyo', '2025-02-28T08:31:00.000+09:00')).toBe(1);
	});

	it('works with "Tell the team" switched off', async () => {
		const { email } = await createPerson(15);
		const quiet = await publishUnscheduled((node) =>
			node.name === 'Tell the team' ? { ...node, disabled: true } : node,
		);
		expect(await runWorkflow(quiet)).toMatchObject({ status: 'success' });
		expect([getReceivers(), getTexts()]).toEqual([[email], []]);
	});

	it('looks through 10,000 people and asks the longest due first, as many as a day allows', async () => {
		const { store } = getControl();
		const accountIds = Array.from({ length: 10_000 }, (_, index) => `act_Many${index}`);
		for (const id of accountIds) {
			const fields = { email_address: { type: 'string', value: `${id}@example.com` } };
			const attributes = { tags: ['risk-high'], 'redacted-at': null, fields };
			const type = { type: 'account-type', id: fixtures.accountType };
			const relationships = { 'account-type': { data: type } };
			store.add({ type: 'account', id, attributes, relationships });
		}
		const seed = (statuses: string[], from: number, to: number) =>
			getControl().seedInquiries(10_000, {
				statuses,
				accountIds,
				from: getTime(from),
				to: getTime(to),
			});
		seed(['approved'], 30, 14);
		seed(['expired'], 40, 35);
		const few = await publishUnscheduled((node) =>
			node.name === 'Days and daily limit'
				? { ...node, parameters: JSON.parse(JSON.stringify(node.parameters).replace('200', '3')) }
				: node,
		);
		const { status, error } = await runWorkflow(few);
		expect([status, error?.message]).toEqual(['success', undefined]);
		expect(getReceivers()).toEqual([0, 1, 2].map((index) => `act_Many${index}@example.com`));
		expect(getTexts()).toEqual([
			'Asked to verify again: 3\nAlso due, and to be asked over the next days, the longest overdue first: 9997',
		]);
	});
});
