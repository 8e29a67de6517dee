import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes } from './evaluateParameter.mts';

const nodes = readNodes('26-export-to-warehouse');

const evaluate = (name: string, input: IDataObject, outputs: Record<string, IDataObject[][][]>) =>
	evaluateParameter(nodes, name, getNode(nodes, name).parameters.jsonOutput, [input], outputs);

const READ_AT = '2026-03-02T02:00:00.000Z';

describe('the first page of a night', () => {
	const choose = (asked: IDataObject, known: IDataObject) => {
		const outputs = { 'When a page is requested': [[[asked]]] };
		return evaluate(
			'Choose the page',
			{ read_at: READ_AT, position: null, cursor: null, ...known },
			outputs,
		);
	};

	it('begins an hour before the end of the last night, in any time zone of the database', () => {
		for (const position of ['2026-03-01T02:00:00.000Z', '2026-03-01T04:00:00+02:00']) {
			expect(choose({ list: 'cases', withFields: true }, { position })).toMatchObject({
				...{ list: 'cases', withFields: true, readAt: READ_AT, limit: 1000, cursor: '' },
				from: '2026-03-01T01:00:00.000Z',
			});
		}
	});

	it('begins with everything if nothing was exported', () => {
		expect(choose({ list: 'inquiries' }, {})).toMatchObject({
			...{ from: '1970-01-01T00:00:00.000Z', limit: 200, withFields: false },
		});
	});

	it.each([undefined, null, 'true', 1, {}])(
		'exports no personal data if that is %j',
		(withFields) => {
			expect(choose({ list: 'inquiries', withFields }, {})).toMatchObject({ withFields: false });
		},
	);

	it('goes on behind the report that was the last, and with the page that was asked for', () => {
		expect(choose({ list: 'reports' }, { cursor: 'rep_1' })).toMatchObject({ cursor: 'rep_1' });
		const asked = { list: 'reports', cursor: 'rep_2', from: READ_AT, limit: 7 };
		expect(choose(asked, { cursor: 'rep_1', position: '2026-03-01' })).toMatchObject(asked);
	});
});

describe('the next page', () => {
	const FROM = '2026-03-01T00:00:00.000Z';

	const findNext = (list: string, node: string, page: IDataObject[], limit: number) =>
		evaluate(
			'Say what is next',
			{},
			{
				'Choose the page': [[[{ list, withFields: true, from: FROM, limit }]]],
				[node]: [[page]],
			},
		);

	const buildPage = (...times: string[]) =>
		times.map((updatedAt, index) => ({ id: `case_${index}`, updatedAt }));

	it('begins at the time of the newest object of a full page', () => {
		const page = buildPage('2026-03-01T00:00:00.001Z', '2026-03-02T00:00:00.000Z');
		expect(findNext('cases', 'Find changed cases', page, 2)).toEqual({
			...{ list: 'cases', withFields: true, more: true, from: '2026-03-02T00:00:00.000Z' },
		});
	});

	it('is twice as large if all objects of the page were changed at the moment where it began', () => {
		expect(findNext('cases', 'Find changed cases', buildPage(FROM, FROM), 2)).toMatchObject({
			...{ more: true, from: FROM, limit: 4 },
		});
	});

	it('begins behind the last report', () => {
		const page = [{ id: 'rep_2' }, { id: 'rep_1' }];
		for (const node of ['Read the newest reports', 'Read the next reports']) {
			expect(findNext('reports', node, page, 2)).toMatchObject({ more: true, cursor: 'rep_1' });
		}
	});

	it.each([[[{}]], [[]], [buildPage(FROM)]])('does not exist after %j', (page) => {
		const end = { list: 'cases', withFields: true, more: false };
		expect(findNext('cases', 'Find changed cases', page, 2)).toEqual(end);
	});
});

describe('the accounts that were merged', () => {
	const find = (events: IDataObject[]) =>
		evaluate(
			'Newly merged',
			{},
			{
				'Choose the page': [[[{ from: '2026-03-01T00:00:00.000Z' }]]],
				'Find merged accounts': [[events]],
			},
		);

	const event = (id: string | undefined, createdAt: string) => ({
		...{ eventId: 'evt_1', createdAt, object: { id } },
	});

	it('are those since the last night, each once', () => {
		const last = '2026-03-01T02:00:00.000Z';
		expect(
			find([
				event('act_1', last),
				event('act_1', '2026-03-01T01:00:00.000Z'),
				event(undefined, '2026-03-01T01:00:00.000Z'),
				event('act_0', '2026-02-28T23:59:59.000Z'),
			]),
		).toEqual({ accountIds: ['act_1'], last });
	});

	it('are none if there is no such event', () => {
		expect(find([{}])).toEqual({ accountIds: [], last: null });
	});
});
