import { DateTime, Settings } from 'luxon';
import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

const nodes = readNodes('19-remind-and-resume');

const NOW = '2026-03-20T09:00:00.000Z';

const rules = {
	...{ templates: 'itmpl_1', firstAfterDays: 2, nextAfterDays: 2, atMost: 3, notAfterDays: 30 },
	...{ now: NOW, run: '7' },
};

const daysAgo = (days: number) => String(DateTime.fromISO(NOW).minus({ days }).toUTC().toISO());

/** An unfinished inquiry as the node lists it. */
const createInquiry = (more: IDataObject = {}): IDataObject => ({
	...{ id: 'inq_1', status: 'created', accountId: 'act_1', createdAt: daysAgo(3) },
	...{ redactedAt: null, completedAt: null, decisionedAt: null },
	fields: { 'email-address': 'jane@example.com' },
	...more,
});

/** A line of the table. */
const createRow = (number: number, remindedAt: string, more: IDataObject = {}): IDataObject => ({
	...{
		id: number + 1,
		reminder: `inq_1-${number}`,
		inquiryId: 'inq_1',
		accountId: 'act_1',
		number,
	},
	...{ state: 'mailed', finished: null, remindedAt },
	...more,
});

interface Choice {
	due: IDataObject[];
	withoutAddress: IDataObject[];
	finished: IDataObject[];
}

/** Whom the workflow reminds, by these unfinished inquiries, other ones of their accounts, and the table. */
function choose(unfinished: IDataObject[], others: IDataObject[] = [], rows: IDataObject[] = []) {
	const name = 'Choose whom to remind';
	const toItems = (items: IDataObject[]) => [[items.length > 0 ? items : [{}]]];
	return evaluateParameter(nodes, name, getNode(nodes, name).parameters.jsonOutput, [{}], {
		'Choose the rules': [[[rules]]],
		'Get earlier reminders': toItems(rows),
		'Get unfinished inquiries': toItems(unfinished),
		'Get all their inquiries': toItems([...unfinished, ...others]),
	}) as Choice;
}

const isReminded = (...args: Parameters<typeof choose>) => choose(...args).due.length > 0;

beforeEach(() => {
	Settings.now = () => Date.parse(NOW);
});
afterEach(() => {
	Settings.now = () => Date.now();
});

describe('somebody who has not finished', () => {
	it.each(['created', 'pending', 'expired'])('and whose inquiry is %s is reminded', (status) => {
		expect(choose([createInquiry({ status })])).toEqual({
			due: [
				{
					...{ reminder: 'inq_1-1', inquiryId: 'inq_1', accountId: 'act_1', number: 1 },
					...{ isLast: false, isNow: true, failures: 0, email: 'jane@example.com' },
				},
			],
			...{ withoutAddress: [], finished: [] },
		});
	});

	it('is reminded three times, and the third one is the last', () => {
		const sent = [createRow(1, daysAgo(6)), createRow(2, daysAgo(4))];
		const [{ reminder, isLast }] = choose([createInquiry()], [], sent).due;
		expect([reminder, isLast]).toEqual(['inq_1-3', true]);
		expect(isReminded([createInquiry()], [], [...sent, createRow(3, daysAgo(2))])).toBe(false);
	});

	it.each([
		['the same morning', 0, false],
		['the day before', 1, false],
		['two days before', 2, true],
	])('and was reminded %s is reminded: %3$p', (_, days, expected) => {
		expect(isReminded([createInquiry()], [], [createRow(1, daysAgo(days))])).toBe(expected);
	});

	it('counts the days of the calendar, so that a run a little earlier than the last one loses no day', () => {
		const later = String(DateTime.fromISO(daysAgo(2)).plus({ hours: 3 }).toISO());
		expect(isReminded([createInquiry()], [], [createRow(1, later)])).toBe(true);
	});

	it.each(['mailing', 'mailed'])('is not reminded again of a reminder that is %s', (state) => {
		expect(isReminded([createInquiry()], [], [createRow(1, NOW, { state })])).toBe(false);
	});

	it('is reminded again of a reminder that has failed, after all others', () => {
		const rows = [createRow(1, NOW, { state: 'failed' })];
		const other = createInquiry({ id: 'inq_2', accountId: 'act_2' });
		const { due } = choose([createInquiry(), other], [], rows);
		expect(due.map(({ reminder }) => reminder)).toEqual(['inq_2-1', 'inq_1-1']);
	});

	it('is not reminded of what is redacted', () => {
		expect(isReminded([createInquiry({ redactedAt: NOW })])).toBe(false);
	});

	it.each([
		...['', ' ', 'jane', 'jane@example.com, joe@example.com', 'Jane <jane@example.com>', null],
		...['[object Object]', 'null', 'jane@example', '=cmd|calc@example'],
	])('and has the address %j is named to the team once', (email) => {
		const inquiry = createInquiry({ fields: { 'email-address': email } });
		const withoutAddress = [{ inquiryId: 'inq_1', accountId: 'act_1' }];
		expect(choose([inquiry])).toMatchObject({ due: [], withoutAddress });
		const told = createRow(0, NOW, { state: 'no address' });
		expect(choose([inquiry], [], [told])).toMatchObject({ due: [], withoutAddress: [] });
		expect(isReminded([createInquiry()], [], [told])).toBe(true);
	});

	it.each([undefined, null, {}])('and has the fields %j is named to the team', (fields) => {
		expect(choose([createInquiry({ fields })]).withoutAddress).toHaveLength(1);
	});
});

