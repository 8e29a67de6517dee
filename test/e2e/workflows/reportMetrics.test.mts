import { DateTime } from 'luxon';
import type { WorkflowFile } from '../../../tools/n8n/n8nClient.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { smtpLogin, type Mail } from './smtp.mts';

const TRIGGER = 'Every Monday morning';

/** A port at which nobody answers. */
const NOWHERE = 1;

/** How often the workflow asks Slack while it does not answer. */
const ALL_TRIES = 5;

/** An end of each kind that an inquiry can come to. */
const STATUSES = ['approved', 'declined', 'completed', 'failed', 'needs_review', 'expired'];

/** What is told of six inquiries with these statuses, each of which took four minutes. */
const FIGURES = [
	'Created: 6',
	'Completed: 4 (66.7 %)',
	'Approved: 1 (50.0 % of those decided)',
	'Declined: 1 (50.0 % of those decided)',
	'In review: 1',
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
	'In review: 0',
	'Completed, undecided: 0',
	'Failed: 0',
	'Expired: 0',
	'Not finished: 0',
	'Creation to completion: - median, - for 90 %',
	'Completion to decision: - median, - for 90 %',
].join('\n');

const MAILED = 'The page with charts is in the mail.';

const NOT_MAILED = 'The page with charts could not be e-mailed yet.';

/** A part of a mail as it was before it was encoded. */
function decoded(head: string, body: string): string {
	if (/^content-transfer-encoding: base64/im.test(head)) {
		return Buffer.from(body, 'base64').toString();
	}
	if (!/^content-transfer-encoding: quoted-printable/im.test(head)) return body;
	return body
		.replace(/=\r\n/g, '')
		.replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

/** The parts of a mail, each with its own headers. */
function partsOf({ source }: Mail) {
	const boundary = /boundary="([^"]+)"/.exec(source)?.[1];
	return source
		.split(`--${boundary}`)
		.slice(1, -1)
		.map((part) => {
			const [head, ...body] = part.trim().split('\r\n\r\n');
			const text = decoded(head, body.join('\r\n\r\n'));
			return { head, text: text.replace(/\r\n/g, '\n').trim() };
		});
}

/** The days on which the week before a moment begins and ends, and on which the next one begins. */
function weekBefore(moment: DateTime) {
	const monday = moment.startOf('week').minus({ weeks: 1 });
	const [first, last, next] = [0, 6, 7].map((days) => monday.plus({ days }).toFormat('yyyy-MM-dd'));
	return { monday, first, last, next };
}

const iso = (moment: DateTime) => moment.toJSDate().toISOString();

