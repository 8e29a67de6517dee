import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

const NOW = '2026-03-04T12:00:00.000Z';
const LEVELS = [
	{ level: 'high', years: 1 },
	{ level: 'Medium ', years: 2 },
	{ level: 'low', years: 3 },
];

interface Facts {
	levels?: IDataObject[];
	accounts?: IDataObject[];
	inquiries?: IDataObject[];
	/** Rows of the data table. */
	asked?: IDataObject[];
	now?: string;
	atMost?: number;
}

interface Due {
	due: { accountId: string; level: string; isKnown: boolean; inquiryId: string; request: string }[];
	more: number;
	late: IDataObject[];
}

const nodes = readNodes('20-verify-again-on-schedule');

/** n8n puts out an empty item where there is nothing. */
const orEmpty = (items: IDataObject[]) => (items.length > 0 ? items : [{}]);

const find = ({
	levels = LEVELS,
	accounts = [{ id: 'act_1', tags: ['risk-high'], redactedAt: null }],
	inquiries = [],
	asked = [],
	now = NOW,
	atMost = 200,
}: Facts): Due => {
	const name = 'Who is due?';
	const { jsonOutput } = getNode(nodes, name).parameters;
	const outputs = {
		'Every morning': [[[{ timestamp: now }]]],
		'Days and daily limit': [[[{ days: 30, atMost }]]],
		'Get the levels': [[levels]],
		'Get all accounts': [[orEmpty(accounts)]],
		'Get all inquiries': [[orEmpty(inquiries)]],
		'Get who was asked': [[orEmpty(asked)]],
	};
	return evaluateParameter(nodes, name, jsonOutput, [{}], outputs) as unknown as Due;
};

let count = 0;

/** An inquiry of the person that was created and, if so, decided at this time. */
const inquiry = (status: string, time: string, more: IDataObject = {}): IDataObject => {
	count += 1;
	const isDecided = ['approved', 'declined'].includes(status);
	return {
		id: `inq_${count}`,
		status,
		accountId: 'act_1',
		tags: [],
		createdAt: time,
		completedAt: isDecided ? time : null,
		decisionedAt: isDecided ? time : null,
		...more,
	};
};

const TWO_YEARS_AGO = '2024-01-01T10:00:00.000Z';

const isDue = (facts: Facts) => find(facts).due.length === 1;