describe('somebody with several inquiries', () => {
	const other = (status: string, more: IDataObject = {}) =>
		createInquiry({ id: 'inq_0', status, createdAt: daysAgo(10), ...more });

	it.each(['created', 'pending', 'expired', 'failed', 'approved', 'a-new-status'])(
		'is not reminded of the older one when the newer one is %s',
		(status) => {
			const newer = other(status, { createdAt: daysAgo(1) });
			expect(isReminded([createInquiry()], [newer])).toBe(false);
		},
	);

	it('is reminded of the newest one only, whatever the order', () => {
		const inquiries = [other('pending'), createInquiry(), other('expired', { id: 'inq_9' })];
		for (const listed of [inquiries, inquiries.reverse()]) {
			expect(choose(listed).due.map(({ inquiryId }) => inquiryId)).toEqual(['inq_1']);
		}
	});

	it.each(['approved', 'declined', 'completed', 'needs_review', 'a-new-status'])(
		'is not reminded when an older one has been %s since, or nobody knows when',
		(status) => {
			for (const time of [daysAgo(1), null]) {
				expect(isReminded([createInquiry()], [other(status, { decisionedAt: time })])).toBe(false);
			}
		},
	);

	it.each(['approved', 'declined'])(
		'is reminded when an older one was %s before, since they were asked again',
		(status) => {
			expect(isReminded([createInquiry()], [other(status, { decisionedAt: daysAgo(9) })])).toBe(
				true,
			);
		},
	);

	it('is reminded when an older one has failed or expired', () => {
		expect(isReminded([createInquiry()], [other('failed'), other('expired')])).toBe(true);
	});

	it('is reminded when the newer one was redacted before it was finished', () => {
		const newer = other('created', { createdAt: daysAgo(2.5), redactedAt: NOW });
		expect(choose([createInquiry(), newer]).due.map(({ inquiryId }) => inquiryId)).toEqual([
			'inq_1',
		]);
	});

	it('is another one than somebody else without an account', () => {
		const inquiries = ['inq_1', 'inq_2'].map((id) => createInquiry({ id, accountId: null }));
		expect(choose(inquiries).due).toHaveLength(2);
	});
});

