import type { INode } from 'n8n-workflow';
import type { WorkflowFile } from '../../../tools/n8n/n8nClient.mts';
import { fixtures, type JsonObject, type StoredObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import {
	getExecutedNodes,
	NOWHERE,
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';
import { readWorkflow } from './workflowFiles.mts';

const TRIGGER = 'Every morning';
const NAME = '21-send-review-digest';
const DASHBOARD = 'https://app.withpersona.com/dashboard';

/** A Wednesday and a Saturday, at the hour of the digest. */
const WEDNESDAY = '2026-03-04T07:00:00.000+00:00';
const SATURDAY = '2026-03-07T07:00:00.000+00:00';

const DAY_MS = 86_400_000;

/** How often the workflow calls Slack while it fails. */
const MAX_TRIES = 5;

const NOTHING = 'Nothing is waiting for a decision on Wednesday, March 4.';

const getTime = (daysAgo: number) =>
	new Date(Date.parse(WEDNESDAY) - daysAgo * DAY_MS).toISOString();

describe('"Send a review digest"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
			reportSeconds: Infinity,
		});
		published = await publishAt(WEDNESDAY);
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.sandbox.control.reset();
		environment.slack.messages.length = 0;
		environment.smtp.mails.length = 0;
	});

	/** Publishes the workflow with its schedule at this time, and with changes of its nodes. */
	const publishAt = async (timestamp: string, change = (node: INode) => node) => {
		const { nodes } = await readWorkflow(NAME);
		const one = await environment.publishWorkflow(NAME, { nodes: nodes.map(change) });
		// At seven in the morning it would run by itself as well.
		await environment.client.unpublish(one.workflow.id);
		const pinned: Partial<WorkflowFile> = { pinData: { [TRIGGER]: [{ json: { timestamp } }] } };
		await environment.client.updateWorkflow(one.workflow.id, pinned);
		return one;
	};

	/** Runs the workflow as the editor's button does. */
	const runWorkflow = async ({ workflow }: PublishedWorkflow = published) => {
		const { executionId = '' } = await environment.client.runWorkflow(workflow.id, TRIGGER);
		return await environment.client.waitForExecution(executionId, 120_000);
	};

	const getControl = () => environment.sandbox.control;

	const getAttributes = (id: string) => (getControl().find(id) as StoredObject).attributes;

	/** Creates an inquiry that was marked for review this many days ago. */
	const createInquiry = (daysAgo: number) => {
		const [id] = getControl().seedInquiries(1, {
			statuses: ['needs_review'],
			to: getTime(daysAgo),
			fields: [{ 'name-first': 'Jane' }],
		});
		getAttributes(id)['marked-for-review-at'] = getTime(daysAgo);
		return id;
	};

	/** Creates a case this many days ago, with an owner if there is a mail address. */
	const createCase = async (daysAgo: number, userEmail?: string, changes: JsonObject = {}) => {
		const attributes = { 'case-template-id': fixtures.caseTemplate, fields: { notes: 'Jane' } };
		const { sandbox } = environment;
		const { data } = await send(sandbox, 'POST', '/cases', { data: { attributes } });
		if (userEmail) {
			const meta = { 'user-email-address': userEmail };
			await send(sandbox, 'POST', `/cases/${data.id}/assign`, { meta });
		}
		Object.assign(getAttributes(data.id), { 'created-at': getTime(daysAgo), ...changes });
		return data.id;
	};

	/** Creates a report that ended this many days ago, with a match unless the changes say otherwise. */
	const createReport = async (
		daysAgo: number,
		type = 'report/watchlist',
		changes: JsonObject = {},
	) => {
		const attributes = { query: { term: 'Jane Doe' } };
		const meta = { 'auto-create-account': false };
		const body = { data: { type, attributes }, meta };
		const { data } = await send(environment.sandbox, 'POST', '/reports', body);
		const ended = { status: 'ready', 'completed-at': getTime(daysAgo), 'has-match': true };
		Object.assign(getAttributes(data.id), ended, changes);
		return data.id;
	};

	const getTexts = () => environment.slack.messages.map(({ text }) => text);

	const getMails = () => environment.smtp.mails;

	it('lists inquiries, cases and matches in Slack and by mail, the longest waiting first, and tells of nobody who they are', async () => {
		const inquiry = createInquiry(0.5);
		const lateInquiry = createInquiry(9);
		const ownCase = await createCase(2, fixtures.userEmail);
		const lateCase = await createCase(10);
		const match = await createReport(1);
		const lateMatch = await createReport(8, 'report/screening', {
			'matched-records': [
				{ token: 'r1', 'review-status': 'false_positive', names: [{ name: 'Jane' }] },
				{ token: 'r2', 'review-status': 'pending', names: [{ name: 'Jane' }] },
			],
		});
		// None of these waits.
		getControl().seedInquiries(3, { statuses: ['completed', 'approved', 'pending'] });
		await createCase(5, undefined, { status: 'Approved', 'resolved-at': getTime(1) });
		await createReport(5, 'report/adverse-media', { 'has-match': false });
		await createReport(5, 'report/watchlist', { 'redacted-at': getTime(1) });
		await createReport(5, 'report/screening', {
			'matched-records': [{ token: 'r3', 'review-status': 'true_positive', names: [] }],
		});

		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		const lines: Array<[string, string, string, string]> = [
			['Case', `cases/${lateCase}`, 'for 10 days', ', no owner'],
			['Inquiry', `inquiries/${lateInquiry}`, 'for 9 days', ''],
			['Match', `reports/${lateMatch}`, 'for 8 days', ''],
			['Case', `cases/${ownCase}`, 'for 2 days', ', Robin Reviewer'],
			['Match', `reports/${match}`, 'for 24 hours', ''],
			['Inquiry', `inquiries/${inquiry}`, 'for 12 hours', ''],
		];
		const slackLines = lines.map(
			([what, path, age, owner]) => `• <${DASHBOARD}/${path}|${what}> ${age}${owner}`,
		);
		expect(environment.slack.messages).toEqual([
			{
				channel: 'compliance',
				text: [
					'*Waiting for a decision on Wednesday, March 4: 6* (2 inquiries, 2 cases, 2 matches)',
					'*Over the deadline: 3*',
					...slackLines.slice(0, 3),
					'*Within the deadline: 3*',
					...slackLines.slice(3),
				].join('\n'),
			},
		]);
		const [mail, ...others] = getMails();
		expect(others).toEqual([]);
		expect([mail.from, mail.to]).toEqual(['persona@example.com', ['compliance@example.com']]);
		const { subject, text } = mail;
		expect(subject).toBe('6 waiting for a decision, 3 over the deadline');
		for (const [what, path, age, owner] of lines) {
			expect(text).toContain(`- ${what} ${age}${owner}: ${DASHBOARD}/${path}`);
		}
		expect(JSON.stringify([getTexts(), mail])).not.toContain('Jane');
	});

	it('says in one line that nothing waits, on a weekday', async () => {
		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		expect(getTexts()).toEqual([NOTHING]);
		expect(getMails()).toHaveLength(1);
		expect(getMails()[0].text).toContain(NOTHING);
	});

	it('is silent on Saturday when nothing waits, and comes when something does', async () => {
		const onSaturday = await publishAt(SATURDAY);
		const silent = await runWorkflow(onSaturday);
		expect([silent.status, silent.lastNode]).toEqual(['success', 'Anything to say?']);
		expect([getTexts(), getMails()]).toEqual([[], []]);

		createInquiry(0);
		expect(await runWorkflow(onSaturday)).toMatchObject({ status: 'success' });
		expect([getTexts().length, getMails().length]).toEqual([1, 1]);
	});

	it('names what it could not read in place of saying that nothing waits', async () => {
		const paths = ['/inquiries', '/cases', '/reports'];
		for (const path of paths) getControl().addFault({ path, kind: 'status', status: 403 });
		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		const [text] = getTexts();
		expect(text).toContain(
			'Of what could be read, nothing is waiting for a decision on Wednesday, March 4',
		);
		for (const what of ['inquiries', 'cases', 'reports']) {
			expect(text).toMatch(new RegExp(`\\n- ${what} \\(.+\\)`));
		}
		expect(getMails()[0].subject).toContain('What is waiting for a decision could not be read');
	});

	it('lists the rest when one list and one report could not be read', async () => {
		const inquiry = createInquiry(1);
		const [unread, read] = [await createReport(3), await createReport(4)];
		getControl().addFault({ path: '/cases', kind: 'status', status: 403 });
		getControl().addFault({ path: `/reports/${unread}`, kind: 'status', status: 403 });
		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		const [text] = getTexts();
		expect(text).toContain(`inquiries/${inquiry}|`);
		expect(text).toContain(`reports/${read}|`);
		expect(text).not.toContain(unread);
		expect(text).toMatch(/\n- cases \(.+\)\n- 1 of the reports with a match \(.+\)$/);
	});

	it('shows the longest waiting of 300 and counts the rest', async () => {
		const [from, to] = [getTime(30), getTime(2)];
		getControl().seedInquiries(300, { statuses: ['needs_review'], from, to });
		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		const [text] = getTexts();
		expect(text).toContain(': 300* (300 inquiries)\n*Over the deadline: 300*\n');
		expect(text.match(/dashboard\/inquiries/g)).toHaveLength(15);
		expect(text).toMatch(/\nand 285 more$/);
		expect(getMails()[0].text.match(/dashboard\/inquiries/g)).toHaveLength(100);
	});

	it('posts to Slack while no mail can be sent, and a retry sends the mail alone', async () => {
		await environment.connectMail(NOWHERE);
		const failed = await runWorkflow();
		await environment.connectMail();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Email it again']);
		expect([getTexts(), getMails()]).toEqual([[NOTHING], []]);
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expect([getTexts().length, getMails().length]).toEqual([1, 1]);
	});

	it('sends the mail while Slack is down, and a retry posts the digest alone', async () => {
		environment.slack.failNext({ status: 503 }, MAX_TRIES);
		const failed = await runWorkflow();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Post the digest']);
		expect([getTexts().length, getMails().length]).toEqual([0, 1]);
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expect([getTexts().length, getMails().length]).toEqual([1, 1]);
	});

	it.each([
		['Email the digest', [1, 0]],
		['Post the digest', [0, 1]],
	])('works with "%s" switched off', async (name, counts) => {
		const changed = await publishAt(WEDNESDAY, (node) =>
			node.name === name ? { ...node, disabled: true } : node,
		);
		const execution = await runWorkflow(changed);
		expect(execution.status).toBe('success');
		expect(getExecutedNodes(execution)).not.toContain('Email it again');
		expect([getTexts().length, getMails().length]).toEqual(counts);
	});
});
