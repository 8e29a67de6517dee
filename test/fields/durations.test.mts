import type { INodeParameters } from 'n8n-workflow';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { runNode } from '../support/runNode.mts';

describe('a duration', () => {
	let recorder: RequestRecorder;

	beforeAll(async () => {
		recorder = await startRequestRecorder(() => ({
			body: { data: { type: 'thing', id: 'thg_1' } },
		}));
	});
	beforeEach(() => void (recorder.requests.length = 0));
	afterAll(async () => await recorder.stop());

	const run = async (parameters: INodeParameters, items = [{}]) => {
		const { error } = await runNode({
			parameters,
			items,
			credentials: { baseUrl: recorder.baseUrl },
		});
		const sent = recorder.requests.map(({ body }) => body as Record<string, INodeParameters>);
		return { message: error?.message, description: error?.description, sent };
	};

	const createToken = (duration: INodeParameters): INodeParameters => ({
		...{ resource: 'shareToken', operation: 'create', sourceId: 'inq_1' },
		connectionId: { __rl: true, mode: 'id', value: 'cxn_1' },
		additionalFields: { expiresIn: { duration } },
	});

	it.each<[INodeParameters, number]>([
		[{ amount: 90, unit: 'seconds' }, 90],
		[{ amount: 1.1, unit: 'hours' }, 3_960],
		[{ amount: 0.1, unit: 'days' }, 8_640],
		[{ amount: '={{ "2" }}', unit: '={{ "minutes" }}' }, 120],
		[{ amount: 1, unit: 'minutes' }, 60],
		[{ amount: 21, unit: 'days' }, 1_814_400],
	])('of %j is sent as %d seconds', async (duration, seconds) => {
		const { message, sent } = await run(createToken(duration));
		expect([message, sent.length]).toEqual([undefined, 1]);
		expect(sent[0].data).toMatchObject({ attributes: { 'expires-in-seconds': seconds } });
	});

	it.each<[INodeParameters, string, string]>([
		[{ amount: 22, unit: 'days' }, 'is out of range', 'It must be at most 21 days.'],
		[{ amount: 505, unit: 'hours' }, 'is out of range', 'It must be at most 504 hours.'],
		[{ amount: 0.01, unit: 'hours' }, 'is out of range', 'It must be at least 1 minute.'],
		[{ amount: 30, unit: 'seconds' }, 'is out of range', 'It must be at least 60 seconds.'],
		[
			{ amount: 0.3333, unit: 'hours' },
			'is not a whole number of seconds',
			'Use a smaller unit, or round the number.',
		],
		[
			{ amount: 2, unit: '={{ "weeks" }}' },
			'has an unknown unit',
			'It can be days, hours, minutes, seconds.',
		],
		[
			{ amount: '={{ "2 days" }}', unit: 'days' },
			'must be a number',
			'Use digits, with a point for decimals.',
		],
		[
			{ amount: '={{ $json.nothing }}', unit: 'days' },
			'is empty',
			'Enter a value, or remove the field.',
		],
	])('of %j is refused in one sentence', async (duration, problem, fix) => {
		const { message, description, sent } = await run(createToken(duration));
		expect([message, description, sent]).toEqual([`'Expires In' ${problem}`, fix, []]);
	});

	it('that is shown directly has its unit beside it', async () => {
		const webhook = { resource: 'webhook', operation: 'rotateSecret', webhookId: 'wbh_1' };
		await run({ ...webhook, expiresIn: '={{ $json.hours }}', expiresInUnit: 'hours' }, [
			{ hours: 2 },
		]);
		await run(webhook);
		expect(recorder.requests.map(({ body }) => body)).toEqual([
			{ meta: { 'expires-in-seconds': 7_200 } },
			{ meta: { 'expires-in-seconds': 86_400 } },
		]);
		const { message } = await run({ ...webhook, expiresIn: 1, expiresInUnit: '={{ "weeks" }}' });
		expect(message).toBe("'Overlap' has an unknown unit");
	});
});
