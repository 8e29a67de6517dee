import type { IDataObject } from 'n8n-workflow';
import {
	fixtures,
	startSandbox,
	type Sandbox,
	type SandboxOptions,
} from '../../sandbox/sandbox.mts';
import { runNode } from '../support/runNode.mts';
import { toLocator } from '../support/fakeResource.mts';

const KEY = 'persona_sandbox_demo';

const people = (count: number): IDataObject[] =>
	Array.from({ length: count }, (_, index) => ({ person: `person-${index}` }));

// A machine that stands still for a moment misses the end of a window through no fault of the node.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

describe('pace', () => {
	let sandbox: Sandbox;

	afterEach(async () => await sandbox.close());

	const create = async (options: SandboxOptions, items: IDataObject[]) => {
		sandbox = await startSandbox(options);
		const template = toLocator(fixtures.inquiryTemplate);
		const start = Date.now();
		const outcome = await runNode({
			items,
			credentials: { apiKey: KEY, baseUrl: sandbox.apiUrl },
			parameters: {
				resource: 'inquiry',
				operation: 'create',
				inquiryTemplateId: template,
				additionalFields: { note: '={{ $json.person }}' },
			},
		});
		return { ...outcome, seconds: (Date.now() - start) / 1000 };
	};

	/** How many requests each window had; one opens with the first request after the last has ended. */
	const windows = (length: number) => {
		const counts: number[] = [];
		let end = 0;
		for (const { startedAt } of sandbox.control.requests) {
			if (startedAt >= end) {
				end = startedAt + length * 1000;
				counts.push(0);
			}
			counts[counts.length - 1]++;
		}
		return counts;
	};

	const statuses = () => sandbox.control.requests.map(({ status }) => status);

	it('gets 600 creates through a limit of 100 in 2 seconds in the six windows it dictates', async () => {
		const rateLimit = { maxRequests: 100, windowSeconds: 2 };
		const { items, error, seconds } = await create({ rateLimit }, people(600));
		expect(error).toBeUndefined();
		expect(new Set(items.map(({ json }) => json.id)).size).toBe(600);
		expect(items.map(({ json }) => json.note)).toEqual(people(600).map(({ person }) => person));
		const refused = statuses().filter((status) => status === 429).length;
		const used = windows(rateLimit.windowSeconds);
		console.info(`600 creates, 100 per 2 s: ${seconds.toFixed(2)} s, windows ${used.join(' ')}`);
		// Six windows of a hundred are what the limit dictates; the bench measures the seconds.
		expect(used).toEqual([100, 100, 100, 100, 100, 100]);
		expect(refused).toBe(0);
	}, 60_000);

	it('leaves the customer its share while a window is open and more is to come', async () => {
		const rateLimit = { maxRequests: 40, windowSeconds: 2 };
		const { error } = await create({ rateLimit }, people(70));
		expect(error).toBeUndefined();
		const [first] = sandbox.control.requests;
		const early = sandbox.control.requests.filter(
			({ startedAt }) => startedAt < first.startedAt + 700,
		);
		expect(early.length).toBeLessThanOrEqual(37);
	}, 30_000);

	it('makes one inquiry when the connection is cut after Persona stored it', async () => {
		sandbox = await startSandbox();
		sandbox.control.addFault({ method: 'POST', path: '/inquiries', kind: 'resetAfter', times: 1 });
		const { items, error } = await runNode({
			credentials: { apiKey: KEY, baseUrl: sandbox.apiUrl },
			parameters: {
				resource: 'inquiry',
				operation: 'create',
				inquiryTemplateId: toLocator(fixtures.inquiryTemplate),
			},
		});
		expect(error).toBeUndefined();
		expect(sandbox.control.requests).toHaveLength(2);
		const stored = sandbox.control.store.getCollection('inquiry').findAll();
		expect(stored.map(({ id }) => id)).toEqual([items[0].json.id]);
	});
});
