import type { IDataObject } from 'n8n-workflow';
import { delay } from '../../../nodes/Persona/utils/delay.ts';
import { parseCsv } from '../../../sandbox/domain/imports/csv.mts';
import { parseForm } from '../../../sandbox/http/parseForm.mts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../../tools/services/requestRecorder.mts';
import { useVirtualClock } from '../../support/virtualClock.mts';
import { runAddMany, toLocator } from './runAddMany.mts';
import { buildDuration } from '../../support/buildDuration.mts';

jest.mock('../../../nodes/Persona/utils/delay.ts');

const realDelay = jest.requireActual<{ delay: typeof delay }>(
	'../../../nodes/Persona/utils/delay.ts',
).delay;

describe('a bulk import', () => {
	let server: RequestRecorder;
	let statuses: string[];

	beforeAll(async () => {
		server = await startRequestRecorder(() => ({
			body: {
				data: {
					type: 'importer/list-item/ip-address',
					id: 'mprt_1',
					attributes: {
						status: statuses.length > 1 ? statuses.shift() : statuses[0],
						'successful-count': 1,
						'duplicate-count': 0,
						'error-count': 1,
					},
				},
			},
		}));
	});
	beforeEach(() => void (server.requests.length = 0));
	afterAll(async () => await server.stop());

	const runImport = async (
		waitAtMost: number,
		items: IDataObject[] = [{ value: '203.0.113.0/24' }],
	) =>
		await runAddMany(
			server.baseUrl,
			{
				listType: 'ipAddress',
				listId: toLocator('lst_1'),
				value: '={{ $json.value }}',
				options: { importFrom: 1, waitAtMost: buildDuration(waitAtMost, 'seconds') },
			},
			items,
		);

	const clock = useVirtualClock();

	it('is sent as a CSV file with the columns that Persona knows', async () => {
		statuses = ['ready'];
		const items = [
			{ first: 'Jane', last: 'Doe' },
			{ first: 'a,"b"\n c', last: '-' },
		];
		await runAddMany(
			server.baseUrl,
			{
				...{ listType: 'name', listId: toLocator('lst_1'), options: { importFrom: 1 } },
				...{ nameFirst: '={{ $json.first }}', nameLast: '={{ $json.last }}' },
			},
			items,
		);
		const [{ path, bytes: sent, headers }] = server.requests;
		expect(path).toBe('/importer/list-item/names');
		const { data } = await parseForm(sent, String(headers['content-type']));
		const { attributes } = data as { attributes: { file: { data: string } } };
		expect(attributes).toMatchObject({ 'list-id': 'lst_1', file: { filename: 'list-items.csv' } });
		const bytes = Buffer.from(attributes.file.data, 'base64');
		expect(bytes.toString()).toBe('name_first,name_last\r\nJane,Doe\r\n"a,""b""\n c",-\r\n');
		expect(parseCsv(bytes).records).toEqual([
			{ name_first: 'Jane', name_last: 'Doe' },
			{ name_first: 'a,"b"\n c', name_last: '-' },
		]);
	});

	it('is polled until it is done', async () => {
		statuses = ['pending', 'pending', 'ready'];
		const { items, error } = await runImport(5);
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ importerId: 'mprt_1', added: 1, refused: 1 });
		const requests = server.requests.map(({ method, path }) => `${method} ${path}`);
		expect(requests.slice(1)).toEqual(['GET /importers/mprt_1', 'GET /importers/mprt_1']);
		expect(clock.waitsMs).toEqual([1_000, 1_000]);
	});

	it('fails with its ID where it is not done in time', async () => {
		statuses = ['pending'];
		const { error } = await runImport(1);
		expect(error?.message).toBe("Import mprt_1 is still 'pending' after 1 second");
	});

	it('fails with its counts where it ends with an error', async () => {
		statuses = ['errored'];
		const { error } = await runImport(5);
		expect(error?.message).toBe('Import mprt_1 ended with an error');
		expect(error?.description).toContain('Of 1 values 1 were added');
	});

	it('is not polled any more once the user stops the execution', async () => {
		statuses = ['pending'];
		jest.mocked(delay).mockImplementation(realDelay);
		const startedAt = Date.now();
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 300);
		await runAddMany(
			server.baseUrl,
			{
				listType: 'ipAddress',
				listId: toLocator('lst_1'),
				value: '203.0.113.42',
				options: { importFrom: 1 },
			},
			[{}],
			{ signal: stop.signal },
		);
		await realDelay(900);
		expect(Date.now() - startedAt).toBeLessThan(5000);
		expect(server.requests).toHaveLength(1);
	});
});
