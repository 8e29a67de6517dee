import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

const nodes = readNodes('29-keep-filing-deadlines');
const OPENED = '2026-03-01T15:00:00.000Z';

const evaluate = (name: string, item: IDataObject, outputs = {}) => {
	const { jsonOutput } = getNode(nodes, name).parameters;
	return evaluateParameter(nodes, name, jsonOutput, [item], outputs) as IDataObject;
};

describe('an event', () => {
	interface Told {
		relationships?: IDataObject | null;
		payload?: IDataObject | null;
		createdAt?: string | null;
	}

	const read = (name: string, id: string, { relationships, payload, createdAt = OPENED }: Told) => {
		const object = { type: name.split('.')[0], id, relationships };
		const attributes = {
			name,
			payload: payload === undefined ? { data: object } : payload,
			'created-at': createdAt,
		};
		return evaluate('Read the event', { type: 'event', id: 'evt_1', attributes });
	};

	const getSars = (...given: Parameters<typeof read>) =>
		(read(...given).sars as IDataObject[]).map(({ sarId }) => sarId);

	it.each(['sar.created', 'sar.filed'])('%s is about the SAR itself', (name) => {
		const relationships = { case: { data: { type: 'case', id: 'case_1' } } };
		expect(read(name, 'sar_1', { relationships })).toMatchObject({
			caseId: 'case_1',
			sars: [{ sarId: 'sar_1', at: OPENED, caseId: 'case_1', filingId: '' }],
		});
	});

	it.each([
		[{ sar: { data: { type: 'sar', id: 'sar_1' } } }, ['sar_1']],
		[{ sars: { data: [{ type: 'sar', id: 'sar_1' }] } }, ['sar_1']],
		[{ objects: { data: [{ type: 'sar', id: 'sar_1' }] } }, ['sar_1']],
		[
			{
				sar: { data: { type: 'sar', id: 'sar_1' } },
				objects: {
					data: [
						{ type: 'sar', id: 'sar_1' },
						{ type: 'sar', id: 'sar_2' },
						{ type: 'account', id: 'act_1' },
					],
				},
			},
			['sar_1', 'sar_2'],
		],
		[{ case: { data: { type: 'case', id: 'case_1' } } }, []],
		[{ sar: { data: null } }, []],
		[{ sar: {} }, []],
		[{ sar: null }, []],
		[null, []],
		[undefined, []],
	])('filing.filed with %j ends %j', (relationships, expected) => {
		expect(getSars('filing.filed', 'fil_1', { relationships })).toEqual(expected);
	});

	it.each([
		['sar.created', { createdAt: null }],
		['sar.created', { createdAt: 'soon' }],
		['sar.created', { payload: null }],
		['sar.created', { payload: {} }],
		['filing.filed', { payload: null }],
	])('%s with %j names no SAR, and the team is asked', (name, told) => {
		const item = read(name, 'sar_1', told);
		expect(item.sars).toEqual([]);
		expect(routeItem(nodes, 'Does it name a SAR?', item)).toBe(false);
	});
});

describe('a SAR', () => {
	const count = (timestamp: string, row: IDataObject = {}) =>
		evaluate(
			'Count the days',
			{ sarId: 'sar_1', openedAt: OPENED, caseId: '', reminded: null, ...row },
			{ 'Every morning': [[[{ timestamp }]]] },
		);

	it.each([
		['2026-03-20', 19, 0],
		['2026-03-21', 20, 20],
		['2026-03-25', 24, 20],
		['2026-03-26', 25, 25],
		['2026-03-29', 28, 28],
		['2026-03-31', 30, 28],
		['2026-04-01', 31, 31],
		['2026-09-01', 184, 31],
	])('on %s is %i days old, and %i is what it needs', (day, days, stage) => {
		expect(count(`${day}T12:00:00.000Z`)).toMatchObject({
			...{ days, stage, isDue: stage > 0 },
			lastDay: 'March 31, 2026',
		});
	});

	it.each([
		[20, '2026-03-25', false],
		[20, '2026-03-26', true],
		[20, '2026-04-02', true],
		[28, '2026-03-31', false],
		[31, '2026-05-01', false],
		[0, '2026-03-21', true],
	])('that had the reminder of day %i needs another on %s: %p', (reminded, day, isDue) => {
		expect(count(`${day}T12:00:00.000Z`, { reminded })).toMatchObject({ isDue });
	});
});

it('a SAR of the evening has its first day over at midnight: days are those of the calendar', () => {
	const outputs = { 'Every morning': [[[{ timestamp: '2026-03-21T12:00:00.000Z' }]]] };
	const row = { sarId: 'sar_1', openedAt: '2026-03-01T23:30:00.000Z', reminded: null };
	expect(evaluate('Count the days', row, outputs)).toMatchObject({ days: 20 });
});

describe('the messages', () => {
	const NAMES = ['Write the messages', 'Count the days', 'Take the reminder'] as const;

	const build = (rows: IDataObject[], taken = rows) => {
		const outputs = { [NAMES[1]]: [[rows]], [NAMES[2]]: [[taken]] };
		return evaluate(NAMES[0], rows[0], outputs);
	};

	const row = (sarId: string, days: number, stage: number, caseId = '') => ({
		...{ sarId, days, stage, caseId, isDue: true, lastDay: 'March 31, 2026' },
	});

	it('tell the time that is left, and part what is late from the rest', () => {
		const rows = [
			row('sar_1', 20, 20, 'case_1'),
			row('sar_2', 29, 28),
			row('sar_3', 30, 28),
			row('sar_4', 31, 31, 'case_4'),
		];
		const { slack, subject, mail } = build(rows);
		expect(slack).toBe(
			[
				'*SARs to file: 3*',
				'• `sar_1`: 10 days left, due by March 31, 2026, <https://app.withpersona.com/dashboard/cases/case_1|Case>',
				'• `sar_2`: 1 day left, due by March 31, 2026',
				'• `sar_3`: today is the last day, due by March 31, 2026',
			].join('\n'),
		);
		expect(subject).toBe('A SAR is overdue');
		expect(mail).toContain(
			'- sar_4, due by March 31, 2026: https://app.withpersona.com/dashboard/cases/case_4',
		);
	});

	it('leave out what another execution has taken', () => {
		const rows = [row('sar_1', 20, 20), row('sar_2', 31, 31)];
		expect(build(rows, [rows[0]])).toMatchObject({ reminders: [{ sarId: 'sar_1' }], late: [] });
	});

	it('name 50 and count the rest', () => {
		const rows = Array.from({ length: 60 }, (_, index) => row(`sar_${index}`, 20, 20));
		const { slack } = build(rows);
		expect(slack).toMatch(/\nand 10 more in the data table "Filing deadlines"$/);
	});
});
