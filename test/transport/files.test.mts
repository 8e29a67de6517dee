import type { IBinaryData, IDataObject } from 'n8n-workflow';
import { file, files, id } from '../../nodes/Persona/fields/kinds.ts';
import type { OperationTable } from '../../nodes/Persona/engine/types.ts';
import { CREDENTIAL } from '../support/credentialsHelper.mts';
import { runNode, type NodeRunOptions } from '../support/runNode.mts';
import type {
	RecordedRequest,
	FakeResponse,
	RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { FakeNode, useFakeServer } from '../support/fakeResource.mts';
import { useVirtualClock } from '../support/virtualClock.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

const table: OperationTable = {
	columnReaders: {},
	ids: { 'paper-id': id('Paper', 'any', 'The paper to work with') },
	resources: [
		{
			name: 'Paper',
			value: 'paper',
			type: 'paper',
			include: ['owner'],
			operations: {
				downloadFiles: {
					name: 'Download Files',
					action: 'Download the files of a paper',
					description: 'An operation of the tests',
					route: 'GET /papers/{paper-id}',
					returns: 'files',
				},
				create: {
					name: 'Create',
					action: 'Create a paper',
					description: 'An operation of the tests',
					route: 'POST /papers',
					attributes: {
						photo: file('Photo', 'What it looks like'),
						attachments: files('Attachments', 'What belongs to it'),
					},
				},
			},
		},
	],
};

const runPaper = async (
	{ baseUrl }: RequestRecorder,
	operation: string,
	{ parameters, ...options }: Partial<NodeRunOptions> = {},
) =>
	await runNode({
		nodeType: new FakeNode(table),
		parameters: { resource: 'paper', operation, ...parameters },
		credentials: { baseUrl },
		...options,
	});

const buildPaper = (attributes: IDataObject, paperId = 'pap_1') => ({
	type: 'paper',
	id: paperId,
	attributes,
});

const buildPng = (content: string): FakeResponse => ({
	headers: { 'content-type': 'image/png' },
	body: Buffer.from(content),
});

const readBytes = (binary?: IBinaryData) => Buffer.from(binary?.data ?? '', 'base64').toString();

describe('downloads', () => {
	const serve = useFakeServer();
	const clock = useVirtualClock();

	/**
	 * Starts a fake Persona and its file host. `buildDocument` gets the function that builds a link.
	 */
	async function startHosts(
		buildDocument: (link: (name: string, token?: string) => string, reads: number) => IDataObject,
		respond: (request: RecordedRequest, count: number) => FakeResponse,
	) {
		const host = await serve(respond);
		const buildLink = (name: string, token = 'good') =>
			`${host.baseUrl}/${name}?access_token=${token}`;
		const api = await serve((_, reads) => ({ body: buildDocument(buildLink, reads) }));
		return { api, host };
	}

	const download = async (api: RequestRecorder, options: Partial<NodeRunOptions> = {}) =>
		await runPaper(api, 'downloadFiles', {
			...options,
			parameters: { paperId: 'pap_1', ...options.parameters },
		});

	it('return each file once, with its name, type and bytes', async () => {
		const { api, host } = await startHosts(
			(link) => ({
				data: buildPaper({
					'front-photo-url': link('front.png'),
					'photo-urls': [
						{ page: 'front', filename: 'front.png', url: link('front.png', 'another') },
						{ page: 'back', filename: 'back.png', url: link('back.png'), 'byte-size': 4 },
					],
					'original-urls': [link('front.png')],
					'website-url': 'https://example.com/about.html',
				}),
			}),
			({ path }) => buildPng(path),
		);
		const { items, error } = await download(api);
		expect(error).toBeUndefined();
		expect(items.map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
			[
				{
					id: 'pap_1',
					type: 'paper',
					field: 'front-photo-url',
					fileName: 'front.png',
					mimeType: 'image/png',
				},
				{ item: 0 },
			],
			[
				{
					id: 'pap_1',
					type: 'paper',
					field: 'photo-urls.1.url',
					fileName: 'back.png',
					mimeType: 'image/png',
				},
				{ item: 0 },
			],
		]);
		expect(items.map(({ binary }) => readBytes(binary?.data))).toEqual(['/front.png', '/back.png']);
		expect(items[0].binary?.data).toMatchObject({ fileName: 'front.png', mimeType: 'image/png' });
		const asked = host.requests.map(({ path, query }) => `${path} ${query.access_token}`);
		expect(asked).toEqual([...new Set(asked)]);
		expect(api.requests).toHaveLength(1);
	});

	it('return both files that have the same name', async () => {
		const { api } = await startHosts(
			(link) => ({
				data: buildPaper({
					files: [
						{ filename: 'scan.png', url: link('scan.png', 'one') },
						{ filename: 'scan.png', url: link('scan.png', 'two') },
					],
				}),
			}),
			({ query }) => buildPng(query.access_token),
		);
		const { items } = await download(api);
		expect(items.map(({ binary }) => readBytes(binary?.data))).toEqual(['one', 'two']);
	});

	it('include the files of included objects, in the binary field that the user chose', async () => {
		const { api } = await startHosts(
			(link) => ({
				data: buildPaper({ scan: { filename: 'scan.png', url: link('scan.png') } }),
				included: [{ ...buildPaper({ photo: link('photo.png') }, 'own_1'), type: 'owner' }],
			}),
			({ path }) => buildPng(path),
		);
		const { items } = await download(api, {
			parameters: { binaryPropertyName: 'evidence', options: { include: ['owner'] } },
		});
		expect(items.map(({ json }) => [json.id, json.type, json.fileName])).toEqual([
			['pap_1', 'paper', 'scan.png'],
			['own_1', 'owner', 'photo.png'],
		]);
		expect(items.map(({ binary }) => Object.keys(binary ?? {}))).toEqual([
			['evidence'],
			['evidence'],
		]);
		expect(api.requests[0].query).toEqual({ include: 'owner' });
	});

	it('never send the API key to the file host', async () => {
		const { api, host } = await startHosts(
			(link) => ({ data: buildPaper({ photo: link('photo.png') }) }),
			() => buildPng('x'),
		);
		await download(api);
		expect(api.requests[0].headers.authorization).toContain(CREDENTIAL.apiKey);
		expect(host.requests).toHaveLength(1);
		expect(host.requests[0].headers).not.toHaveProperty('authorization');
		expect(JSON.stringify(host.requests)).not.toContain(CREDENTIAL.apiKey);
	});

	it('take no redirect of the file host, which would hand on the token of the link', async () => {
		const elsewhere = await serve(() => buildPng('another'));
		const { api } = await startHosts(
			(link) => ({ data: buildPaper({ photo: link('photo.png') }) }),
			() => ({ status: 302, headers: { location: `${elsewhere.baseUrl}/login?token=secret` } }),
		);
		const { error } = await download(api);
		expect(error?.description).toBe(
			`The answer leads to ${elsewhere.baseUrl}/login and is not Persona's file. Check that this n8n can reach Persona's file host.`,
		);
		expect(elsewhere.requests).toEqual([]);
	});

	it('get new links if one has expired, with one request for all', async () => {
		const { api, host } = await startHosts(
			(link, reads) => ({
				data: buildPaper({ a: link('a.png', `read-${reads}`), b: link('b.png', `read-${reads}`) }),
			}),
			({ path, query }) => (query.access_token === 'read-1' ? { status: 403 } : buildPng(path)),
		);
		const { items, error } = await download(api);
		expect(error).toBeUndefined();
		expect(items.map(({ binary }) => readBytes(binary?.data))).toEqual(['/a.png', '/b.png']);
		expect(api.requests).toHaveLength(2);
		expect(host.requests).toHaveLength(3);
	});

	const runWithMissingFile = async (options: Partial<NodeRunOptions> = {}) => {
		const { api } = await startHosts(
			(link) => ({ data: buildPaper({ a: link('a.png'), b: link('b.png'), c: link('c.png') }) }),
			({ path }) => (path === '/b.png' ? { status: 403 } : buildPng(path)),
		);
		return await download(api, options);
	};

	it('fail with the name of a file that is not available', async () => {
		const { error } = await runWithMissingFile();
		expect(error).toMatchObject({
			message: "The file 'b.png' could not be downloaded",
			description: "Persona's file host responded with 403. Run again to get a new link.",
			context: { itemIndex: 0 },
		});
	});

	it('continue with the other files if the node continues on error', async () => {
		const { items } = await runWithMissingFile({ onError: 'continueRegularOutput' });
		expect(items.map(({ json }) => json.fileName ?? json.error)).toEqual([
			'a.png',
			"The file 'b.png' could not be downloaded",
			'c.png',
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(Array(3).fill({ item: 0 }));
		const { outputs } = await runWithMissingFile({ onError: 'continueErrorOutput' });
		expect(outputs.map((output) => output.length)).toEqual([2, 1]);
	});

	it('fail if the file host cannot be reached', async () => {
		const { api, host } = await startHosts(
			(link) => ({ data: buildPaper({ photo: link('photo.png') }) }),
			() => buildPng('x'),
		);
		await host.stop();
		const { error } = await download(api);
		expect(error?.message).toBe("The file 'photo.png' could not be downloaded");
		expect(error?.description).toContain("Check that this n8n can reach Persona's file host.");
		expect(error?.description).not.toContain('access_token');
		expect(clock.waitsMs).toHaveLength(4);
	});

	it('fail if the object cannot be read', async () => {
		const api = await serve(() => ({ status: 404, body: { errors: [{ title: 'Not found' }] } }));
		const { error } = await download(api);
		expect(error).toMatchObject({ httpCode: '404' });
	});

	it.each([
		['has no files', { data: buildPaper({ photo: null, files: [] }) }],
		['has no attributes', { data: { type: 'paper', id: 'pap_1' } }],
		[
			'includes one without attributes',
			{ data: buildPaper({}), included: [{ type: 'a', id: 'b' }] },
		],
	])('return no item for an object that %s', async (_, object) => {
		const { api } = await startHosts(
			() => object,
			() => buildPng('x'),
		);
		const { items, error } = await download(api);
		expect(error).toBeUndefined();
		expect(items).toEqual([]);
	});

	it('return an empty file', async () => {
		const { api } = await startHosts(
			(link) => ({ data: buildPaper({ photo: link('empty.png') }) }),
			() => buildPng(''),
		);
		const { items, error } = await download(api);
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ fileName: 'empty.png', mimeType: 'image/png' });
		expect(readBytes(items[0].binary?.data)).toBe('');
	});

	it('return every byte of a large file', async () => {
		const bytes = Buffer.alloc(3_000_000, Buffer.from([0, 255, 13, 10, 128, 7, 254]));
		const { api } = await startHosts(
			(link) => ({ data: buildPaper({ video: link('video.mp4') }) }),
			() => ({ headers: { 'content-type': 'video/mp4; charset=binary' }, body: bytes }),
		);
		const { items } = await download(api);
		expect(Buffer.from(items[0].binary?.data.data ?? '', 'base64').equals(bytes)).toBe(true);
		expect(items[0].json.mimeType).toBe('video/mp4');
	});

	it.each([
		['cuts the connection', undefined],
		['has an outage', { status: 503 }],
	])('are repeated if the file host %s', async (_, fault) => {
		const { api, host } = await startHosts(
			(link) => ({ data: buildPaper({ photo: link('photo.png') }) }),
			(__, count) => {
				if (count > 1) return buildPng('whole');
				if (fault) return fault;
				throw new Error('cut');
			},
		);
		const { items, error } = await download(api);
		expect(error).toBeUndefined();
		expect(items.map(({ binary }) => readBytes(binary?.data))).toEqual(['whole']);
		expect(host.requests).toHaveLength(2);
		expect(clock.waitsMs).toHaveLength(1);
		expect(api.requests).toHaveLength(1);
	});

	it.each([
		['../../etc/passwd', 'passwd'],
		['..\\..\\evil.png', 'evil.png'],
		['/', 'file'],
	])("use only the last part of the file name '%s'", async (filename, name) => {
		const { api } = await startHosts(
			(link) => ({ data: buildPaper({ files: [{ filename, url: link('x.png') }] }) }),
			() => buildPng('x'),
		);
		const { items } = await download(api);
		expect(items.map(({ json, binary }) => [json.fileName, binary?.data.fileName])).toEqual([
			[name, name],
		]);
	});

	it.each([
		['a%20b.png', 'a b.png'],
		['..%2F..%2Fa.png', 'a.png'],
		['100%25.png', '100%.png'],
		['%E0%A4.png', '%E0%A4.png'],
	])("read the file name from the link '%s'", async (path, name) => {
		const { api } = await startHosts(
			(link) => ({ data: buildPaper({ 'photo-url': link(path) }) }),
			() => buildPng('x'),
		);
		const { items } = await download(api);
		expect(items.map(({ json }) => json.fileName)).toEqual([name]);
	});
});

