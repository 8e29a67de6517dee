import type { IDataObject, INodeParameters, ResourceMapperField } from 'n8n-workflow';
import { DateTime } from 'luxon';
import { columnReaders } from '../../nodes/Persona/methods/resourceMapping.ts';
import { runResourceMapping } from '../support/editorMethods.mts';
import {
	startRequestRecorder,
	type RecordedRequest,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { runNode, type NodeRunOptions } from '../support/runNode.mts';

const locate = (value: string) => ({ __rl: true, mode: 'id', value });

/** The operations whose fields can be mapped, the method of their columns, and who has these. */
const OPERATIONS: Array<{
	resource: string;
	operation: string;
	method: keyof typeof columnReaders;
	owner: INodeParameters;
}> = [
	{
		resource: 'inquiry',
		operation: 'create',
		method: 'inquiryFields',
		owner: { inquiryTemplateId: locate('itmpl_1') },
	},
	{
		resource: 'inquiry',
		operation: 'update',
		method: 'inquiryFields',
		owner: { inquiryId: locate('inq_1') },
	},
	{
		resource: 'account',
		operation: 'create',
		method: 'accountFields',
		owner: { accountTypeId: 'acttp_1' },
	},
	{
		resource: 'account',
		operation: 'createOrUpdate',
		method: 'accountFields',
		owner: { accountTypeId: 'acttp_1', referenceId: 'user-42' },
	},
	{
		resource: 'account',
		operation: 'update',
		method: 'accountFields',
		owner: { accountId: locate('act_1') },
	},
	{
		resource: 'case',
		operation: 'create',
		method: 'caseFields',
		owner: { caseTemplateId: 'ctmpl_1' },
	},
	{
		resource: 'case',
		operation: 'update',
		method: 'caseFields',
		owner: { caseId: locate('case_1') },
	},
	{
		resource: 'transaction',
		operation: 'create',
		method: 'transactionFields',
		owner: { transactionTypeId: 'txntp_1' },
	},
	{
		resource: 'transaction',
		operation: 'update',
		method: 'transactionFields',
		owner: { transactionId: locate('txn_1') },
	},
	{
		resource: 'workflow',
		operation: 'run',
		method: 'workflowFields',
		owner: { workflowId: 'wfl_1', waitForResult: false },
	},
];

const config = {};

const SCHEMAS = [
	{ key: 'name-first', type: 'string', label: 'First Name', config },
	{ key: 'id-number', type: 'string', label: 'ID Number', config },
	{ key: 'score', type: 'number', label: 'Score', config },
	{ key: 'count', type: 'integer', label: null, config },
	{ key: 'member', type: 'boolean', label: 'Member', config },
	{ key: 'birthdate', type: 'date', label: 'Birthdate', config },
	{ key: 'signed-at', type: 'datetime', label: 'Signed At', config },
	{ key: 'plan', type: 'choices', label: 'Plan', config: { options: ['gold', 'silver', '3'] } },
	{ key: 'colors', type: 'multi-choices', label: 'Colors', config: { options: ['red', 'blue'] } },
	{ key: 'words', type: 'array', label: 'Words', config },
	{ key: 'details', type: 'hash', label: 'Details', config },
	{ key: 'document', type: 'json', label: 'Document', config },
];

/** The types that inputs of workflows have. */
const INPUT_TYPES: Record<string, string> = {
	choices: 'choices',
	'multi-choices': 'multi-choices',
	integer: 'number',
	hash: 'object',
	json: 'object',
};

type Spelling = [column: string, given: unknown, sent: unknown];

/** What people have in columns, and what Persona gets. The zone of the workflow is Europe/Berlin. */
const SPELLINGS: Spelling[] = [
	['name-first', 'Jane', 'Jane'],
	['name-first', '\u200B Jane\r\n', 'Jane'],
	['name-first', 42, '42'],
	['name-first', true, 'true'],
	['name-first', '1.0', '1.0'],
	['id-number', 123456789, '123456789'],
	['score', '99.5', 99.5],
	['score', ' 99.5 ', 99.5],
	['score', 99.5, 99.5],
	['score', '0', 0],
	['score', 0, 0],
	['score', '-1e3', -1000],
	['score', '\u200B99.5', 99.5],
	['count', '9007199254740991', 9007199254740991],
	['count', '7', 7],
	['member', 'TRUE', true],
	['member', 'true', true],
	['member', 1, true],
	['member', '1', true],
	['member', 'true\u200B', true],
	['member', 'False', false],
	['member', 0, false],
	['member', false, false],
	['birthdate', '1994-04-12', '1994-04-12'],
	['birthdate', ' 1994-04-12 ', '1994-04-12'],
	['birthdate', '1994-04-12T00:00:00.000Z', '1994-04-12'],
	['birthdate', '1994-04-11T22:00:00.000Z', '1994-04-12'],
	['birthdate', '1994-04-12T00:00:00', '1994-04-12'],
	['birthdate', '1994-04-12 00:00:00', '1994-04-12'],
	['birthdate', new Date('1994-04-12'), '1994-04-12'],
	['birthdate', new Date('1994-04-11T22:00:00Z'), '1994-04-12'],
	['birthdate', DateTime.fromISO('1994-04-12', { zone: 'Asia/Tokyo' }), '1994-04-12'],
	['signed-at', '2025-06-30T14:00:00', '2025-06-30T12:00:00.000Z'],
	['signed-at', '2025-06-30 14:00', '2025-06-30T12:00:00.000Z'],
	['signed-at', '2025-01-30T14:00:00', '2025-01-30T13:00:00.000Z'],
	['signed-at', '2025-06-30T14:00:00-04:00', '2025-06-30T18:00:00.000Z'],
	['signed-at', new Date('2025-06-30T14:00:00Z'), '2025-06-30T14:00:00.000Z'],
	['plan', 'gold', 'gold'],
	['plan', ' silver ', 'silver'],
	['plan', 3, '3'],
	['plan', 'gold\u200B', 'gold'],
	['colors', '["red", "blue"]', ['red', 'blue']],
	['colors', "['red']", ['red']],
	['colors', 'red, blue', ['red', 'blue']],
	['colors', ['blue'], ['blue']],
	['words', '["a", "b"]', ['a', 'b']],
	['words', 'a, b', ['a', 'b']],
	['words', 'a', ['a']],
	['words', '[1, {"b": 2}]', [1, { b: 2 }]],
	['words', [], []],
	['words', [new Date('1994-04-12')], ['1994-04-12']],
	['details', '{"a": 1}', { a: 1 }],
	['details', { a: { type: 'x', value: 1 } }, { a: { type: 'x', value: 1 } }],
	['document', '[1, 2]', [1, 2]],
	['document', { born: new Date('1994-04-11T22:00:00Z') }, { born: '1994-04-12' }],
];

/** What is refused, by the label that the panel shows. */
const REFUSED: Array<[column: string, given: unknown, message: string]> = [
	['name-first', { a: 1 }, "'First Name' must be text"],
	['id-number', '123456789.0', "'ID Number' was changed by a spreadsheet or a program"],
	['score', 'abc', "'Score' must be a number"],
	['score', '99,5', "'Score' must be a number"],
	['count', '9007199254740993', "'count' has more digits than a number can hold"],
	['score', true, "'Score' must be a number"],
	['score', [], "'Score' must be a number"],
	['member', 'perhaps', "'Member' must be true or false"],
	['member', 2, "'Member' must be true or false"],
	['member', [], "'Member' must be true or false"],
	['birthdate', '1994-02-30', "'Birthdate (YYYY-MM-DD)' is not a date that exists"],
	['birthdate', '04/12/1994', "'Birthdate (YYYY-MM-DD)' is not a date written as YYYY-MM-DD"],
	['birthdate', 34436, "'Birthdate (YYYY-MM-DD)' is a number, not a date"],
	['signed-at', '04/12/1994 10:00', "'Signed At' is not a date written as YYYY-MM-DD"],
	['signed-at', '2025-03-30T02:30:00', "'Signed At' is a time that does not occur exactly once"],
	['plan', 'platinum', "'Plan' is not one of the values that Persona has"],
	['plan', 'GOLD', "'Plan' is not one of the values that Persona has"],
	['colors', 'red, green', "'Colors' is not one of the values that Persona has"],
	['words', '["a", ', "'Words' is not a list"],
	['words', { a: 1 }, "'Words' is not a list"],
	['details', 'text', "'Details' is not valid JSON"],
	['details', '1', "'Details' must be a JSON object or list"],
	['details', '{ a: 1 }', "'Details' is not valid JSON"],
	['details', '{"a": None}', "'Details' is not valid JSON"],
	['details', '{"a": True}', "'Details' is not valid JSON"],
	['details', '{"a": now()}', "'Details' is not valid JSON"],
	['details', '{"a": 1+1}', "'Details' is not valid JSON"],
	['details', '{"id": 12345678901234567890}', "'Details' contains a number with more digits"],
	['document', '[12345678901234567890]', "'Document' contains a number with more digits"],
	['document', { id: 12345678901234567000 }, "'Document' contains a number with more digits"],
	['words', '[12345678901234567890]', "'Words' contains a number with more digits"],
	['name-first', 12345678901234567000, "'First Name' contains a number with more digits"],
	['details', '[object Object]', "'Details' contains an object instead of text"],
	['name-first', 'Dr. [object Object]', "'First Name' contains an object instead of text"],
];

/** Options of choices are not described for inputs of workflows. */
const isKnownTo = (resource: string, [column, , sent]: [string, unknown, unknown]) =>
	resource !== 'workflow' || !['plan', 'colors'].includes(column) || typeof sent !== 'string';

function respond({ method, path }: RecordedRequest) {
	const [, resource] = path.split('/');
	const attributes = { 'field-schemas': SCHEMAS };
	if (method !== 'GET') return { body: { data: { type: 'thing', id: 'thg_1', attributes: {} } } };
	if (resource === 'workflow-versions') {
		const inputs = SCHEMAS.map(({ key: name, type, label }) => {
			return { name, type: INPUT_TYPES[type] ?? type, label, required: false };
		});
		const version = { type: 'workflow-version', id: 'wfv_1', attributes: { live: true, inputs } };
		return { body: { data: [version], links: { next: null } } };
	}
	const types: Record<string, string> = {
		accounts: 'account-type',
		cases: 'case-template',
		inquiries: 'inquiry-template',
		transactions: 'transaction-type',
	};
	const template = { type: types[resource] ?? resource.slice(0, -1), id: 'tpl_1', attributes };
	const body = types[resource]
		? { data: { type: 'thing', id: 'thg_1' }, included: [template] }
		: { data: template };
	return { body };
}

describe('mapped columns', () => {
	let server: RequestRecorder;
	let forbidden: number | undefined;

	beforeAll(async () => {
		server = await startRequestRecorder((request) =>
			forbidden && request.method === 'GET' ? { status: forbidden } : respond(request),
		);
	});
	beforeEach(() => {
		server.requests.length = 0;
		forbidden = undefined;
	});
	afterAll(async () => await server.stop());

	type Operation = (typeof OPERATIONS)[number];

	const readSchema = async ({ method, owner }: Operation) =>
		(await runResourceMapping(method, { baseUrl: server.baseUrl }, owner)).fields;

	async function run(
		{ resource, operation, owner }: Operation,
		mapping: object,
		items: IDataObject[],
		options: Partial<NodeRunOptions> = {},
	) {
		server.requests.length = 0;
		const result = await runNode({
			timezone: 'Europe/Berlin',
			items,
			credentials: { baseUrl: server.baseUrl },
			...options,
			parameters: {
				resource,
				operation,
				...owner,
				fieldsMode: 'columns',
				fieldsColumns: { ...mapping } as INodeParameters,
				options: { itemsAtATime: 1 },
			},
		});
		const sent = server.requests
			.filter(({ method }) => method !== 'GET')
			.map(({ body }) => {
				const { data } = body as { data: { attributes: { fields?: IDataObject } } };
				return data.attributes.fields;
			});
		const reads = server.requests.filter(({ method }) => method === 'GET').length;
		return { ...result, sent, reads };
	}

	/** As the editor stores it when the user chooses Map Automatically with the mouse. */
	const mapAutomatically = (schema: ResourceMapperField[]) => ({
		mappingMode: 'autoMapInputData',
		value: Object.fromEntries(schema.map(({ id }) => [id, null])),
		matchingColumns: [],
		schema: schema.map((column) => ({ ...column, removed: true })),
		attemptToConvertTypes: false,
		convertFieldsToString: false,
	});

	/** As the editor stores it when the user drags members of the item into the fields. */
	const mapManually = (schema: ResourceMapperField[], keys: string[]) => ({
		mappingMode: 'defineBelow',
		value: Object.fromEntries(
			schema.map(({ id }) => [
				id,
				keys.includes(id) ? `={{ $json[${JSON.stringify(id)}] }}` : null,
			]),
		),
		schema: schema.map((column) => ({ ...column, removed: !keys.includes(column.id) })),
	});

	const operations = OPERATIONS.map((one) => [`${one.resource}.${one.operation}`, one] as const);

	describe.each(operations)('of %s', (_, operation) => {
		const spellings = SPELLINGS.filter((spelling) => isKnownTo(operation.resource, spelling));
		const inputs = spellings.map(([column, given]) => ({ [column]: given }) as IDataObject);
		const expected = spellings.map(([column, , sent]) => ({ [column]: sent }));

		it('are sent as their types in Persona ask for, mapped automatically with the mouse', async () => {
			const schema = await readSchema(operation);
			const { sent, error } = await run(operation, mapAutomatically(schema), inputs);
			expect(error).toBeUndefined();
			expect(sent).toEqual(expected);
		});

		it('are the same where the editor stored no columns: each document is read once', async () => {
			const mapping = { mappingMode: 'autoMapInputData', value: null };
			for (const schema of [[], undefined]) {
				const { sent, error, reads } = await run(operation, { ...mapping, schema }, inputs);
				expect(error).toBeUndefined();
				expect([sent, reads]).toEqual([expected, 1]);
			}
		});

		it('are the same mapped by hand', async () => {
			const schema = await readSchema(operation);
			for (const [column, given, value] of spellings) {
				const mapping = mapManually(schema, [column]);
				const { sent, error } = await run(operation, mapping, [{ [column]: given } as IDataObject]);
				expect([given, sent, error?.message]).toEqual([given, [{ [column]: value }], undefined]);
			}
		});

		it('are refused by the name in the panel, and nothing is sent', async () => {
			const schema = await readSchema(operation);
			const refused = REFUSED.filter(([column, given]) =>
				isKnownTo(operation.resource, [column, given, given]),
			);
			for (const [column, given, message] of refused) {
				const item = { [column]: given } as IDataObject;
				for (const mapping of [mapAutomatically(schema), mapManually(schema, [column])]) {
					const { sent, error } = await run(operation, mapping, [item]);
					// The inputs of a workflow have no labels, but an object may be a file.
					const isObject = ['details', 'document'].includes(column);
					const label = isObject ? `${column} (JSON or Binary Field)` : column;
					const expectedMessage =
						operation.resource === 'workflow'
							? message.replace(/'[\w ]+?(?= \(|')/, `'${label}`)
							: message;
					expect([given, sent, error?.message]).toEqual([
						given,
						[],
						expect.stringContaining(expectedMessage),
					]);
				}
			}
		});

		it('say which columns to choose otherwise where the key may not read them', async () => {
			for (forbidden of [401, 403]) {
				const mapping = { mappingMode: 'autoMapInputData', value: null, schema: [] };
				const { sent, error, reads } = await run(operation, mapping, [{ score: 1 }, { score: 2 }]);
				expect(error?.message).toContain("This API key cannot read which columns 'Fields' has");
				expect(error?.description).toContain("Choose 'Using JSON'");
				expect([sent, reads]).toEqual([[], 1]);
			}
		});

		it('are not sent where they are empty; an empty expression is an error in an update', async () => {
			const schema = await readSchema(operation);
			const isUpdate = operation.operation === 'update';
			for (const empty of ['', ' ', '\u200B', null]) {
				const item = { 'name-first': empty, score: 1 };
				const automatic = await run(operation, mapAutomatically(schema), [item]);
				expect(automatic.sent).toEqual([{ score: 1 }]);
				expect(automatic.hints.map(({ message }) => message)).toEqual(
					isUpdate
						? [
								'Fields were mapped automatically. Empty in some items, and not changed there: name-first.',
							]
						: [],
				);
				const manual = await run(operation, mapManually(schema, ['name-first', 'score']), [item]);
				expect(manual.sent).toEqual(isUpdate ? [] : [{ score: 1 }]);
				expect(manual.error?.message).toBe(isUpdate ? "'First Name' is empty" : undefined);
			}
		});
	});

	const [[, createInquiry]] = operations;

	it('are sent under any key, also under one that every object has', async () => {
		const keys = ['__proto__', 'constructor', 'toString'];
		const schema = keys.map((id) => ({ id, displayName: id, type: 'string', display: true }));
		const item = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}') as IDataObject;
		const mapping = mapAutomatically(schema as ResourceMapperField[]);
		const { sent } = await run(createInquiry, { ...mapping, value: null }, [item]);
		expect(sent.map((fields) => JSON.stringify(fields))).toEqual([JSON.stringify(item)]);
	});

	it('are left out if the item has more, which one hint of the run says', async () => {
		const schema = await readSchema(createInquiry);
		const items = [
			{ 'name-first': 'Jane', plan: 'gold', id: 7, source: 'web' },
			{ 'name-first': 'Joe', id: 8, note: 'x' },
		];
		const { sent, hints } = await run(createInquiry, mapAutomatically(schema), items);
		expect(sent).toEqual([{ 'name-first': 'Jane', plan: 'gold' }, { 'name-first': 'Joe' }]);
		expect(hints.map(({ message }) => message)).toEqual([
			'Fields were mapped automatically. Not sent, since Persona has no such field: id, source, note.',
		]);
	});

	it('are found under another spelling, which the hint says, but never guessed between two', async () => {
		const schema = await readSchema(createInquiry);
		const items = [
			{ '\uFEFFName_First ': 'Jane', 'Signed at': '2025-06-30T12:00:00Z' },
			{ 'name first': 'Joe', Name_First: 'Jim', score: 1 },
			{ 'name-first': 'Ann', NAME_FIRST: 'Amy' },
			{ nameFirst: 'Eve' },
			{ 'name–first': 'Ida' },
		];
		const { sent, hints } = await run(createInquiry, mapAutomatically(schema), items);
		expect(sent).toEqual([
			{ 'name-first': 'Jane', 'signed-at': '2025-06-30T12:00:00.000Z' },
			{ score: 1 },
			{ 'name-first': 'Ann' },
			{ 'name-first': 'Eve' },
			{ 'name-first': 'Ida' },
		]);
		expect(hints.map(({ message }) => message)).toEqual([
			"Fields were mapped automatically. Not sent, since several in an item are spelt like the same field: name first, Name_First, NAME_FIRST. Sent under the name that Persona has: '\uFEFFName_First ' as name-first, 'Signed at' as signed-at, 'nameFirst' as name-first, 'name–first' as name-first.",
		]);
	});

	it('are found under their labels in the panel, with or without what the label says of the format', async () => {
		const schema = await readSchema(createInquiry);
		const [nameFirst, birthdate] = ['name-first', 'birthdate'].map(
			(key) => schema.find(({ id }) => id === key)?.displayName ?? '',
		);
		const items = [
			{ [nameFirst]: 'Jane', [birthdate]: '1994-04-12' },
			{ [nameFirst.toUpperCase()]: 'Joe', [birthdate.replace(/ \(.+/, '')]: '1990-01-02' },
		];
		const { sent } = await run(createInquiry, mapAutomatically(schema), items);
		expect(sent).toEqual([
			{ 'name-first': 'Jane', birthdate: '1994-04-12' },
			{ 'name-first': 'Joe', birthdate: '1990-01-02' },
		]);
		expect(nameFirst).not.toBe('name-first');
	});

	it('say which members are spelt alike where nothing else is known', async () => {
		const schema = await readSchema(createInquiry);
		const items = [{ Score: 1, SCORE: 2 }];
		const { sent, error } = await run(createInquiry, mapAutomatically(schema), items);
		expect(sent).toEqual([]);
		expect(error?.description).toContain('where several are spelt alike (Score, SCORE)');
	});

	it.each([
		[34436, '1994-04-12'],
		['34436', '1994-04-12'],
		[34436.75, '1994-04-12'],
		[19940412, '1994-04-12'],
		[766108800, '1994-04-12'],
		[766108800000, '1994-04-12'],
		['-126230400000', '1966-01-01'],
		[-126230400, '1966-01-01'],
		[44582400000, '1971-06-01'],
		[new Date('1994-04-11T22:00:00Z'), '1994-04-12'],
	])('are refused with advice that makes of %p the right day', async (day, expected) => {
		const schema = await readSchema(createInquiry);
		const column = day instanceof Date ? 'name-first' : 'birthdate';
		const send = async (cell: string) => {
			const value = { [column]: `=${cell}` };
			const mapping = { mappingMode: 'defineBelow', value, schema };
			return await run(createInquiry, mapping, [{ day } as IDataObject]);
		};
		const { error } = await send('{{ $json.day }}');
		const [advice] = error?.description?.match(/{{.+?}}/) ?? [];
		const { sent } = await send(advice ?? '');
		expect(sent).toEqual([{ [column]: expected }]);
	});

	it.each([1994, '1994'])('are refused without guessing what %p is', async (birthdate) => {
		const schema = await readSchema(createInquiry);
		const { error } = await run(createInquiry, mapAutomatically(schema), [{ birthdate }]);
		expect(error?.description).toBe('Write it as YYYY-MM-DD, e.g. 1994-04-12.');
	});

	it('fail an item of which Persona knows nothing', async () => {
		const schema = await readSchema(createInquiry);
		for (const item of [{}, { vorname: 'Jane' }]) {
			const { sent, error } = await run(createInquiry, mapAutomatically(schema), [item]);
			expect(sent).toEqual([]);
			expect(error?.message).toBe("'Fields' finds no field of Persona in the item");
			expect(error?.description).toContain('name-first, id-number, score');
		}
	});

	it('fail where the template has no longer a field that was mapped by hand', async () => {
		const schema = await readSchema(createInquiry);
		const mapping = { mappingMode: 'defineBelow', value: { gone: 'x' }, schema };
		const { sent, error } = await run(createInquiry, mapping, [{}]);
		expect([sent, error?.message]).toEqual([[], "'gone' is not a field that Persona has"]);
	});

	it('fail where a workflow requires one that is empty', async () => {
		const [, operation] = operations.at(-1) ?? operations[0];
		const [first, ...others] = await readSchema(operation);
		const schema = [{ ...first, required: true }, ...others];
		const { sent, error } = await run(operation, mapAutomatically(schema), [{ score: 1 }]);
		expect([sent, error?.message]).toEqual([[], "'name-first' is empty"]);
	});

	it('ask whose they are where the user has not chosen', async () => {
		const operation = { ...operations[2][1], owner: {} };
		const mapping = { mappingMode: 'autoMapInputData', value: null, schema: [] };
		const { sent, error } = await run(operation, mapping, [{ score: 1 }]);
		expect([sent, error?.message]).toEqual([[], "It is not known which columns 'Fields' has"]);
	});
});