describe('a person who was approved', () => {
	it.each([
		['risk-high', '2025-03-04T11:59:59.000Z', true],
		['risk-high', '2025-03-04T12:00:01.000Z', false],
		['risk-medium', '2024-03-04T11:59:59.000Z', true],
		['risk-medium', '2024-03-04T12:00:01.000Z', false],
		['risk-low', '2023-03-04T11:59:59.000Z', true],
		['risk-low', '2023-03-04T12:00:01.000Z', false],
		['Risk-LOW', '2023-03-04T12:00:01.000Z', false],
	])('with the tag %s at %s is due: %p', (tag, time, expected) => {
		const accounts = [{ id: 'act_1', tags: ['vip', tag], redactedAt: null }];
		expect(isDue({ accounts, inquiries: [inquiry('approved', time)] })).toBe(expected);
	});

	it.each([null, [], ['vip'], ['risk-'], ['risk-extreme'], ['risk-null'], ['risk-low', 'risk-x']])(
		'counts as the strictest level with the tags %j, and is named',
		(tags) => {
			const accounts = [{ id: 'act_1', tags, redactedAt: null }];
			const inquiries = [inquiry('approved', '2025-02-01T10:00:00.000Z')];
			expect(find({ accounts, inquiries }).due).toMatchObject([{ level: 'high', isKnown: false }]);
		},
	);

	it('has the strictest of several levels', () => {
		const accounts = [{ id: 'act_1', tags: ['risk-low', 'risk-high'], redactedAt: null }];
		const inquiries = [inquiry('approved', '2025-02-01T10:00:00.000Z')];
		expect(find({ accounts, inquiries }).due).toMatchObject([{ level: 'high', isKnown: true }]);
	});

	it.each([
		['2025-02-28T16:59:00.000Z', false],
		['2025-02-28T17:01:00.000Z', true],
	])('on 29 February is due on 28 February of the next year: at %s, %p', (now, expected) => {
		const inquiries = [inquiry('approved', '2024-02-29T17:00:00.000Z')];
		expect(isDue({ inquiries, now })).toBe(expected);
	});

	it.each([
		['2028-02-29T16:59:00.000Z', false],
		['2028-02-29T17:01:00.000Z', true],
	])('on 29 February is due on 29 February after four years: at %s, %p', (now, expected) => {
		const levels = [{ level: 'high', years: 4 }];
		const inquiries = [inquiry('approved', '2024-02-29T17:00:00.000Z')];
		expect(isDue({ levels, inquiries, now })).toBe(expected);
	});

	it.each([
		[[['approved', TWO_YEARS_AGO]], true],
		[
			[
				['approved', TWO_YEARS_AGO],
				['approved', '2026-02-01T10:00:00.000Z'],
			],
			false,
		],
		[
			[
				['approved', TWO_YEARS_AGO],
				['declined', '2024-06-01T10:00:00.000Z'],
			],
			false,
		],
		[
			[
				['declined', '2023-01-01T10:00:00.000Z'],
				['approved', TWO_YEARS_AGO],
			],
			true,
		],
		[
			[
				['approved', TWO_YEARS_AGO],
				['expired', '2026-02-01T10:00:00.000Z'],
			],
			true,
		],
		[
			[
				['approved', TWO_YEARS_AGO],
				['failed', '2026-02-01T10:00:00.000Z'],
			],
			true,
		],
		...['created', 'pending', 'completed', 'needs_review'].map((status) => [
			[
				['approved', TWO_YEARS_AGO],
				[status, '2026-03-01T10:00:00.000Z'],
			],
			false,
		]),
	] as [string[][], boolean][])(
		'counts by the newest decision, and not while an inquiry is open: %j is due: %p',
		(history, expected) => {
			const inquiries = history.map(([status, time]) => inquiry(status, time));
			expect(isDue({ inquiries })).toBe(expected);
			expect(isDue({ inquiries: [...inquiries].reverse() })).toBe(expected);
		},
	);

	it.each([[{ decisionedAt: null }], [{ decisionedAt: null, completedAt: null }]])(
		'counts from what is known when Persona names no time of the decision: %j',
		(more) => {
			expect(isDue({ inquiries: [inquiry('approved', TWO_YEARS_AGO, more)] })).toBe(true);
		},
	);

	it.each([
		[[{ id: 'act_1', tags: [], redactedAt: NOW }]],
		[[{ id: 'act_2', tags: [], redactedAt: null }]],
		[[]],
	])('is not asked when the accounts are %j', (accounts) => {
		expect(isDue({ accounts, inquiries: [inquiry('approved', TWO_YEARS_AGO)] })).toBe(false);
	});

	it('is not asked again when the mail for this approval was sent', () => {
		const approved = inquiry('approved', TWO_YEARS_AGO);
		const asked = [{ request: `act_1-${String(approved.id)}`, mailedAt: NOW }];
		expect(isDue({ inquiries: [approved], asked })).toBe(false);
		expect(isDue({ inquiries: [approved], asked: [{ ...asked[0], mailedAt: null }] })).toBe(true);
	});

	it('gets the mail that is missing for the inquiry that was begun', () => {
		const begun = inquiry('created', '2026-03-03T10:00:00.000Z', { tags: ['verify-again'] });
		const inquiries = [begun, inquiry('approved', TWO_YEARS_AGO)];
		expect(find({ inquiries }).due).toMatchObject([{ inquiryId: begun.id }]);
	});
});

it('asks the longest due first and counts the rest, of 10,000 people', () => {
	const accounts = Array.from({ length: 10_000 }, (_, index) => ({
		id: `act_${index}`,
		tags: ['risk-high'],
		redactedAt: null,
	}));
	const inquiries = accounts.flatMap(({ id }, index) => [
		inquiry('approved', new Date(Date.parse(TWO_YEARS_AGO) - index * 60_000).toISOString(), {
			accountId: id,
		}),
		inquiry('declined', '2020-01-01T10:00:00.000Z', { accountId: id }),
	]);
	const { due, more } = find({ accounts, inquiries });
	expect(due.map(({ accountId }) => accountId)).toEqual(
		Array.from({ length: 200 }, (_, index) => `act_${9_999 - index}`),
	);
	expect(more).toBe(9_800);
});

