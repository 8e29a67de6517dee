import type { IDataObject } from 'n8n-workflow';
import { wrongIds } from '../support/wrongIds.mts';
import { checkCsvFile, checkRows } from './checkRows.mts';
import { evaluateParameter, getNode, readNodes } from './evaluateParameter.mts';
import { runCode } from './runCode.mts';

const INVITE = '18-invite-from-spreadsheet';

/** Checks items as the nodes put them out that read the file. */
const checkItems = (items: IDataObject[]) => checkRows(INVITE, items);

const checkCsv = (file: string | Buffer) => checkCsvFile(INVITE, file);

/** Checks the rows of an Excel sheet below the usual header. */
const HEADER = ['Reference ID', 'Email', 'First name', 'Last name', 'Birthdate'];
const checkSheet = (...rows: unknown[][]) =>
	checkItems([HEADER, ...rows].map((row) => ({ row }) as IDataObject));

const JANE = 'u1,jane@example.com,Jane';
const JANES_ROW = { row: 2, referenceId: 'u1', email: 'jane@example.com', firstName: 'Jane' };
const TITLES = 'Reference ID,Email,First name';

describe('a CSV file', () => {
	it.each([
		['commas', `${TITLES}\n${JANE}\n`],
		['semicolons', `${TITLES}\n${JANE}\n`.replaceAll(',', ';')],
		['tabs', `${TITLES}\n${JANE}`.replaceAll(',', '\t')],
		[
			'semicolons and commas in a cell',
			`${TITLES.replaceAll(',', ';')};"A, b, c"\nu1;jane@example.com;Jane;x`,
		],
		['the line that Excel reads', `sep=;\r\n${TITLES}\r\n${JANE}`.replaceAll(',', ';')],
		['lines of Windows', `${TITLES}\r\n${JANE}\r\n`],
		['lines of an old Mac', `${TITLES}\r${JANE}\r`],
		['a byte order mark', `\ufeff${TITLES}\n${JANE}`],
		['quotation marks', `"Reference ID","Email","First name"\n"u1","jane@example.com","Jane"`],
		['blanks and invisible marks', `${TITLES}\n u1 ,\u00a0jane@example.com\u200b,  Jane `],
		['another spelling of the address', `${TITLES}\nu1,Jane@EXAMPLE.com,Jane`],
		['a link in place of the address', `${TITLES}\nu1,mailto:jane@example.com,Jane`],
		['other names of the columns', `customer-id,E-MAIL,Vorname\n${JANE}`],
		['another order of the columns', 'First name,Email,Reference ID\nJane,jane@example.com,u1'],
		['empty rows at the end', `${TITLES}\n${JANE}\n,,\n\n , ,\n`],
		['a zero-padded ID as Excel keeps it', `${TITLES}\n="u1",jane@example.com,Jane`],
	])('with %s is read', (_, file) => {
		const { rows, faults, rowCount } = checkCsv(file);
		expect(faults).toEqual([]);
		expect(rows).toMatchObject([JANES_ROW]);
		expect(rowCount).toBe(1);
	});

	it.each([
		['UTF-8', Buffer.from(`${TITLES}\nu1,jane@example.com,Jürgen`)],
		['Windows-1252', Buffer.from(`${TITLES}\nu1,jane@example.com,Jürgen`, 'latin1')],
		['UTF-16', Buffer.from(`\ufeff${TITLES}\nu1,jane@example.com,Jürgen`, 'utf16le')],
		['UTF-16 without a mark', Buffer.from(`${TITLES}\nu1,jane@example.com,Jürgen`, 'utf16le')],
		[
			'UTF-16, high byte first',
			Buffer.from(`\ufeff${TITLES}\nu1,jane@example.com,Jürgen`, 'utf16le').swap16(),
		],
	])('in %s is read', (_, file) => {
		expect(checkCsv(file).rows).toMatchObject([{ ...JANES_ROW, firstName: 'Jürgen' }]);
	});

	it('keeps the numbers that the rows have in a spreadsheet, over empty lines and cells of several lines', () => {
		const { rows, faults } = checkCsv(
			`\n${TITLES}\n\n"u1",jane@example.com,"Jane\nMarie"\n\nu2,,\nu3,joe@example.com,Joe`,
		);
		expect(rows).toMatchObject([
			{ row: 4, firstName: 'Jane Marie' },
			{ row: 7, referenceId: 'u3' },
		]);
		expect(faults).toEqual([{ row: 6, column: 'Email', problem: 'is empty' }]);
	});

	it('is refused with a quotation mark that swallows the rest', () => {
		const { faults } = checkCsv(`${TITLES}\n${JANE}\nu2,"joe@example.com,Joe\nu3,x@example.com,X`);
		expect(faults).toContainEqual({
			row: 3,
			column: '',
			problem: 'has a quotation mark that is not closed',
		});
	});

	it.each([
		['is empty', ''],
		['has blank lines alone', '\n \n'],
		['has a header alone', `${TITLES}\n`],
	])('is refused if it %s', (_, file) => {
		expect(checkCsv(file)).toMatchObject({ rows: [], faultCount: 1 });
	});

	it('of 10,000 rows is read, and one row more is refused', () => {
		const lines = Array.from({ length: 10_000 }, (_, i) => `u${i},p${i}@example.com,Jane`);
		expect(checkCsv([TITLES, ...lines].join('\n'))).toMatchObject({
			faultCount: 0,
			rowCount: 10_000,
		});
		const { rows, faults } = checkCsv([TITLES, ...lines, JANE].join('\n'));
		expect(faults).toMatchObject([{ row: 1, problem: expect.stringContaining('more than 10000') }]);
		expect(rows.length).toBeLessThan(10_001);
	});

	it('says of 10,000 faults how many there are, and lists the first', () => {
		const lines = Array.from({ length: 10_000 }, (_, i) => `u${i},nobody,Jane`);
		const { faults, faultCount } = checkCsv([TITLES, ...lines].join('\n'));
		expect(faultCount).toBe(10_000);
		expect(faults).toHaveLength(200);
		expect(faults[0].row).toBe(2);
	});
});

