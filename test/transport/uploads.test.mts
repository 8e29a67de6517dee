import type { IDataObject } from 'n8n-workflow';
import { file, text } from '../../nodes/Persona/fields/kinds.ts';
import type { OperationTable } from '../../nodes/Persona/engine/types.ts';
import { buildJsonBody, FileUpload } from '../../nodes/Persona/transport/uploads.ts';
import { parseForm } from '../../sandbox/http/parseForm.mts';
import { FakeNode, useFakeServer } from '../support/fakeResource.mts';
import { runNode, type NodeRunOptions } from '../support/runNode.mts';
import type { Respond } from '../../tools/services/requestRecorder.mts';
import { useVirtualClock } from '../support/virtualClock.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

const fields = { name: text('Name'), file: file('File', 'What to upload') };

const table: OperationTable = {
	columnReaders: {},
	ids: {},
	resources: [
		{
			name: 'Paper',
			value: 'paper',
			type: 'paper',
			operations: {
				create: {
					name: 'Create',
					action: 'Create a paper',
					description: 'An operation of the tests',
					route: 'POST /papers',
					attributes: fields,
				},
				import: {
					name: 'Import',
					action: 'Import a paper',
					description: 'An operation of the tests',
					route: 'POST /importer/papers',
					acceptsForm: true,
					attributes: fields,
				},
			},
		},
	],
};

const bytes = Buffer.from('a,b\r\n\0\xff--boundary', 'latin1');

const csv = { data: bytes.toString('base64'), mimeType: 'text/csv', fileName: 'päper "1"\n.csv' };

describe('uploads', () => {
	const serve = useFakeServer();
	useVirtualClock();

	async function upload(
		operation: string,
		respond: Respond = () => ({ body: { data: { type: 'paper', id: 'pap_1' } } }),
		{ parameters, ...more }: Partial<NodeRunOptions> = {},
	) {
		const { baseUrl, requests } = await serve(respond);
		const { items, error } = await runNode({
			nodeType: new FakeNode(table),
			parameters: {
				resource: 'paper',
				operation,
				additionalFields: { name: 'Jane', file: 'data' },
				...parameters,
			},
			binary: [{ data: csv }],
			credentials: { baseUrl },
			...more,
		});
		const bodies = await Promise.all(
			requests.map(
				async (request) => await parseForm(request.bytes, request.headers['content-type'] ?? ''),
			),
		).catch(() => requests.map(({ body }) => body as IDataObject));
		return { items, error, requests, bodies };
	}

	const sent = {
		data: { attributes: { name: 'Jane', file: { data: csv.data, filename: csv.fileName } } },
	};

	it('go as a form with their bytes, name and type where Persona accepts one', async () => {
		const { error, requests, bodies } = await upload('import');
		expect(error).toBeUndefined();
		expect(requests[0].headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
		expect(bodies).toEqual([sent]);
		expect(requests[0].bytes.includes(bytes)).toBe(true);
		expect(requests[0].bytes.toString()).toContain('\r\nContent-Type: text/csv\r\n');
		expect(requests[0].headers['content-length']).toBe(String(requests[0].bytes.length));
	});

	it('go as Base64 in JSON everywhere else', async () => {
		const { error, requests, bodies } = await upload('create');
		expect(error).toBeUndefined();
		expect(requests[0].headers['content-type']).toBe('application/json');
		expect(bodies).toEqual([sent]);
	});

	it.each(['import', 'create'])(
		'are sent again whole and with the same idempotency key after a failure: %s',
		async (operation) => {
			const { error, requests, bodies } = await upload(operation, (_, count) =>
				count < 3 ? { status: 503 } : { body: { data: { type: 'paper', id: 'pap_1' } } },
			);
			expect(error).toBeUndefined();
			expect(bodies).toEqual([sent, sent, sent]);
			const keys = requests.map(({ headers }) => headers['idempotency-key']);
			expect(new Set(keys).size).toBe(1);
		},
	);

	it.each(['import', 'create'])(
		'have the same key whenever their content and name are the same: %s',
		async (operation) => {
			const parameters = { options: { makeIdempotencyKey: 'fromContent' } };
			const getKey = async (data: string, executionId: string) => {
				const binary = [{ data: { ...csv, data } }];
				const { requests } = await upload(operation, undefined, {
					parameters,
					binary,
					executionId,
				});
				return requests[0].headers['idempotency-key'];
			};
			const [first, same, other] = [
				await getKey(csv.data, '1'),
				// The same bytes, written otherwise.
				await getKey(`${csv.data.slice(0, 4)}\n${csv.data.slice(4)}`, '2'),
				await getKey(Buffer.from('other').toString('base64'), '3'),
			];
			expect([same, other === first]).toEqual([first, false]);
		},
	);

	it.each(['text/csv\r\nX-Other: 1', 'text/csv\n', 'csv', ''])(
		'have no type that is none, or would end its header: %j',
		async (mimeType) => {
			const { requests } = await upload('import', undefined, {
				binary: [{ data: { ...csv, mimeType } }],
			});
			const text = requests[0].bytes.toString();
			expect(text).toContain('\r\nContent-Type: application/octet-stream\r\n\r\n');
			expect(text).not.toContain('X-Other');
		},
	);

	it.each([
		['that n8n no longer has', { ...csv, id: 'filesystem-v2:gone' }, 'n8n cannot read the file'],
		['without content and ID', { mimeType: 'text/csv', id: '' }, 'is not a file'],
	])('are refused by the label of the field before a request: one %s', async (_, data, problem) => {
		const { error, requests } = await upload('create', undefined, {
			binary: [{ data } as unknown as { data: typeof csv }],
		});
		expect(error?.message).toMatch(/^'File': /);
		expect(error?.message).toContain(problem);
		expect(requests).toEqual([]);
	});

	const buildUpload = (chunks: Buffer[], size: number) =>
		new FileUpload('a.bin', 'text/plain', { id: 'a', size: () => size, read: () => chunks });

	it.each([1, 2, 3, 4, 5, 7, 100])(
		'become the same Base64 in parts of %s bytes, whatever is around them',
		async (length) => {
			const content = Buffer.from(Array.from({ length: 100 }, (_, index) => index * 5));
			const chunks = Array.from({ length: Math.ceil(100 / length) }, (_, index) =>
				content.subarray(index * length, (index + 1) * length),
			);
			const files = [buildUpload(chunks, 100), buildUpload([content], 100)];
			const body = { a: 'ä"\\', files } as unknown as IDataObject;
			const expected = { data: content.toString('base64'), filename: 'a.bin' };
			expect(JSON.parse((await buildJsonBody(body)).bytes.toString())).toEqual({
				a: 'ä"\\',
				files: [expected, expected],
			});
		},
	);

	it('are refused if they have grown since n8n stored them', async () => {
		const body = { file: buildUpload([Buffer.alloc(13)], 10) } as unknown as IDataObject;
		await expect(buildJsonBody(body)).rejects.toThrow('it has changed while it was read');
	});
});
