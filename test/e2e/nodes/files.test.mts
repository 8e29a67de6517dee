import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { buildIdLocator, selectCredential, buildNode, runNodes } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

const SIZE_BYTES = 20 * 1024 * 1024;

describe('files in n8n', () => {
	const bytes = randomBytes(SIZE_BYTES);
	const hash = createHash('sha256').update(bytes).digest('hex');
	let environment: TestEnvironment;
	let source: Server;
	/** What the source returns instead of the film. */
	let csv: string | undefined;

	beforeAll(async () => {
		environment = await startTestEnvironment();
		source = createServer((_, response) => {
			response.setHeader('content-type', 'video/mp4');
			response.setHeader('content-disposition', 'attachment; filename="interview.mp4"');
			response.end(csv ?? bytes);
		});
		await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
	});
	afterEach(() => (csv = undefined));
	afterAll(async () => {
		source?.close();
		await environment?.close();
	});

	const buildPersonaNode = (name: string, parameters: IDataObject) =>
		buildNode(
			'n8n-nodes-persona.persona',
			name,
			{ resource: 'case', ...parameters },
			selectCredential(environment),
		);

	/** The HTTP Request node, which outputs the film as a file. */
	const buildFilm = () =>
		buildNode(
			'n8n-nodes-base.httpRequest',
			'Film',
			{
				url: `http://127.0.0.1:${(source.address() as AddressInfo).port}/interview.mp4`,
				options: { response: { response: { responseFormat: 'file' } } },
			},
			{ typeVersion: 4.2 },
		);

	/** The bodies that a route of the sandbox has received. */
	const listBodies = (method: string, path: string) =>
		environment.sandbox.control.requests
			.filter((request) => request.method === method && request.path.endsWith(path))
			.map(({ body }) => body as { data: { attributes: IDataObject } });

	const describeUpload = (value: unknown) => {
		const { data, filename } = value as { data: string; filename: string };
		return [filename, createHash('sha256').update(Buffer.from(data, 'base64')).digest('hex')];
	};

	it('of 20 MB reach a run of a workflow, named by the option Files or by a column', async () => {
		const workflowId = buildIdLocator(fixtures.workflow);
		const parameters = { resource: 'workflow', operation: 'run', workflowId };
		const { runs, status } = await runNodes(
			environment,
			buildFilm(),
			buildPersonaNode('Named', {
				...{ ...parameters, fieldsMode: 'json', fields: '{"account_id": "act_1"}' },
				options: { files: '{"document": "data"}' },
			}),
		);
		expect([status, runs.Named[0].data?.main[0]?.[0].json.status]).toEqual([
			'success',
			'completed',
		]);
		const mapped = await runNodes(
			environment,
			buildFilm(),
			buildPersonaNode('Mapped', {
				...{ ...parameters, fieldsMode: 'columns' },
				fieldsColumns: {
					mappingMode: 'defineBelow',
					value: { account_id: 'act_1', document: 'data' },
				},
			}),
		);
		expect(mapped.status).toBe('success');
		const [named, column] = listBodies('POST', '/trigger').map(
			({ data }) => data.attributes.fields as IDataObject,
		);
		const expected = ['interview.mp4', hash];
		expect(describeUpload(named.document)).toEqual(expected);
		expect(describeUpload(column.document)).toEqual(expected);
	});

	it('of 20 MB are imported as a form', async () => {
		csv = `reference_id,name_first\nuser-1,${'x'.repeat(SIZE_BYTES)}\n`;
		const { status } = await runNodes(
			environment,
			buildFilm(),
			buildPersonaNode('Import', {
				...{ resource: 'importer', operation: 'import', importType: 'account', file: 'data' },
				waitForResult: false,
			}),
		);
		expect(status).toBe('success');
		const [request] = environment.sandbox.control.requests.filter(({ path }) =>
			path.endsWith('/importer/accounts'),
		);
		expect(request.headers['content-type']).toMatch(/^multipart\/form-data/);
		const { data } = request.body as { data: { attributes: IDataObject } };
		expect(describeUpload(data.attributes.file)).toEqual([
			'interview.mp4',
			createHash('sha256').update(csv).digest('hex'),
		]);
	});

	it('of 20 MB are attached to a case and downloaded again, byte for byte', async () => {
		const caseId = buildIdLocator("={{ $('Case').item.json.id }}");
		const { runs, status } = await runNodes(
			environment,
			buildPersonaNode('Case', { operation: 'create', caseTemplateId: fixtures.caseTemplate }),
			buildFilm(),
			buildPersonaNode('Attach', {
				operation: 'update',
				caseId,
				updateFields: { attachments: 'data' },
			}),
			buildPersonaNode('Download', { operation: 'downloadAttachments', caseId }),
			buildNode('n8n-nodes-base.crypto', 'Sum', {
				action: 'hash',
				type: 'SHA256',
				binaryData: true,
				binaryPropertyName: 'data',
			}),
		);
		expect(status).toBe('success');
		const files = [runs.Film, runs.Download].map(([run]) => run.data?.main[0]?.[0].binary?.data);
		// n8n keeps a large file out of its database only when the item does not hold its bytes.
		for (const file of files)
			expect(file).toMatchObject({ id: expect.stringMatching(/^filesystem/) });
		expect(files[1]).toMatchObject({ fileName: 'interview.mp4', mimeType: 'video/mp4' });
		expect(runs.Sum[0].data?.main[0]?.[0].json.data).toBe(hash);
	});
});
