import * as fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { runNode, type NodeRunOptions } from '../support/runNode.mts';
import { sampleFiles, toPersonaFile } from '../support/sampleFiles.mts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';

const LINK = 'https://files.withpersona.com/id.jpg?access_token=abc';

const photo = toPersonaFile('data');
const note = toPersonaFile('data2');

/** The three operations that send files in a map, and where the map is in their bodies. */
const OPERATIONS: Array<
	[name: string, label: string, parameters: (map: string) => INodeParameters, path: string[]]
> = [
	[
		'Workflow: Run',
		'Fields',
		(fields) => ({
			...{ resource: 'workflow', operation: 'run', waitForResult: false, fields },
			workflowId: { __rl: true, mode: 'id', value: 'wfl_1' },
		}),
		['attributes', 'fields'],
	],
	[
		'Account: Run Action',
		'Parameters',
		(parameters) => ({
			...{ resource: 'account', operation: 'runAction', additionalFields: { parameters } },
			...{ accountActionId: 'accac_1', accountId: { __rl: true, mode: 'id', value: 'act_1' } },
		}),
		['parameters'],
	],
	[
		'Transaction: Create',
		'Fields',
		(fields) => ({
			...{ resource: 'transaction', operation: 'create', transactionTypeId: 'txntp_1', fields },
		}),
		['attributes', 'fields'],
	],
];

/** Those for which Persona publishes that it refuses a reference to a stored file. */
const CONTENT_ONLY = OPERATIONS.slice(0, 2);

