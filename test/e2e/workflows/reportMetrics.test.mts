import { DateTime } from 'luxon';
import type { WorkflowFile } from '../../../tools/n8n/n8nClient.mts';
import {
	NOWHERE,
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import type { Mail } from '../../../tools/services/smtp.mts';

const TRIGGER = 'Every Monday morning';

/** How often the workflow calls Slack while it fails. */
const MAX_TRIES = 5;

/** All final statuses of an inquiry. */
const STATUSES = ['approved', 'declined', 'completed', 'failed', 'needs_review', 'expired'];

/** The figures of six inquiries with these statuses, each of which took four minutes. */
const FIGURES = [
	'Created: 6',
	'Completed: 4 (66.7 %)',
	'Approved: 1 (50.0 % of those decided)',
	'Declined: 1 (50.0 % of those decided)',
	'Needs review: 1',
	'Completed, undecided: 1',
	'Failed: 1',
	'Expired: 1',
	'Not finished: 0',
	'Creation to completion: 4.0 min median, 4.0 min for 90 %',
	'Completion to decision: 0.0 min median, 0.0 min for 90 %',
].join('\n');

const NO_FIGURES = [
	'Created: 0',
	'Completed: 0 (-)',
	'Approved: 0 (- of those decided)',
	'Declined: 0 (- of those decided)',
	'Needs review: 0',
	'Completed, undecided: 0',
	'Failed: 0',
	'Expired: 0',
	'Not finished: 0',
	'Creation to completion: - median, - for 90 %',
	'Completion to decision: - median, - for 90 %',
].join('\n');

const MAILED = 'The page with charts is in the email.';

const NOT_MAILED = 'The page with charts could not be emailed yet.';

/** Returns the attached page with charts. */
const getPage = ({ attachments: [{ bytes }] }: Mail) => bytes.toString().trim();

/** Returns the first and last day of the week before a moment, and the first day of the next week. */
function getWeekBefore(moment: DateTime) {
	const monday = moment.startOf('week').minus({ weeks: 1 });
	const [first, last, next] = [0, 6, 7].map((days) => monday.plus({ days }).toFormat('yyyy-MM-dd'));
	return { monday, first, last, next };
}

const toIso = (moment: DateTime) => moment.toJSDate().toISOString();

describe('"Report the metrics of last week"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await publishUnscheduled();
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.sandbox.control.reset();
		environment.slack.messages.length = 0;
		environment.smtp.mails.length = 0;
	});

	const publishUnscheduled = async (change?: Partial<WorkflowFile>) => {
		const one = await environment.publishWorkflow('11-report-metrics-weekly');
		// On a Monday morning it would run by itself as well.
		await environment.client.unpublish(one.workflow.id);
		if (change) await environment.client.updateWorkflow(one.workflow.id, change);
		return one;
	};

	/** Runs the workflow as the editor's button does. */
	const runWorkflow = async ({ workflow }: PublishedWorkflow = published) => {
		const { executionId = '' } = await environment.client.runWorkflow(workflow.id, TRIGGER);
		return await environment.client.waitForExecution(executionId, 120_000);
	};

	/** Creates one inquiry for each status, from the first to the last millisecond of a week. */
	const seedWeek = (monday: DateTime, statuses = STATUSES) => {
		const to = toIso(monday.plus({ weeks: 1 }).minus({ milliseconds: 1 }));
		const person = { fields: [{ 'name-first': 'Jane' }], referencePrefix: 'client-' };
		environment.sandbox.control.seedInquiries(statuses.length, {
			statuses,
			from: toIso(monday),
			to,
			...person,
		});
	};

	/** Creates one inquiry right before the week and one right after it. */
	const seedAround = (monday: DateTime) => {
		const from = toIso(monday.minus({ milliseconds: 1 }));
		environment.sandbox.control.seedInquiries(2, { from, to: toIso(monday.plus({ weeks: 1 })) });
	};

	const getMessages = () => environment.slack.messages;

	const getMails = () => environment.smtp.mails;

	/** Checks that Slack and the mail server have received the report once each. */
	const expectBoth = (
		{ first, last, next }: ReturnType<typeof getWeekBefore>,
		figures = FIGURES,
		remark = MAILED,
		zone = 'UTC',
	) => {
		expect(getMessages()).toEqual([
			{
				channel: 'compliance',
				text: `*Inquiries created from ${first} to ${last}*\n${figures}\n${remark}`,
			},
		]);
		expect(getMails()).toHaveLength(1);
		const [mail] = getMails();
		expect([mail.from, mail.to]).toEqual(['persona@example.com', ['compliance@example.com']]);
		expect(mail.subject).toBe(`Inquiries from ${first} to ${last}`);
		expect(mail.text).toBe(
			`Inquiries created from ${first} to ${last} (${zone}):\n\n${figures}\n\n` +
				'The attached page shows them by day and by template.',
		);
		expect(mail).toMatchObject({
			html: '',
			attachments: [{ name: `inquiry-metrics-${first}-${next}.html` }],
		});
		const page = getPage(mail);
		expect(page).toMatch(/^<!doctype html>/i);
		expect(page).toMatch(/<\/html>$/);
		return page;
	};

	it('reports the inquiries of last week to Slack and by mail, and no others', async () => {
		const week = getWeekBefore(DateTime.utc());
		seedWeek(week.monday);
		seedAround(week.monday);
		const { status, error } = await runWorkflow();
		expect([status, error?.message]).toEqual(['success', undefined]);
		expect(expectBoth(week)).toContain('66.7 %');
	});

	it('also reports a week without inquiries', async () => {
		const week = getWeekBefore(DateTime.utc());
		seedAround(week.monday);
		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		expectBoth(week, NO_FIGURES);
	});

	it('contains no personal data', async () => {
		seedWeek(getWeekBefore(DateTime.utc()).monday);
		await runWorkflow();
		const [mail] = getMails();
		const report = `${getMessages()[0].text} ${mail.text} ${getPage(mail)}`;
		expect(report).toContain('Created: 6');
		expect(report).not.toMatch(/Jane|client-\d|inq_/);
	});

	it('starts its weeks on Monday in the time zone of the workflow', async () => {
		const timezone = 'Pacific/Auckland';
		const there = await publishUnscheduled({ settings: { executionOrder: 'v1', timezone } });
		const week = getWeekBefore(DateTime.now().setZone(timezone));
		seedWeek(week.monday);
		seedAround(week.monday);
		expect(await runWorkflow(there)).toMatchObject({ status: 'success' });
		expectBoth(week, FIGURES, MAILED, timezone);
	});

	it('reports the week before the scheduled time, however late it runs', async () => {
		const timestamp = '2026-01-07T07:00:00.000+00:00';
		const lateWorkflow = await publishUnscheduled({
			pinData: { [TRIGGER]: [{ json: { timestamp } }] },
		});
		const week = getWeekBefore(DateTime.fromISO(timestamp, { zone: 'utc' }));
		expect(week.first).toBe('2025-12-29');
		seedWeek(week.monday);
		seedAround(week.monday);
		expect(await runWorkflow(lateWorkflow)).toMatchObject({ status: 'success' });
		expectBoth(week);
	});

	it('sends nothing while Persona cannot be read, and a retry sends everything once', async () => {
		const week = getWeekBefore(DateTime.utc());
		seedWeek(week.monday);
		environment.sandbox.control.addFault({ path: '/inquiries', kind: 'status', status: 403 });
		const failed = await runWorkflow();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Get metrics']);
		expect([getMessages(), getMails()]).toEqual([[], []]);

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expectBoth(week);
	});

	it('retries until Slack accepts the message', async () => {
		const week = getWeekBefore(DateTime.utc());
		seedWeek(week.monday);
		environment.slack.failNext({ status: 429, headers: { 'retry-after': '1' } });
		environment.slack.failNext({ status: 503 });
		expect(await runWorkflow()).toMatchObject({ status: 'success' });
		expectBoth(week);
	});

	it('sends the mail while Slack is down, and a retry posts the figures alone', async () => {
		const week = getWeekBefore(DateTime.utc());
		seedWeek(week.monday);
		environment.slack.failNext({ status: 503 }, MAX_TRIES);
		const failed = await runWorkflow();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Post the figures']);
		expect([getMessages().length, getMails().length]).toEqual([0, 1]);

		const retried = await published.retryExecution(failed);
		expect([retried.status, retried.lastNode]).toEqual(['success', 'Is the mail missing?']);
		expectBoth(week);
	});

	it('posts to Slack while no mail can be sent, and a retry sends the mail alone', async () => {
		const week = getWeekBefore(DateTime.utc());
		seedWeek(week.monday);
		await environment.connectMail(NOWHERE);
		const failed = await runWorkflow();
		await environment.connectMail();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Email it again']);
		expect(getMessages().map(({ text }) => text.split('\n').at(-1))).toEqual([NOT_MAILED]);
		expect(getMails()).toEqual([]);

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expectBoth(week, FIGURES, NOT_MAILED);
	});

	it('sends both by a retry when both were down', async () => {
		const week = getWeekBefore(DateTime.utc());
		seedWeek(week.monday);
		await environment.connectMail(NOWHERE);
		environment.slack.failNext({ status: 503 }, MAX_TRIES);
		const failed = await runWorkflow();
		await environment.connectMail();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Post the figures']);
		expect([getMessages(), getMails()]).toEqual([[], []]);

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expectBoth(week, FIGURES, NOT_MAILED);
	});
});
