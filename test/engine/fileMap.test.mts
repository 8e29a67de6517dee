import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { runNode } from '../support/runNode.mts';
import { sampleFiles, toPersonaFile } from '../support/sampleFiles.mts';
import { startRequestRecorder, type RequestRecorder } from '../support/requestRecorder.mts';

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

	async function run(parameters: INodeParameters, files?: unknown) {
		server.requests.length = 0;
		const options = files === undefined ? {} : { files: files as string };
		const { error } = await runNode({
			parameters: { ...parameters, options },
			binary: [sampleFiles],
			credentials: { baseUrl: server.baseUrl },
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