describe('files in a map', () => {
	let server: RequestRecorder;

	beforeAll(async () => {
		server = await startRequestRecorder(() => ({ body: { data: { type: 'any', id: 'obj_1' } } }));
	});
	afterAll(async () => await server.stop());

	async function run(
		parameters: INodeParameters,
		files?: unknown,
		more: Partial<NodeRunOptions> = {},
	) {
		server.requests.length = 0;
		const options = files === undefined ? {} : { files: files as string };
		const { error } = await runNode({
			parameters: { ...parameters, options },
			binary: [sampleFiles],
			credentials: { baseUrl: server.baseUrl },
			...more,
		});
		return { error, bodies: server.requests.map(({ body }) => body as { data: IDataObject }) };
	}

	const getMap = ({ data }: { data: IDataObject }, path: string[]) =>
		path.reduce((value: unknown, key) => (value as IDataObject)[key], data);

	describe.each(OPERATIONS)('of %s', (_, label, buildParameters, path) => {
		it('are sent with name and Base64 for the keys that the option Files has, in lists and nested', async () => {
			const names = '{"photo": "data", "pages": ["data", "data2"], "person": {"note": "data2"}}';
			const { bodies, error } = await run(
				buildParameters('{"amount": 1, "person": {"name": "Jane"}}'),
				names,
			);
			expect(error).toBeUndefined();
			expect(bodies.map((body) => getMap(body, path))).toEqual([
				{ amount: 1, photo, pages: [photo, note], person: { name: 'Jane', note } },
			]);
		});

		it('are sent under any name, also under those that every object has', async () => {
			const name = fc.constantFrom('__proto__', 'constructor', 'toString', 'photo');
			const names = fc.letrec<{ map: string; member: string }>((tie) => ({
				map: fc
					.uniqueArray(fc.tuple(name, tie('member')), { minLength: 1, selector: ([key]) => key })
					.map((members) => `{${members.map(([key, text]) => `"${key}":${text}`).join()}}`),
				member: fc.oneof({ maxDepth: 2 }, fc.constant('"data2"'), tie('map')),
			})).map;
			await fc.assert(
				fc.asyncProperty(names, async (files) => {
					const { bodies } = await run(buildParameters('{"amount":1}'), files);
					const sent = files.replaceAll('"data2"', JSON.stringify(note));
					expect(bodies.map((body) => JSON.stringify(getMap(body, path)))).toEqual([
						`{"amount":1,${sent.slice(1)}`,
					]);
				}),
				{ numRuns: 25 },
			);
		});

		it('may be all that the map has', async () => {
			const { bodies, error } = await run(buildParameters('{}'), '={{ { photo: "data" } }}');
			expect(error?.message).toBe(label === 'Parameters' ? "'Parameters' is empty" : undefined);
			expect(bodies.map((body) => getMap(body, path))).toEqual(error ? [] : [{ photo }]);
		});

		it.each<[string, unknown, string]>([
			[
				'a binary field that is missing',
				'{"photo": "scan"}',
				"'Files: photo': this item has no binary field 'scan'",
			],
			[
				'a place that has a value',
				'{"amount": "data"}',
				`'Files' and '${label}' both have a value for 'amount'`,
			],
			[
				'a place below a value',
				'{"amount": {"a": "data"}}',
				`'Files' and '${label}' both have a value for 'amount'`,
			],
			['no name', '{"photo": ""}', "'Files' names no binary field for 'photo'"],
			['an empty list', '{"a": {"b": []}}', "'Files' names no binary field for 'a.b'"],
			['a number', '{"photo": 1}', "'Files' names no binary field for 'photo'"],
			['nothing', '{}', "'Files' is empty"],
		])('fail before any request for %s', async (__, files, message) => {
			const { bodies, error } = await run(buildParameters('{"amount": 1}'), files);
			expect(error?.message).toBe(message);
			expect(bodies).toEqual([]);
		});

		it('may be given with their content in Base64', async () => {
			const { bodies, error } = await run(buildParameters(JSON.stringify({ photo })));
			expect(error).toBeUndefined();
			expect(bodies.map((body) => getMap(body, path))).toEqual([{ photo }]);
		});
	});

	const buildColumn = (id: string, displayName: string, type: string) => ({
		...{ id, displayName, type, required: false, defaultMatch: false, display: true },
	});

	/** The map of a workflow, in which a file is an object, or of a transaction, which has a type for it. */
	const buildMapping = (resource: string, value: IDataObject | null) => {
		const [, , buildParameters] = OPERATIONS[resource === 'workflow' ? 0 : 2];
		const fileColumn =
			resource === 'workflow'
				? buildColumn('photo', 'photo (JSON or Binary Field)', 'string')
				: buildColumn('photo', 'Photo (Binary Field)', 'string');
		const schema = [fileColumn, buildColumn('note', 'Note', 'string')];
		return {
			...buildParameters('{}'),
			fieldsMode: 'columns',
			fieldsColumns: { mappingMode: value ? 'defineBelow' : 'autoMapInputData', value, schema },
		} as INodeParameters;
	};

	describe.each(['workflow', 'transaction'])('mapped to the columns of a %s', (resource) => {
		const getFields = (bodies: Array<{ data: IDataObject }>) =>
			bodies.map((body) => getMap(body, ['attributes', 'fields']));

		it('are named by their binary fields, and a text stays a text', async () => {
			const mapping = buildMapping(resource, { photo: ' data ', note: 'data' });
			const { bodies, error } = await run(mapping);
			expect(error).toBeUndefined();
			expect(getFields(bodies)).toEqual([{ photo, note: 'data' }]);
		});

		it('may be JSON with their content', async () => {
			const mapping = buildMapping(resource, { photo: JSON.stringify(photo) });
			expect(getFields((await run(mapping)).bodies)).toEqual([{ photo }]);
		});

		it('are found by the names of binary fields where columns are mapped automatically', async () => {
			const { items, binary } = { items: [{ note: 'x' }], binary: [{ Photo: sampleFiles.data }] };
			const { bodies, error } = await run(buildMapping(resource, null), undefined, {
				...{ items, binary },
			});
			expect(error).toBeUndefined();
			expect(getFields(bodies)).toEqual([{ photo, note: 'x' }]);
		});

		it('fail before any request where there is no such binary field', async () => {
			const { bodies, error } = await run(buildMapping(resource, { photo: 'scan' }));
			expect(error?.message).toMatch(/^'photo \(.*no binary field/i);
			expect(error?.description).toContain('data, data2');
			expect(bodies).toEqual([]);
		});

		it('may be links where the column is a text', async () => {
			const { bodies } = await run(buildMapping(resource, { note: LINK }));
			expect(getFields(bodies)).toEqual([{ note: LINK }]);
		});
	});

	it.each([JSON.stringify({ url: 'x', filename: 'a' }), LINK])(
		'are refused where a column of a workflow has one that Persona has stored: %s',
		async (value) => {
			const { bodies, error } = await run(buildMapping('workflow', { photo: value }));
			expect(error?.message).toBe(
				"'photo (JSON or Binary Field)' refers to a file that Persona has stored",
			);
			expect(bodies).toEqual([]);
		},
	);

	describe.each(CONTENT_ONLY)('of %s', (_, label, buildParameters) => {
		it.each<[string, IDataObject, string]>([
			['a link', { photo: LINK }, 'photo'],
			['a link in a list', { files: ['a', LINK] }, 'files.1'],
			[
				'what Persona shows of a file',
				{ a: { b: [{ filename: 'id.jpg', url: 'x', 'byte-size': 1 }] } },
				'a.b.0',
			],
			[
				'the same simplified',
				{ photo: { fileName: 'id.jpg', url: 'https://example.com' } },
				'photo',
			],
			['a name with an ID', { photo: { filename: 'id.jpg', id: 'file_1' } }, 'photo'],
			['a file by type and ID', { photo: { type: 'document-file', id: 'file_1' } }, 'photo'],
			[
				'a field with its type',
				{ photo: { type: 'file', value: { filename: 'a', url: 'b' } } },
				'photo.value',
			],
		])(
			'are refused before any request where they are stored in Persona: %s',
			async (__, map, at) => {
				const { bodies, error } = await run(buildParameters(JSON.stringify(map)));
				expect(error?.message).toBe(
					`'${label}' refers to a file that Persona has stored in '${at}'`,
				);
				expect(error?.description).toContain('Persona takes only the file itself here.');
				expect(bodies).toEqual([]);
			},
		);

		it.each<[string, IDataObject]>([
			['an object', { inquiry: { type: 'inquiry', id: 'inq_1' } }],
			['an address', { site: { url: 'https://example.com/about' } }],
			['a name', { document: { filename: 'id.jpg' } }],
		])('are not taken for %s', async (__, map) => {
			const { bodies, error } = await run(buildParameters(JSON.stringify(map)));
			expect(error).toBeUndefined();
			expect(bodies).toHaveLength(1);
		});
	});
});