describe('somebody who has finished after a reminder', () => {
	it.each(['completed', 'needs_review', 'approved', 'declined', 'failed'])(
		'is entered as %s',
		(status) => {
			const done = createInquiry({ status, completedAt: daysAgo(1) });
			const finished = [{ inquiryId: 'inq_1', status, finishedAt: daysAgo(1) }];
			expect(choose([], [done], [createRow(1, daysAgo(2))])).toMatchObject({ due: [], finished });
		},
	);

	it.each(['created', 'pending', 'expired'])('is not entered while it is %s', (status) => {
		const rows = [createRow(1, daysAgo(1))];
		expect(choose([createInquiry({ status })], [], rows).finished).toEqual([]);
	});

	it('is entered once', () => {
		const done = createInquiry({ status: 'approved' });
		const rows = [createRow(1, daysAgo(2), { finished: 'approved' })];
		expect(choose([], [done], rows).finished).toEqual([]);
	});

	it('is not counted when no reminder had reached them', () => {
		const done = createInquiry({ status: 'approved' });
		for (const state of ['failed', 'mailing', 'no address']) {
			expect(choose([], [done], [createRow(1, daysAgo(2), { state })]).finished).toEqual([]);
		}
	});
});

describe('the accounts whose inquiries are read', () => {
	it('are asked for fifty at a time, each once, and never with an empty list', () => {
		const name = 'List their accounts';
		const list = (count: number, rows: IDataObject[] = [{}]) => {
			const inquiries = Array.from({ length: count }, (_, index) =>
				createInquiry({ id: `inq_${index}`, accountId: `act_${index >> 1}` }),
			);
			const output = evaluateParameter(
				nodes,
				name,
				getNode(nodes, name).parameters.jsonOutput,
				[{}],
				{
					'Get unfinished inquiries': [[count > 0 ? inquiries : [{}]]],
					'Get earlier reminders': [[rows]],
				},
			) as { groups: { accountIds: string }[] };
			return output.groups.map(({ accountIds }) => accountIds.split(','));
		};
		expect(list(0)).toEqual([]);
		expect(list(202).map(({ length }) => length)).toEqual([50, 50, 1]);
		expect(new Set(list(202).flat()).size).toBe(101);
		expect(list(0, [createRow(1, NOW)])).toEqual([['act_1']]);
		expect(list(0, [createRow(1, NOW, { accountId: '' })])).toEqual([]);
		expect(list(0, [createRow(1, NOW, { finished: 'approved' })])).toEqual([]);
	});
});

describe('what a run says at its end', () => {
	const count = (now: IDataObject[], withoutAddress: IDataObject[] = []) => {
		const { jsonOutput } = getNode(nodes, 'Count').parameters;
		return evaluateParameter(nodes, 'Count', jsonOutput, [{}], {
			'Choose the rules': [[[rules]]],
			'Choose whom to remind': [[[{ withoutAddress, finished: [] }]]],
			'Get earlier reminders': [[[{}]]],
			'Get reminders of this run': [[now.length > 0 ? now : [{}]]],
		}) as IDataObject & { subject: string; text: string };
	};

	it('is that there is nobody to remind, and nobody gets a mail about it', () => {
		const counted = count([]);
		expect(counted).toMatchObject({
			subject: 'Nobody to remind today',
			text: 'Reminded today: nobody',
		});
		expect(routeItem(nodes, 'Anything to tell?', counted)).toBe(false);
	});

	it('is how many were reminded, with the date as Americans write it', () => {
		const counted = count([createRow(1, NOW)]);
		expect(counted).toMatchObject({
			subject: 'Reminders on March 20, 2026',
			text: 'Reminded today: 1\nPeople reminded in the last 90 days: 1. Finished since: 0.',
		});
		expect(routeItem(nodes, 'Anything to tell?', counted)).toBe(true);
	});

	it.each([
		['failed', [createRow(1, NOW, { state: 'failed', reason: 'No' })], []],
		['have no address', [], [{ inquiryId: 'inq_1' }]],
	])('names those who %s, and has no line that counts zero', (_, now, withoutAddress) => {
		const { text, isWorthAMail } = count(now, withoutAddress);
		expect(isWorthAMail).toBe(true);
		expect(text).toMatch(/^Reminded today: nobody\n\n.*:\nhttps:\S+\/inq_1/);
	});
});