describe('the columns', () => {
	it('are named as the file names them, with all that is wrong at once', () => {
		const { faults } = checkCsv('customer-id,E-MAIL,Vorname\n,jane,=1+1\nu2,joe@example.com,\n');
		expect(faults).toEqual([
			{ row: 2, column: 'customer-id', problem: 'is empty' },
			{ row: 2, column: 'E-MAIL', problem: 'is not one plain email address' },
			{ row: 2, column: 'Vorname', problem: 'begins like a formula' },
		]);
	});

	it('that are missing are named, with those that are there', () => {
		const { faults, rows } = checkCsv('Kunde,Mailadresse\nu1,jane@example.com');
		expect(rows).toEqual([]);
		expect(faults).toMatchObject([
			{ row: 1, column: 'Reference ID', problem: expect.stringContaining('Kunde, Mailadresse') },
			{ row: 1, column: 'Email' },
		]);
	});

	it('that are there twice are refused, since either could be meant', () => {
		const { faults } = checkCsv('ID,Email,E-Mail\nu1,jane@example.com,joe@example.com');
		expect(faults).toMatchObject([{ row: 1, column: 'Email' }]);
		expect(faults[0].problem).toBe('appears more than once: Email, E-Mail');
	});

	it('that are not used are named', () => {
		expect(checkCsv(`${TITLES},Prénoms,Note\n${JANE},x,y`).unused).toEqual(['Prénoms', 'Note']);
	});

	it.each(['{"error": "The file is not in xlsx format"}', '{}'])(
		'of a file that cannot be read are not there: %s',
		(item) => {
			const checked = checkItems([JSON.parse(item) as IDataObject]);
			expect(checked).toMatchObject({ rows: [], faultCount: 1 });
		},
	);
});

