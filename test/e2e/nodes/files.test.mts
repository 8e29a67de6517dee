import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { buildIdLocator, selectCredential, buildNode, runNodes } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

const SIZE = 20 * 1024 * 1024;

describe('files in n8n', () => {
	const bytes = randomBytes(SIZE);
	const sum = createHash('sha256').update(bytes).digest('hex');
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

	const persona = (name: string, parameters: IDataObject) =>
		buildNode(
			'n8n-nodes-persona.persona',
			name,
			{ resource: 'case', ...parameters },
			selectCredential(environment),
		);

	it('of 20 MB go to a case and come back, byte for byte', async () => {
		const { port } = source.address() as AddressInfo;
		const caseId = buildIdLocator("={{ $('Case').item.json.id }}");
		const { runs, status } = await runNodes(
			environment,
			persona('Case', { operation: 'create', caseTemplateId: fixtures.caseTemplate }),
			buildNode(
				'n8n-nodes-base.httpRequest',
				'Film',
				{
					url: `http://127.0.0.1:${port}/interview.mp4`,
					options: { response: { response: { responseFormat: 'file' } } },
				},
				{ typeVersion: 4.2 },
			),
			persona('Attach', {
				operation: 'update',
				caseId,
				updateFields: { attachments: 'data' },
			}),
			persona('Download', { operation: 'downloadAttachments', caseId }),
			buildNode('n8n-nodes-base.crypto', 'Sum', {
				action: 'hash',
				type: 'SHA256',
				binaryData: true,
				binaryPropertyName: 'data',
			}),
		);
		expect(status).toBe('success');
		const kept = [runs.Film, runs.Download].map(([run]) => run.data?.main[0]?.[0].binary?.data);
		// A big file stays out of n8n's database only when its bytes are not in the item.
		for (const file of kept)
			expect(file).toMatchObject({ id: expect.stringMatching(/^filesystem/) });
		expect(kept[1]).toMatchObject({ fileName: 'interview.mp4', mimeType: 'video/mp4' });
		expect(runs.Sum[0].data?.main[0]?.[0].json.data).toBe(sum);
	});
});
