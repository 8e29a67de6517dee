import type { IDataObject } from 'n8n-workflow';
import { fixtures, startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';
import { toLocator } from '../support/fakeResource.mts';
import { runNode } from '../support/runNode.mts';

const WINDOW_SECONDS = 4;

// In real time a busy machine may be late for a window, which is not the fault of the node.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

describe('rate limit of the sandbox', () => {
	let sandbox: Sandbox;

	afterEach(async () => await sandbox.close());

	const create = async (maxRequests: number, items: IDataObject[]) => {
		sandbox = await startSandbox({ rateLimit: { maxRequests, windowSeconds: WINDOW_SECONDS } });
		return await runNode({
			items,
			credentials: { apiKey: 'persona_sandbox_demo', baseUrl: sandbox.apiUrl },
			parameters: {
				resource: 'inquiry',
				operation: 'create',
				output: 'allFields',
				inquiryTemplateId: toLocator(fixtures.inquiryTemplate),
				additionalFields: { note: '={{ $json.person }}' },
			},
		});
	};

	const buildPeople = (count: number): IDataObject[] =>
		Array.from({ length: count }, (_, index) => ({ person: `person-${index}` }));

	/**
	 * How many requests each window had; one opens with the first request after the last has ended.
	 */
	const countByWindow = () => {
		const counts: number[] = [];
		let windowEnd = 0;
		for (const { startedAt } of sandbox.control.requests) {
			if (startedAt >= windowEnd) {
				windowEnd = startedAt + WINDOW_SECONDS * 1000;
				counts.push(0);
			}
			counts[counts.length - 1]++;
		}
		return counts;
	};

	it('of 100 in 4 seconds lets 400 creates through, and refuses none', async () => {
		const { items, error } = await create(100, buildPeople(400));
		expect(error).toBeUndefined();
		expect(new Set(items.map(({ json }) => json.id)).size).toBe(400);
		expect(items.map(({ json }) => json.note)).toEqual(
			buildPeople(400).map(({ person }) => person),
		);
		// A busy machine may miss the end of a window and need one more; that none is wasted is tested
		// with a clock that waits for the machine.
		expect(Math.max(...countByWindow())).toBe(100);
		expect(sandbox.control.requests.filter(({ status }) => status === 429)).toEqual([]);
	}, 60_000);

	it('keeps a share for the customer while a window is open and more is to come', async () => {
		const { error } = await create(40, buildPeople(70));
		expect(error).toBeUndefined();
		const [first] = sandbox.control.requests;
		const early = sandbox.control.requests.filter(
			({ startedAt }) => startedAt < first.startedAt + 700,
		);
		expect(early.length).toBeLessThanOrEqual(37);
	}, 30_000);
});