describe('the ID in a row', () => {
	const isAccepted = (id: unknown) => checkSheet([id, 'jane@example.com']).faultCount === 0;

	it.each(wrongIds.filter((id) => (!Array.isArray(id) && typeof id !== 'object') || id === null))(
		'%j is refused',
		(id) => {
			expect(isAccepted(id)).toBe(false);
		},
	);

	it.each([...[1234567890123456, '1.23457E+15', '1,23E+10', '1001.0', '=A1', '+1', '@x', '#N/A']])(
		'%j is refused, since a spreadsheet has changed it or it is no ID',
		(id) => {
			expect(isAccepted(id)).toBe(false);
		},
	);

	it.each([42, 123456789012345, '42', ' user-1 ', 'Ünïcode-1', '00123', 'none-1', 'x'.repeat(200)])(
		'%j is accepted',
		(id) => {
			expect(checkSheet([id, 'jane@example.com'])).toMatchObject({
				faultCount: 0,
				rows: [{ referenceId: String(id).trim() }],
			});
		},
	);
});

describe('the email address in a row', () => {
	it.each([
		...['jane', 'jane@example', 'jane@@example.com', 'jane@example.com,joe@example.com', 12, true],
		...['Jane <jane@example.com>', 'jane@example.com\u200b.org', '-jane@example.com', 'null'],
	])('%j is refused', (email) => {
		expect(checkSheet(['u1', email]).faults).toMatchObject([{ row: 2, column: 'Email' }]);
	});

	it.each(['jane+doe@example.co.uk', "o'brien@example.com", 'jörg@bücher.example'])(
		'%j is accepted',
		(email) => {
			expect(checkSheet(['u1', email]).rows).toMatchObject([{ email }]);
		},
	);
});

describe('the name in a row', () => {
	it.each(["O'Neil-Smith", 'José', '王芳', 'Jane "JJ"', '<b>Jane</b> & Co', 'Nul', 'Łódź'])(
		'%j is accepted',
		(name) => {
			expect(checkSheet(['u1', 'jane@example.com', name]).rows).toMatchObject([
				{ firstName: name },
			]);
		},
	);

	it.each([
		...["=cmd|' /C calc'!A0", '+1', '@SUM(A1)', '-', 7, true, 'null', 'N/A', '#REF!', '...'],
		...['[object Object]', '{{ name }}', 'x'.repeat(201), 'Invalid Date'],
	])('%j is refused', (name) => {
		const { faults } = checkSheet(['u1', 'jane@example.com', name]);
		expect(faults).toMatchObject([{ row: 2, column: 'First name' }]);
		// It may be personal data, which a page or a log must not repeat.
		expect(faults[0].problem).not.toContain(String(name));
	});
});

describe('the date in a row', () => {
	it.each([
		[34436, '1994-04-12'],
		[34436.75, '1994-04-12'],
		['1994-04-12', '1994-04-12'],
		['1994-04-12T00:00:00Z', '1994-04-12'],
		['12.4.1994', '1994-04-12'],
		['29.02.2000', '2000-02-29'],
	])('%j is %s', (cell, day) => {
		expect(checkSheet(['u1', 'j@example.com', null, null, cell]).rows).toMatchObject([
			{ birthdate: day },
		]);
	});

	it.each([
		...[
			'04/12/1994',
			'12/04/1994',
			'1994-02-30',
			'31.04.1994',
			'12.4.94',
			'12 April 1994',
			'34436',
		],
		...[0, 59, -1, 2958465, '2999-01-01', '1899-12-31', 'soon', true],
	])('%j is refused, since it is none or could be read in two ways', (cell) => {
		const { faults } = checkSheet(['u1', 'j@example.com', null, null, cell]);
		expect(faults).toMatchObject([{ row: 2, column: 'Birthdate' }]);
	});
});

