import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

/** A Wednesday, and a Saturday. */
const WEDNESDAY = '2026-03-04T12:00:00.000Z';
const SATURDAY = '2026-03-07T12:00:00.000Z';

const HOUR_MS = 3_600_000;

const getTime = (hoursAgo: number) =>
	new Date(Date.parse(WEDNESDAY) - hoursAgo * HOUR_MS).toISOString();

interface Found {
	inquiries?: IDataObject[];
	cases?: IDataObject[];
	/** What the list of reports has for its first entry. */
	reports?: IDataObject[];
	/** The reports that were read one by one. */
	matches?: IDataObject[];
	timestamp?: string;
}

interface Digest {
	waiting: number;
	isToBeSent: boolean;
	subject: string;
	slack: string;
	mail: string;
}

describe('the digest of what waits for a decision', () => {
	const nodes = readNodes('21-send-review-digest');
	const NAME = 'Put it into words';

	/** n8n puts out an empty item where Persona lists nothing. */
	const build = ({
		inquiries = [{}],
		cases = [{}],
		reports = [{}],
		matches,
		timestamp = WEDNESDAY,
	}: Found): Digest => {
		const settings = { inquiryDays: 1, caseDays: 3, matchDays: 2, names: { user_1: 'Robin' } };
		const outputs = {
			'Every morning': [[[{ timestamp }]]],
			'Deadlines and names': [[[settings]]],
			'Get inquiries for review': [[inquiries]],
			'Get cases': [[cases]],
			'Get reports': [[reports]],
			...(matches && { 'Get the report': [[matches]] }),
		};
		const { jsonOutput } = getNode(nodes, NAME).parameters;
		return evaluateParameter(nodes, NAME, jsonOutput, reports, outputs) as unknown as Digest;
	};

	const inquiry = (hoursAgo: number, more: IDataObject = {}) => ({
		id: `inq_${hoursAgo}`,
		markedForReviewAt: getTime(hoursAgo),
		redactedAt: null,
		...more,
	});
	const openCase = (hoursAgo: number, more: IDataObject = {}) => ({
		id: `case_${hoursAgo}`,
		createdAt: getTime(hoursAgo),
		assigneeId: null,
		resolvedAt: null,
		redactedAt: null,
		slaExpiresAt: null,
		...more,
	});
	const match = (hoursAgo: number, more: IDataObject = {}) => ({
		id: `rep_${hoursAgo}`,
		status: 'ready',
		hasMatch: true,
		completedAt: getTime(hoursAgo),
		redactedAt: null,
		...more,
	});

	it('has the longest waiting first, and what is over its deadline apart', () => {
		const { mail, subject } = build({
			inquiries: [inquiry(3), inquiry(30)],
			cases: [openCase(60), openCase(80)],
			matches: [match(47), match(48)],
		});
		expect(subject).toBe('6 waiting for a decision, 3 over the deadline');
		const link = (path: string) => `https://app.withpersona.com/dashboard/${path}`;
		expect(mail).toBe(
			[
				'Waiting for a decision on Wednesday, March 4: 6 (2 inquiries, 2 cases, 2 matches)',
				'',
				'Over the deadline: 3',
				`- Case for 3 days, no owner: ${link('cases/case_80')}`,
				`- Match for 2 days: ${link('reports/rep_48')}`,
				`- Inquiry for 30 hours: ${link('inquiries/inq_30')}`,
				'',
				'Within the deadline: 3',
				`- Case for 2 days, no owner: ${link('cases/case_60')}`,
				`- Match for 47 hours: ${link('reports/rep_47')}`,
				`- Inquiry for 3 hours: ${link('inquiries/inq_3')}`,
			].join('\n'),
		);
	});

	it.each([
		[null, 'no owner'],
		['', 'no owner'],
		['user_1', 'Robin'],
		['user_2', 'user_2'],
		['robin.reviewer@example.com', 'robin.reviewer'],
		['<!channel>', '?!channel?'],
	])('names the assignee %p as %s', (assigneeId, name) => {
		const { slack } = build({ cases: [openCase(0, { assigneeId })] });
		expect(slack).toContain(`|Case> for less than an hour, ${name}`);
	});

	it('takes the SLA of a case before the deadline for cases', () => {
		const cases = [
			openCase(1, { slaExpiresAt: getTime(0.5) }),
			openCase(100, { slaExpiresAt: getTime(-1) }),
		];
		const { mail } = build({ cases });
		expect(mail).toMatch(/Over the deadline: 1\n- Case for 1 hour,.+case_1\n/);
		expect(mail).toMatch(/Within the deadline: 1\n- Case for 4 days,.+case_100$/);
	});

	it.each([
		{ inquiries: [inquiry(1, { redactedAt: WEDNESDAY })] },
		{ cases: [openCase(1, { redactedAt: WEDNESDAY })] },
		{ cases: [openCase(1, { resolvedAt: WEDNESDAY })] },
		{ matches: [match(1, { redactedAt: WEDNESDAY })] },
		{ matches: [match(1, { hasMatch: false })] },
		{ matches: [match(1, { matchedRecords: [{ reviewStatus: 'false_positive' }] })] },
		{
			matches: [
				match(1, {
					matchedRecords: [{ reviewStatus: 'true_positive' }, { reviewStatus: 'false_positive' }],
				}),
			],
		},
	])('does not list what is settled or redacted: %j', (found) => {
		expect(build(found)).toMatchObject({
			waiting: 0,
			slack: 'Nothing is waiting for a decision on Wednesday, March 4.',
		});
	});

	it.each([
		{ hasMatch: null },
		{ hasMatch: undefined },
		{ matchedRecords: null },
		{ matchedRecords: [] },
		{ matchedRecords: [{ reviewStatus: 'false_positive' }, { reviewStatus: 'pending' }] },
		{ matchedRecords: [{ reviewStatus: 'indeterminate' }] },
		{ matchedRecords: [{ reviewStatus: null }] },
		{ matchedRecords: [{}] },
	])('lists a report of which nobody knows that its match is settled: %j', (report) => {
		expect(build({ matches: [match(1, report)] }).waiting).toBe(1);
	});

	it.each([undefined, null, '', 'soon'])(
		'lists what has waited since %p as over the deadline, and first of all',
		(createdAt) => {
			const cases = [openCase(500), openCase(1, { createdAt })];
			expect(build({ cases }).mail).toMatch(
				/Over the deadline: 2\n- Case for an unknown time,.+case_1\n/,
			);
		},
	);

	it('takes the time of completion for an inquiry that was never marked, and else that of its creation', () => {
		const times = { completedAt: getTime(4), createdAt: getTime(5) };
		const read = (more: IDataObject) =>
			build({ inquiries: [inquiry(0, { markedForReviewAt: null, ...more })] }).slack;
		expect(read(times)).toContain('for 4 hours');
		expect(read({ ...times, completedAt: null })).toContain('for 5 hours');
	});

	it('shows the longest waiting of 300 and counts the rest, in Slack fewer than in the mail', () => {
		const inquiries = Array.from({ length: 300 }, (_, index) => inquiry(index / 10));
		const { mail, slack } = build({ inquiries });
		const count = (text: string) => text.match(/dashboard\/inquiries/g)?.length;
		expect([count(slack), count(mail)]).toEqual([30, 160]);
		expect(slack).toMatch(
			/^\*Waiting for a decision on Wednesday, March 4: 300\* \(300 inquiries\)/,
		);
		expect(slack).toMatch(/Over the deadline: 60\*\n• .+inq_29\.9\|/);
		expect(slack).toContain('and 45 more\n*Within the deadline: 240*');
		expect(slack).toMatch(/and 225 more$/);
		expect(mail).toMatch(/and 140 more$/);
		// Slack advises against longer messages.
		expect(slack.length).toBeLessThan(4_000);
	});

	describe('of which something could not be read', () => {
		const ERROR = { error: 'The API key may not do this' };

		it.each([
			[{ inquiries: [ERROR] }, 'inquiries (The API key may not do this)'],
			[{ cases: [ERROR] }, 'cases (The API key may not do this)'],
			[{ reports: [ERROR] }, 'reports (The API key may not do this)'],
			[
				{ reports: [match(1)], matches: [ERROR, ERROR] },
				'2 of the reports with a match (The API key may not do this)',
			],
		])('names it, and never says that nothing waits: %j', (found, named) => {
			const { slack, mail, subject, isToBeSent } = build({ ...found, timestamp: SATURDAY });
			expect([isToBeSent, subject]).toEqual([
				true,
				'What is waiting for a decision could not be read',
			]);
			for (const text of [slack, mail]) {
				expect(text).toContain(
					'Of what could be read, nothing is waiting for a decision on Saturday, March 7',
				);
				expect(text).toMatch(/Could not be read, so more may be waiting:\*?\n- /);
				expect(text).toContain(`- ${named}`);
				expect(text).not.toContain('Nothing is waiting');
			}
		});

		it('still lists the rest', () => {
			const { slack } = build({ inquiries: [inquiry(2)], cases: [ERROR] });
			expect(slack).toContain('Within the deadline: 1');
			expect(slack).toContain('- cases (The API key may not do this)');
		});
	});

	it.each([
		[WEDNESDAY, true],
		[SATURDAY, false],
		['2026-03-08T12:00:00.000Z', false],
		['2026-03-09T12:00:00.000Z', true],
	])('says that nothing waits on %s: %p', (timestamp, isToBeSent) => {
		const digest = build({ timestamp });
		expect(digest.subject).toBe('Nothing is waiting for a decision');
		expect(routeItem(nodes, 'Anything to say?', digest as unknown as IDataObject)).toBe(isToBeSent);
	});

	it('comes on Saturday, too, when something waits', () => {
		expect(build({ inquiries: [inquiry(2)], timestamp: SATURDAY }).isToBeSent).toBe(true);
	});

	it('counts nothing over the deadline where nothing is', () => {
		expect(build({ inquiries: [inquiry(2)] }).subject).toBe('1 waiting for a decision');
	});
});

describe('a report of the list', () => {
	const nodes = readNodes('21-send-review-digest');

	it.each([
		[{ status: 'ready', hasMatch: true }, true],
		[{ status: 'ready', hasMatch: null }, true],
		[{ status: 'ready' }, true],
		[{ status: 'errored', hasMatch: null }, true],
		[{ status: 'ready', hasMatch: false }, false],
		[{ status: 'pending', hasMatch: true }, false],
	])('as %j is read for its match: %p', (report, isRead) => {
		expect(routeItem(nodes, 'Is there a match?', { id: 'rep_1', ...report })).toBe(isRead);
	});

	it.each([{}, { error: 'No answer' }])('is none if it is %j', (item) => {
		expect(routeItem(nodes, 'Is there a match?', item)).toBe(false);
	});
});
