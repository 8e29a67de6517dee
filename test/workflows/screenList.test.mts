import type { IDataObject } from 'n8n-workflow';
import { checkCsvFile } from './checkRows.mts';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';
import { runCode } from './runCode.mts';

const SCREEN = '22-screen-a-list';

const nodes = readNodes(SCREEN);

const row: IDataObject = {
	...{ row: 2, referenceId: 's1', name: 'Jane Doe', firstName: null, lastName: null },
	...{ birthdate: '1994-04-12', country: 'US', day: '2026-03-01', failures: 0 },
};
const CREATED = '2026-03-01T10:00:00.000Z';
const outputs = {
	Spreadsheet: [[[{ kind: 'People' }]]],
	'Enter the upload': [[[{ id: 7, createdAt: CREATED }]]],
	'Fifty at a time': [[[row]]],
};

const evaluate = (name: string, value: unknown, input: IDataObject[], more: object = {}) =>
	evaluateParameter(
		nodes,
		name,
		JSON.parse(JSON.stringify(value).replaceAll('.item.', '.first().')),
		input,
		{
			...outputs,
			...more,
		},
	);

describe('the workflows that read a spreadsheet', () => {
	it.each([
		...['Read the file', 'Is it Excel?', 'Read the Excel sheet', 'Check the rows'],
		...['Are all rows valid?', 'Say what is wrong', 'Show what is wrong'],
	])('have the same node "%s"', (name) => {
		const [one, other] = ['18-invite-from-spreadsheet', SCREEN].map((workflow) => {
			const { type, typeVersion, parameters } = getNode(readNodes(workflow), name);
			// The IDs of conditions are different.
			return JSON.stringify([type, typeVersion, parameters]).replace(/"id":"[^"]+"/g, '');
		});
		expect(one).toBe(other);
	});
});

describe('who is on a list to screen', () => {
	const check = (file: string) => checkCsvFile(SCREEN, file);

	it('has a name in one column, or in two', () => {
		expect(check('ID,Company\n1,Acme').rows).toMatchObject([{ name: 'Acme' }]);
		expect(check('ID,Vorname,Nachname\n1,Jane,Doe').rows).toMatchObject([{ lastName: 'Doe' }]);
		expect(check('ID,Country\n1,US').faults).toMatchObject([{ row: 1 }]);
		expect(check('ID,Name,Last name\n1,,\n2,Acme,').faults).toEqual([
			{ row: 2, column: '', problem: 'has none of: Name, Last name' },
		]);
	});

	it.each([
		['us', 'US'],
		['GB', 'GB'],
	])('has the country %s as %s', (cell, country) => {
		expect(check(`ID,Name,Country\n1,Acme,${cell}`).rows).toMatchObject([{ country }]);
	});

	it.each(['XX', 'USA', 'Germany', '49', 'QQ'])('is refused with the country %s', (cell) => {
		expect(check(`ID,Name,Country\n1,Acme,${cell}`).faults).toMatchObject([{ column: 'Country' }]);
	});
});