describe('a person who was asked', () => {
	const approved = inquiry('approved', TWO_YEARS_AGO);
	const row = {
		request: `act_1-${String(approved.id)}`,
		accountId: 'act_1',
		mailedAt: '2026-01-01T06:00:00.000Z',
		doneBy: '2026-01-31T06:00:00.000Z',
		toldAt: null,
	};

	it.each([[[]], [['expired']], [['failed']], [['pending']], [['created']]])(
		'is late once the days are over with inquiries that are %j',
		(statuses) => {
			const inquiries = [approved, ...statuses.map((status) => inquiry(status, row.mailedAt))];
			expect(find({ inquiries, asked: [row] }).late).toMatchObject([{ accountId: 'act_1' }]);
		},
	);

	it.each(['approved', 'declined', 'completed', 'needs_review'])(
		'is not late with an inquiry that is %s',
		(status) => {
			const inquiries = [approved, inquiry(status, '2026-01-20T06:00:00.000Z')];
			expect(find({ inquiries, asked: [row] }).late).toEqual([]);
		},
	);

	it.each([
		{ toldAt: NOW },
		{ doneBy: '2026-03-05T06:00:00.000Z' },
		{ mailedAt: null },
		{ doneBy: null },
	])('is not named with the row %j', (more) => {
		const { late } = find({ inquiries: [approved], asked: [{ ...row, ...more }] });
		expect(late).toEqual([]);
	});

	it('is not named when their account was redacted', () => {
		const accounts = [{ id: 'act_1', tags: [], redactedAt: NOW }];
		expect(find({ accounts, inquiries: [approved], asked: [row] }).late).toEqual([]);
	});
});

describe('the table of levels', () => {
	const isRight = (rows: IDataObject[]) =>
		routeItem(nodes, 'Are the levels right?', rows[0], { 'Get the levels': [[rows]] });

	it('is right as it is made', () => {
		const { jsonOutput } = getNode(nodes, 'Levels to begin with').parameters;
		const { levels } = JSON.parse(String(jsonOutput)) as { levels: IDataObject[] };
		expect(levels).toEqual([
			{ level: 'high', years: 1 },
			{ level: 'medium', years: 2 },
			{ level: 'low', years: 3 },
		]);
		expect(isRight(levels)).toBe(true);
	});

	const NO_LEVELS = ['', null, 'null', '[object Object]', 'very low', 'HIGH'];
	const NO_YEARS = [null, 0, -1, '1', 0.01, 1_000];

	it.each([
		{},
		...NO_LEVELS.map((level) => ({ level, years: 1 })),
		...NO_YEARS.map((years) => ({ level: 'extreme', years })),
	] as IDataObject[])('asks nobody with the row %j', (row) => {
		expect(isRight([...LEVELS, row])).toBe(false);
	});

	it('asks nobody when it is empty', () => {
		expect(isRight([{}])).toBe(false);
	});

	it('may have half years', () => {
		expect(isRight([{ level: 'high', years: 0.5 }])).toBe(true);
		const levels = [{ level: 'high', years: 0.5 }];
		const inquiries = [inquiry('approved', '2025-09-03T12:00:00.000Z')];
		expect(isDue({ levels, inquiries })).toBe(true);
	});
});

describe('whoever has an account', () => {
	it.each([
		[{ email_address: 'jane@example.com' }, true],
		[{ 'email-address': ' jane@example.com ' }, true],
		[{ email_address: null }, false],
		[{ email_address: '' }, false],
		[{ email_address: 'jane' }, false],
		[{ email_address: 'jane@example.com, joe@example.com' }, false],
		[{ email_address: {} }, false],
		[{}, false],
		[undefined, false],
	])('with %j can be asked: %p', (fields, expected) => {
		const item = { id: 'act_1', fields } as IDataObject;
		expect(routeItem(nodes, 'Can they be asked?', item)).toBe(expected);
	});

	it('cannot be asked once it is redacted', () => {
		const item = { fields: { email_address: 'jane@example.com' }, redactedAt: NOW };
		expect(routeItem(nodes, 'Can they be asked?', item)).toBe(false);
	});
});