describe('the same person in two rows', () => {
	it('counts once if the rows are the same', () => {
		const { rows, repeated, faults } = checkSheet(
			['u1', 'jane@example.com', 'Jane'],
			['u2', 'joe@example.com', 'Joe'],
			['u1', ' JANE@example.com', 'Jane '],
		);
		expect(faults).toEqual([]);
		expect(rows).toHaveLength(2);
		expect(repeated).toEqual([{ row: 4, as: 2 }]);
	});

	it.each([
		['the ID', ['u1', 'other@example.com', 'Jane'], 'Reference ID'],
		['the ID in other letters', ['U1', 'other@example.com', 'Jane'], 'Reference ID'],
		['the address', ['u9', 'Jane@example.com', 'Jane'], 'Email'],
	])('is refused if %s is the same and other cells are not', (_, row, column) => {
		const { faults } = checkSheet(['u1', 'jane@example.com', 'Jane'], row);
		expect(faults).toEqual([
			{ row: 3, column, problem: 'is the same as in row 2, where other cells are different' },
		]);
	});
});

describe('the page with the faults', () => {
	const nodes = readNodes(INVITE);

	it('shows each with its row and column, and nothing of a file as HTML', () => {
		const name = 'Say what is wrong';
		const faults = [{ row: 7, column: '<img src=x>', problem: 'is empty' }];
		const outputs = { 'Check the rows': [[[{ faults, faultCount: 300 }]]] };
		const { jsonOutput } = getNode(nodes, name).parameters;
		const { text } = evaluateParameter(nodes, name, jsonOutput, [{}], outputs) as { text: string };
		expect(text).toContain('Row 7, &#60;img src=x&#62;: is empty');
		expect(text).toContain('and 299 more');
	});
});

describe('what is said about a file that has been processed', () => {
	const nodes = readNodes(INVITE);

	const sumUp = (found: IDataObject, checked: IDataObject = {}, rows: IDataObject[] = [{}]) => {
		const name = 'Sum up';
		const { jsonOutput } = getNode(nodes, name).parameters;
		return evaluateParameter(nodes, name, jsonOutput, [{}], {
			'Check the rows': [[[{ repeated: [], unused: [], rowCount: 1, ...checked }]]],
			'Leave out known people': [[[{ known: [], changed: [], ...found }]]],
			'Rows of this upload': [[rows]],
		}) as { text: string; message: string };
	};

	const INVITED = { id: 1, row: 2, outcome: 'invited' };

	it('has no line that counts zero', () => {
		expect(sumUp({}, {}, [INVITED])).toMatchObject({
			text: '1 invited',
			message: '1 row in a spreadsheet: 1 invited.',
		});
		expect(sumUp({ known: [2, 3] }, { rowCount: 2 })).toMatchObject({
			text: '2 already invited',
			message: '2 rows in a spreadsheet: 2 already invited.',
		});
	});

	it('says what to do about a person with another address, and about a row that failed', () => {
		const failed = { id: 2, row: 5, outcome: 'not mailed', reason: 'No <mailbox>' };
		const { text, message } = sumUp(
			{ changed: [3] },
			{
				rowCount: 4,
				repeated: [
					{ row: 4, as: 2 },
					{ row: 6, as: 2 },
				],
			},
			[INVITED, failed],
		);
		expect(text.split('<br>')).toEqual([
			...['1 invited', '1 already invited with a different address or ID'],
			...['2 repeated in the file', '1 refused or not sent'],
			expect.stringMatching(/^Different address or ID than before: row 3\. .*delete the row/),
			'Repeated in the file: rows 4, 6.',
			'Row 5, not mailed: No &#60;mailbox&#62;',
			'Upload the file again to retry these.',
		]);
		expect(message).toMatch(
			/1 refused or not sent\. Different address or ID than before: row 3\.$/,
		);
	});

	it('says on the page that Slack could not be told, and only then', () => {
		const name = 'Show the result';
		const { completionMessage } = getNode(nodes, name).parameters;
		const show = (item: IDataObject) =>
			evaluateParameter(nodes, name, completionMessage, [item], {
				'Sum up': [[[{ text: '1 invited' }]]],
			});
		expect(show({ ok: true })).toBe('1 invited');
		expect(show({ error: 'channel_not_found' })).toMatch(/^1 invited<br><br>The team could not be/);
	});
});