describe('a report about somebody on a list', () => {
	it.each([
		[{ status: 'ready', hasMatch: false }, 'Clear'],
		[{ status: 'ready', hasMatch: true }, 'Found'],
		...[
			{ status: 'ready', hasMatch: null },
			{ status: 'ready' },
			{ status: 'pending', hasMatch: false },
			{ status: 'errored', hasMatch: false },
			{ status: 'pending', hasMatch: true },
			{ hasMatch: false },
			{},
		].map((report): [IDataObject, undefined] => [report, undefined]),
	])('that is %j goes to the output %s: what is not known is not clear', (report, output) => {
		expect(routeItem(nodes, 'What is known?', report as IDataObject)).toBe(output);
	});

	const readQuery = (item: IDataObject, kind = 'People') =>
		evaluate('Screen', getNode(nodes, 'Screen').parameters.query, [{ ...row, ...item }], {
			Spreadsheet: [[[{ kind }]]],
		});

	it('searches for what the row has, and sends nothing that is empty', () => {
		const rest = { birthdate: '1994-04-12', 'address-country-code': 'US' };
		expect(readQuery({})).toEqual({ term: 'Jane Doe', ...rest });
		const parts = { name: null, firstName: 'Jane', lastName: 'Doe' };
		expect(readQuery(parts)).toEqual({ 'name-first': 'Jane', 'name-last': 'Doe', ...rest });
		expect(readQuery({ ...parts, birthdate: null, country: null, firstName: null })).toEqual({
			'name-last': 'Doe',
		});
		expect(readQuery({}, 'Businesses')).toEqual({ term: 'Jane Doe', 'address-country-code': 'US' });
		expect(readQuery(parts, 'Businesses')).toMatchObject({ term: 'Jane Doe' });
	});

	const readKey = (item: IDataObject, createdAt = CREATED, kind = 'People') => {
		const { idempotencyKey } = getNode(nodes, 'Screen').parameters.options as IDataObject;
		return evaluate('Screen', idempotencyKey, [{ ...row, ...item }], {
			'Enter the upload': [[[{ id: 7, createdAt }]]],
			Spreadsheet: [[[{ kind }]]],
		});
	};

	it('is paid once for the same cells on the same day, and has no personal data in its key', () => {
		expect(readKey({ row: 9 }, '2026-03-01T23:00:00.000Z')).toBe(readKey({}));
		expect(readKey({})).toMatch(/^screen-[0-9a-f]{64}-2026-03-01-0$/);
		expect(readKey({ birthdate: null })).not.toBe(readKey({}));
		expect(readKey({ failures: 1 })).not.toBe(readKey({}));
		expect(readKey({}, '2026-04-01T10:00:00.000Z')).not.toBe(readKey({}));
		expect(readKey({}, CREATED, 'Businesses')).not.toBe(readKey({}));
	});

	it.each([
		['The request was refused', 'Check the name', 1],
		["Report rep_1 ended with the status 'errored'", 'Start it again.', 1],
		["Report rep_1 is still 'pending' after 10 minutes", 'Persona continues: read it later', 0],
		['Persona did not answer', 'The request may have been carried out.', 0],
	])(
		'that failed with "%s" is asked for anew only if there is none to come',
		(error, message, count) => {
			const name = 'Enter as not screened';
			const { value } = getNode(nodes, name).parameters.columns as { value: IDataObject };
			expect(evaluate(name, value.failures, [{ error, message }])).toBe(count);
			expect(evaluate(name, value.result, [{ error, message }])).toBe('not screened');
		},
	);

	it.each([
		['2026-03-01', 'People', 3],
		['2026-02-01', 'People', 0],
		['2026-03-01', 'Businesses', 0],
	])('counts its failures of %s in the list of %s as %s', (day, kind, failures) => {
		const table = [{ id: 1, referenceId: 's1', kind, day, failures: 3 }, {}];
		const [counted] = runCode(nodes, 'Count the failures', table, {
			'Check the rows': { rows: [row] },
			'Enter the upload': { createdAt: CREATED },
			Spreadsheet: { kind: 'People' },
		});
		expect(counted).toMatchObject({ referenceId: 's1', day: '2026-03-01', failures });
	});
});

