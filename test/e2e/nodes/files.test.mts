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

	beforeAll(async () => {
		environment = await startTestEnvironment();
		source = createServer((_, response) => {
			response.setHeader('content-type', 'video/mp4');
			response.setHeader('content-disposition', 'attachment; filename="interview.mp4"');
			response.end(bytes);
		});
		await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
	});
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

	it('of 20 MB are attached to a case and downloaded again, byte for byte', async () => {
		const { port } = source.address() as AddressInfo;
		const caseId = buildIdLocator("={{ $('Case').item.json.id }}");
		const { runs, status } = await runNodes(
			environment,
			buildPersonaNode('Case', { operation: 'create', caseTemplateId: fixtures.caseTemplate }),
			buildNode(
				'n8n-nodes-base.httpRequest',
				'Film',
				{
					url: `http://127.0.0.1:${port}/interview.mp4`,
					options: { response: { response: { responseFormat: 'file' } } },
				},
				{ typeVersion: 4.2 },
			),
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