describe('the form', () => {
	it('shows an example that it reads', () => {
		const { formDescription } = getNode(readNodes(INVITE), 'Spreadsheet').parameters;
		const example = String(formDescription).split('\n').slice(-2).join('\n');
		expect(checkCsv(example)).toMatchObject({
			...{ faultCount: 0, unused: [] },
			rows: [{ referenceId: 'user-42', firstName: 'Jane', birthdate: '1994-04-12' }],
		});
	});
});

describe('who was invited before', () => {
	const row = { row: 2, referenceId: 'u1', email: 'jane@example.com', firstName: 'Jane' };
	const invited = { id: 1, referenceId: 'u1', email: 'jane@example.com', outcome: 'invited' };

	const compare = (rows: IDataObject[], table: IDataObject[]) =>
		runCode(readNodes(INVITE), 'Leave out known people', table, { 'Check the rows': { rows } })[0];

	it('is not invited again', () => {
		expect(compare([row], [invited])).toEqual({ people: [], known: [2], changed: [] });
	});

	it.each([[{ ...row, email: 'new@example.com' }], [{ ...row, referenceId: 'u2' }]])(
		'is left to a person when the row is %j now',
		(changed) => {
			expect(compare([changed], [invited])).toEqual({ people: [], known: [], changed: [2] });
		},
	);

	it('is invited with the inquiry that there is when no mail was sent', () => {
		const earlier = { ...invited, outcome: 'not mailed', inquiryId: 'inq_1', failures: 0 };
		expect(compare([row], [earlier])).toMatchObject({ people: [{ ...row, inquiryId: 'inq_1' }] });
	});

	it('is invited with another key when Persona has refused the row', () => {
		const earlier = { ...invited, outcome: 'not created', inquiryId: null, failures: 2 };
		expect(compare([row], [earlier])).toMatchObject({ people: [{ inquiryId: null, failures: 2 }] });
	});

	it('is nobody while the table is empty', () => {
		expect(compare([row], [{}])).toMatchObject({ people: [{ referenceId: 'u1' }], known: [] });
	});
});

describe('the key of an inquiry from a spreadsheet', () => {
	const nodes = readNodes(INVITE);
	const row = { referenceId: 'u1', email: 'jane@example.com', firstName: 'Jane', failures: 0 };

	const getKey = (item: IDataObject) => {
		const name = 'Create the inquiry';
		const { idempotencyKey } = getNode(nodes, name).parameters.options as IDataObject;
		return evaluateParameter(nodes, name, idempotencyKey, [item]);
	};

	it('is the same for the same cells, wherever the row is, and has no personal data', () => {
		expect(getKey({ ...row, row: 9 })).toBe(getKey(row));
		expect(getKey(row)).toMatch(/^invite-[0-9a-f]{64}-0$/);
	});

	it.each([
		{ email: 'joe@example.com' },
		{ firstName: 'Joe' },
		{ referenceId: 'u2' },
		{ failures: 1 },
	])('is another with %j', (change) => {
		expect(getKey({ ...row, ...change })).not.toBe(getKey(row));
	});

	it.each([
		['Create the inquiry', 'Persona rejected the request', 'not created', 1],
		['Create the inquiry', 'The request may have been carried out.', 'not created', 0],
		['Send the invitation', undefined, 'not mailed', 0],
	])(
		'after "%s" failed with "%s" is counted on only if nothing can exist',
		(source, message, outcome, failures) => {
			const name = 'Enter the failure';
			const { value } = getNode(nodes, name).parameters.columns as { value: IDataObject };
			const read = (text: unknown) =>
				evaluateParameter(
					nodes,
					name,
					String(text)
						.replaceAll('$prevNode.name', `'${source}'`)
						.replaceAll('.item.', '.first().'),
					[{ error: 'No', ...(message && { message }) }],
					{ 'Fifty at a time': [[[row]]] },
				);
			expect(read(value.outcome)).toBe(outcome);
			expect(read(value.failures)).toBe(failures);
		},
	);
});