describe('a record', () => {
	const record = {
		...{ token: 'scrre_1', matched: true, createdAt: CREATED, reviewedAt: null },
		...{ reviewStatus: 'pending', riskLevel: null, presentInLastRun: true, notifyOnChange: false },
		recordTypes: ['person'],
		names: [
			{ type: 'primary_name', name: 'Jane Doe' },
			{ type: 'alias', name: 'J. Doe' },
		],
		birthdates: [{ start: '1965-10-12', end: '1965-10-12' }],
		listings: [
			{
				token: 'scatr_1',
				name: 'List A',
				type: 'sanction',
				url: 'https://a.example',
				createdAt: CREATED,
			},
			{
				token: 'scatr_2',
				name: 'List B',
				type: 'warning',
				url: 'https://b.example',
				reviewStatus: 'pending',
			},
		],
		articles: [],
	};
	const match = {
		...{ reportId: 'rep_1', reportType: 'screening', token: 'scrre_1', name: 'Jane Doe' },
		...{ listings: ['List A'], types: ['sanction'], articles: [], record },
	};

	const tell = (change: object = {}, own: object = {}, of: object = {}) => {
		const name = 'Tell records apart';
		const item = { ...match, ...own, record: { ...record, ...change } } as unknown as IDataObject;
		return evaluate(name, getNode(nodes, name).parameters.jsonOutput, [item], {
			'Fifty at a time': [[[{ ...row, ...of }]]],
		}) as IDataObject;
	};
	const identify = (...args: Parameters<typeof tell>) => tell(...args).record;

	it.each([
		[{ token: 'scrre_2' }],
		[{ createdAt: '2026-04-01T10:00:00.000Z', reviewedAt: CREATED }],
		[{ reviewStatus: 'false_positive', riskLevel: 'immaterial', notifyOnChange: true }],
		[{ matched: false, presentInLastRun: false }],
		[{ names: [...record.names].reverse(), listings: [...record.listings].reverse() }],
		[
			{
				listings: record.listings.map((each, index) => ({ ...each, token: `scatr_${index + 8}` })),
			},
		],
	])('is the same in the next report, where Persona sends %j', (change) => {
		expect(identify(change, { reportId: 'rep_2', token: 'scrre_2' })).toBe(identify());
	});

	it.each([
		[{ birthdates: [{ start: '1994-04-12', end: '1994-04-12' }] }],
		[{ names: [{ type: 'primary_name', name: 'Jane Dow' }] }],
		[{ listings: [...record.listings, { name: 'List C', type: 'sanction' }] }],
		[{ listings: record.listings.slice(0, 1) }],
		[{ articles: [{ title: 'Fraud charge', url: 'https://news.example' }] }],
	])('is new if Persona has something else about it: %j', (change) => {
		expect(identify(change)).not.toBe(identify());
	});

	it.each([
		{ birthdate: '1965-10-12' },
		{ birthdate: null },
		{ name: 'Jane Dow' },
		{ referenceId: 's2' },
		{ country: null },
	])('is new if the row has changed to %j, since it may be the same person now', (change) => {
		expect(identify({}, {}, change)).not.toBe(identify());
		expect(identify({}, {}, { row: 9, failures: 2 })).toBe(identify());
	});

	it('of another type of report is another', () => {
		expect(identify({}, { reportType: 'business-watchlist' })).not.toBe(identify());
	});

	it('has no text in the table that a spreadsheet would run', () => {
		expect(tell({}, { name: '=cmd|x', listings: ['@list'] })).toMatchObject({
			...{ name: "'=cmd|x", lists: "'@list", born: '1965-10-12', token: 'scrre_1' },
		});
		expect(tell({ birthdates: null }, { name: null, token: null })).toMatchObject({
			...{ name: '', born: '', token: '' },
		});
	});

	it.each([
		['cleared', true],
		[' Cleared ', true],
		['', false],
		[null, false],
		['match', false],
		['not cleared', false],
		['cleared?', false],
	])('with the verdict %j in the table is cleared in Persona: %s', (verdict, isCleared) => {
		expect(routeItem(nodes, 'Was it cleared?', { verdict, token: 'scrre_1' })).toBe(isCleared);
		expect(routeItem(nodes, 'Was it cleared?', { verdict, token: '' })).toBe(false);
	});
});