describe('uploads', () => {
	const serve = useFakeServer();

	const buildBinary = (content: string, overrides: Partial<IBinaryData> = {}): IBinaryData => ({
		data: Buffer.from(content).toString('base64'),
		mimeType: 'image/png',
		...overrides,
	});

	const item = {
		front: buildBinary('\0front\xff', { fileName: 'front.png' }),
		back: buildBinary('back', { fileExtension: 'png' }),
		empty: buildBinary('', { fileName: 'empty.png' }),
	};

	const create = async (
		additionalFields: IDataObject,
		{ binary: given = [item], ...options }: Partial<NodeRunOptions> = {},
	) => {
		const api = await serve(() => ({ body: { data: buildPaper({}) } }));
		const parameters = { additionalFields: additionalFields as NodeRunOptions['parameters'] };
		const outcome = await runPaper(api, 'create', { parameters, binary: given, ...options });
		return { ...outcome, sent: api.requests.map(({ body }) => body) };
	};

	it('send a file with its bytes in Base64 and its name', async () => {
		const { sent, error } = await create({ photo: 'front' });
		expect(error).toBeUndefined();
		const data = Buffer.from('\0front\xff').toString('base64');
		expect(sent).toEqual([{ data: { attributes: { photo: { data, filename: 'front.png' } } } }]);
	});

	it.each([['front, back'], ['={{ ["front", "back"] }}']])(
		'send several files in the order of their names: %s',
		async (attachments) => {
			const { sent } = await create({ attachments });
			const expected = [
				{ data: item.front.data, filename: 'front.png' },
				{ data: item.back.data, filename: 'back.png' },
			];
			expect(sent).toEqual([{ data: { attributes: { attachments: expected } } }]);
		},
	);

	it('send the files of each item', async () => {
		const { sent } = await create(
			{ photo: 'data' },
			{
				items: [{}, {}],
				binary: [{ data: buildBinary('one') }, { data: buildBinary('two') }],
			},
		);
		const contents = sent.map((body) => {
			const { data } = body as { data: { attributes: { photo: { data: string } } } };
			return Buffer.from(data.attributes.photo.data, 'base64').toString();
		});
		expect(contents.sort()).toEqual(['one', 'two']);
	});

	it.each([
		['photo', 'photo', [item], "'Photo'", 'front, back, empty'],
		['attachments', 'front, side', [item], "'Attachments'", 'front, back, empty'],
		['photo', 'data', [], "'Photo'", 'none'],
		['photo', 'constructor', [item], "'Photo'", 'front, back, empty'],
	])('fail if %s names a missing file: %s', async (field, names, given, label, available) => {
		const { error, sent } = await create({ [field]: names }, { binary: given });
		const missing = names.split(', ').pop();
		expect(error?.message).toBe(`${label}: this item has no binary field '${String(missing)}'`);
		expect(error?.description).toContain(`Its binary fields: ${available}.`);
		expect(sent).toEqual([]);
	});

	it('fail if a file is empty', async () => {
		const { error, sent } = await create({ attachments: 'front, empty' });
		expect(error?.message).toBe("'Attachments': the file in 'empty' is empty");
		expect(error?.context).toMatchObject({ itemIndex: 0 });
		expect(sent).toEqual([]);
	});

	it.each<[string, unknown]>([
		['null', null],
		['a text', 'eA=='],
		['no content', { mimeType: 'image/png', fileName: 'front.png' }],
		['a content that is not Base64', { data: '§ 1: text', mimeType: 'text/plain' }],
		['the address of a file', { data: 'data:image/png;base64,eA==', mimeType: 'image/png' }],
	])('fail if there is something else in the binary field: %s', async (_, front) => {
		const binary = [{ front }] as NodeRunOptions['binary'];
		const { error, sent } = await create({ photo: 'front' }, { binary });
		expect(error?.message).toBe("'Photo': what is in the binary field 'front' is not a file");
		expect(error?.description).toContain('prepareBinaryData');
		expect(sent).toEqual([]);
	});

	it('have a name also if it is a number in the item', async () => {
		const front = { ...item.front, fileName: 2026 as unknown as string };
		const { sent } = await create({ photo: 'front' }, { binary: [{ front }] });
		expect(sent).toMatchObject([{ data: { attributes: { photo: { filename: '2026' } } } }]);
	});

	it('continue with the next item if the node continues on error', async () => {
		const { items, sent } = await create(
			{ photo: 'front' },
			{ items: [{}, {}], binary: [{}, item], onError: 'continueRegularOutput' },
		);
		expect(items.map(({ json }) => json.error ?? json.id)).toEqual([
			"'Photo': this item has no binary field 'front'",
			'pap_1',
		]);
		expect(sent).toHaveLength(1);
	});
});