describe('"Report the metrics of last week"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await play();
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.sandbox.control.reset();
		environment.slack.messages.length = 0;
		environment.smtp.mails.length = 0;
	});

	const play = async (change?: Partial<WorkflowFile>) => {
		const one = await environment.publishWorkflow('11-report-metrics-weekly');
		// On a Monday morning it would run by itself as well.
		await environment.client.unpublish(one.workflow.id);
		if (change) await environment.client.updateWorkflow(one.workflow.id, change);
		return one;
	};

	/** Executes the workflow as its button in the editor does. */
	const run = async ({ workflow }: PublishedWorkflow = published) => {
		const { executionId = '' } = await environment.client.runWorkflow(workflow.id, TRIGGER);
		return await environment.client.waitForExecution(executionId, 120_000);
	};

	/** One inquiry for each status, from the first to the last millisecond of a week. */
	const seedWeek = (monday: DateTime, statuses = STATUSES) => {
		const to = iso(monday.plus({ weeks: 1 }).minus({ milliseconds: 1 }));
		const person = { fields: [{ 'name-first': 'Jane' }], referencePrefix: 'client-' };
		environment.sandbox.control.seedInquiries(statuses.length, {
			statuses,
			from: iso(monday),
			to,
			...person,
		});
	};

	/** One inquiry right before the week and one right after it. */
	const seedAround = (monday: DateTime) => {
		const from = iso(monday.minus({ milliseconds: 1 }));
		environment.sandbox.control.seedInquiries(2, { from, to: iso(monday.plus({ weeks: 1 })) });
	};

	/** Tells n8n where the mail goes. */
	const connectMail = async (port = environment.smtp.port) => {
		const { id, name, type } = environment.credentials.smtp;
		const server = { host: '127.0.0.1', port, secure: false, disableStartTls: true };
		await environment.client.updateCredential(id, {
			name,
			type,
			data: { ...smtpLogin, ...server },
		});
	};

	const messages = () => environment.slack.messages;

	const mails = () => environment.smtp.mails;

	/** Checks that the report has come to both, once to each. */
	const expectBoth = (
		{ first, last, next }: ReturnType<typeof weekBefore>,
		figures = FIGURES,
		remark = MAILED,
		zone = 'UTC',
	) => {
		expect(messages()).toEqual([
			{
				channel: 'compliance',
				text: `*Inquiries created from ${first} to ${last}*\n${figures}\n${remark}`,
			},
		]);
		expect(mails()).toHaveLength(1);
		const [mail] = mails();
		expect([mail.from, mail.to]).toEqual(['persona@example.com', ['compliance@example.com']]);
		expect(mail.source).toContain(`Subject: Inquiries from ${first} to ${last}\r\n`);
		const [words, page, ...others] = partsOf(mail);
		expect(others).toEqual([]);
		expect(words.text).toBe(
			`Inquiries created from ${first} to ${last} (${zone}):\n\n${figures}\n\n` +
				'The attached page shows them by day and by template.',
		);
		expect(page.head).toContain(`filename=inquiry-metrics-${first}-${next}.html`);
		expect(page.text).toMatch(/^<!doctype html>/i);
		expect(page.text).toMatch(/<\/html>$/);
		return page.text;
	};

	it('tells Slack and the mail of the inquiries of last week, and of no others', async () => {
		const week = weekBefore(DateTime.utc());
		seedWeek(week.monday);
		seedAround(week.monday);
		const { status, error } = await run();
		expect([status, error?.message]).toEqual(['success', undefined]);
		expect(expectBoth(week)).toContain('66.7 %');
	});

	it('tells of a week without inquiries as well', async () => {
		const week = weekBefore(DateTime.utc());
		seedAround(week.monday);
		expect(await run()).toMatchObject({ status: 'success' });
		expectBoth(week, NO_FIGURES);
	});

	it('tells of nobody who they are', async () => {
		seedWeek(weekBefore(DateTime.utc()).monday);
		await run();
		const [words, page] = partsOf(mails()[0]);
		const told = `${messages()[0].text} ${words.text} ${page.text}`;
		expect(told).toContain('Created: 6');
		expect(told).not.toMatch(/Jane|client-\d|inq_/);
	});

	it('begins its weeks on Monday in the time zone of the workflow', async () => {
		const timezone = 'Pacific/Auckland';
		const there = await play({ settings: { executionOrder: 'v1', timezone } });
		const week = weekBefore(DateTime.now().setZone(timezone));
		seedWeek(week.monday);
		seedAround(week.monday);
		expect(await run(there)).toMatchObject({ status: 'success' });
		expectBoth(week, FIGURES, MAILED, timezone);
	});

	it('counts the week before the execution was due, however late that is tried', async () => {
		const timestamp = '2026-01-07T07:00:00.000+00:00';
		const late = await play({ pinData: { [TRIGGER]: [{ json: { timestamp } }] } });
		const week = weekBefore(DateTime.fromISO(timestamp, { zone: 'utc' }));
		expect(week.first).toBe('2025-12-29');
		seedWeek(week.monday);
		seedAround(week.monday);
		expect(await run(late)).toMatchObject({ status: 'success' });
		expectBoth(week);
	});

	it('sends nothing while Persona cannot be read, and a retry sends it all once', async () => {
		const week = weekBefore(DateTime.utc());
		seedWeek(week.monday);
		environment.sandbox.control.addFault({ path: '/inquiries', kind: 'status', status: 403 });
		const failed = await run();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Get metrics']);
		expect([messages(), mails()]).toEqual([[], []]);

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expectBoth(week);
	});

	it('waits until Slack takes the message', async () => {
		const week = weekBefore(DateTime.utc());
		seedWeek(week.monday);
		environment.slack.failNext({ status: 429, headers: { 'retry-after': '1' } });
		environment.slack.failNext({ status: 503 });
		expect(await run()).toMatchObject({ status: 'success' });
		expectBoth(week);
	});

	it('sends the mail while Slack is down, and a retry posts the figures alone', async () => {
		const week = weekBefore(DateTime.utc());
		seedWeek(week.monday);
		environment.slack.failNext({ status: 503 }, ALL_TRIES);
		const failed = await run();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Post the figures']);
		expect([messages().length, mails().length]).toEqual([0, 1]);

		const retried = await published.retryExecution(failed);
		expect([retried.status, retried.lastNode]).toEqual(['success', 'Is the mail missing?']);
		expectBoth(week);
	});

	it('tells Slack while no mail can be sent, and a retry sends the mail alone', async () => {
		const week = weekBefore(DateTime.utc());
		seedWeek(week.monday);
		await connectMail(NOWHERE);
		const failed = await run();
		await connectMail();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'E-mail it again']);
		expect(messages().map(({ text }) => text.split('\n').at(-1))).toEqual([NOT_MAILED]);
		expect(mails()).toEqual([]);

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expectBoth(week, FIGURES, NOT_MAILED);
	});

	it('sends both by a retry when both were down', async () => {
		const week = weekBefore(DateTime.utc());
		seedWeek(week.monday);
		await connectMail(NOWHERE);
		environment.slack.failNext({ status: 503 }, ALL_TRIES);
		const failed = await run();
		await connectMail();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Post the figures']);
		expect([messages(), mails()]).toEqual([[], []]);

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expectBoth(week, FIGURES, NOT_MAILED);
	});
});