describe('the summary of a list', () => {
	const OLD = '2026-02-01T10:00:00.000Z';
	const list = ['s1', 's2', 's3', 's4', 's5', 's6'].map((referenceId, index) => ({
		...row,
		row: index + 2,
		referenceId,
	}));
	const result = (referenceId: string, own: string) => ({
		id: 1,
		referenceId,
		result: own,
		reason: '',
	});
	const recordOf = (referenceId: string, verdict: string | null, createdAt = CREATED) => ({
		...{ id: 1, referenceId, verdict, createdAt },
	});

	const sumUp = (
		results: IDataObject[],
		records: IDataObject[],
		createdAt: unknown = CREATED,
		rows: IDataObject[] = list,
	) => {
		const name = 'Sum up';
		const checked = { rows, repeated: [], unused: [] } as unknown as IDataObject;
		return evaluate(name, getNode(nodes, name).parameters.jsonOutput, [{}], {
			'Check the rows': [[[checked]]],
			'Enter the upload': [[[{ id: 7, createdAt } as IDataObject]]],
			'Results of this list': [[results]],
			'Records of this list': [[records]],
		}) as { message: string; text: string };
	};

	// n8n gives an expression the times of a data table as dates, or as texts.
	it.each([(time: string) => time, (time: string) => new Date(time)])(
		'calls a record new that this list has entered, also if the list before has ended in the same second',
		(toTime) => {
			const of = (createdAt: string) => recordOf('s1', null, createdAt);
			const times = ['2026-03-01T10:00:00.300Z', '2026-03-01T10:00:00.600Z'];
			const { message } = sumUp(
				[result('s1', 'found')],
				times.map(of),
				toTime('2026-03-01T10:00:00.500Z'),
			);
			expect(message).toContain('Records waiting for a verdict: 1 new, 1 from before.');
		},
	);

	it('says clear only where a report has said so', () => {
		const { message, text } = sumUp(
			[
				result('s1', 'clear'),
				result('s2', 'found'),
				result('s3', 'found'),
				result('s4', 'found'),
				{ ...result('s5', 'not screened'), reason: 'Refused <b>' },
			],
			[
				recordOf('s2', null),
				recordOf('s2', 'cleared', OLD),
				recordOf('s3', 'Cleared', OLD),
				recordOf('s4', 'match', OLD),
			],
		);
		expect(message).toBe(
			'List of 6 rows: 1 clear, 1 with records that were all cleared before, 1 to review, 1 known as a match, 2 not screened. Records waiting for a verdict: 1 new. In n8n, open the data table Records to review, and write cleared or match in the column verdict.',
		);
		expect(text).toContain('Row 6 (Jane Doe) was not screened: Refused &#60;b&#62;');
		expect(text).toContain('Row 7 (Jane Doe) was not screened: there is no result');
		expect(message).not.toContain('Jane Doe');
	});

	it('counts a row as not screened that was found without a record in the table', () => {
		expect(sumUp([result('s1', 'found')], [{}]).message).toBe('List of 6 rows: 6 not screened.');
		expect(sumUp([{}], [{}]).message).toBe('List of 6 rows: 6 not screened.');
	});

	it('asks about a record of before again, but not as new, while it has no verdict', () => {
		const { message } = sumUp([result('s2', 'found')], [recordOf('s2', 'later', OLD)]);
		expect(message).toContain('1 to review');
		expect(message).toContain('Records waiting for a verdict: 1 from before.');
	});

	it('counts nothing of which there is none, and asks for no verdict then', () => {
		const results = list.map(({ referenceId }) => result(String(referenceId), 'clear'));
		const { message, text } = sumUp(results, [{}]);
		expect([message, text]).toEqual(['List of 6 rows: 6 clear.', '6 clear']);
	});

	it.each([
		[{ name: 'Acme <Ltd>' }, 'Acme &#60;Ltd&#62;'],
		[{ name: null, firstName: 'Jane', lastName: 'Doe' }, 'Jane Doe'],
		[{ name: null, lastName: 'Doe' }, 'Doe'],
	])('names a row that was not screened, with %j as %s', (own, name) => {
		const { text, message } = sumUp([{}], [{}], CREATED, [{ ...list[0], ...own }]);
		expect(text).toContain(`Row 2 (${name}) was not screened`);
		expect(message).toBe('List of 1 row: 1 not screened.');
	});
});

describe('the end of a list', () => {
	const show = (item: IDataObject) => {
		const name = 'Show the result';
		return evaluate(name, getNode(nodes, name).parameters.completionMessage, [item], {
			'Sum up': [[[{ text: '6 clear' }]]],
		});
	};

	it('shows the result, and says so if Slack has not taken the message', () => {
		expect(show({ ok: true })).toBe('6 clear');
		expect(show({ error: 'channel_not_found' })).toMatch(
			/^6 clear<br><br>The team could not be notified in Slack\./,
		);
	});
});
