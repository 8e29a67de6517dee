import type { INodeParameters } from 'n8n-workflow';
import { changesData } from '../../nodes/Persona/transport/apiRequest.ts';
import { DEFAULT_RETRY_POLICY } from '../../nodes/Persona/transport/retryPolicies.ts';
import {
	FOREIGN,
	LOST,
	startBrokenServer,
	UNUSUAL,
	type BrokenRequest,
	type BrokenServer,
	type ChooseAnswer,
	type SendAnswer,
} from '../support/brokenServer.mts';
import { fillAllOperations, type FilledOperation } from '../support/completeParameters.mts';
import { runNode } from '../support/runNode.mts';
import { sampleFiles } from '../support/sampleFiles.mts';
import { useVirtualClock } from '../support/virtualClock.mts';
import { API_KEY, ContractFixtures } from './contractFixtures.mts';
import { pickRequired, prepareParameters } from './prerequisites.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

useVirtualClock();

/** How long nothing comes before an answer counts as lost, in milliseconds, where one is lost. */
const IDLE_MS = 150;

/** One of each row: what differs between its variants is not how it is sent. */
const operations = fillAllOperations().filter(
	({ row }, index, all) => all.findIndex((other) => other.row === row) === index,
);

/** What an answer is read as depends on these alone, so that rows with the same share the faults. */
const getKind = ({ row: { route, returns, prepare } }: FilledOperation) =>
	[route.split(' ')[0], returns, prepare && 'prepared'].join(' ');

/** Each row, with the number of those before it of the same kind. */
const rows = operations.map((operation, index) => {
	const earlier = operations.slice(0, index).filter((o) => getKind(o) === getKind(operation));
	return [operation.name, operation, earlier.length] as const;
});

const isWrite = ({ method, path }: BrokenRequest) =>
	changesData({ method: method as 'GET', path: path.split('?')[0] });

const pick = (answers: Record<string, SendAnswer>, turn: number): SendAnswer => {
	const all = Object.values(answers);
	return all[turn % all.length];
};

/** How many different requests have changed something: a repeated one has the same key and content. */
const countWrites = (requests: BrokenRequest[]) =>
	new Set(
		requests
			.filter(isWrite)
			.map(
				({ method, path, body, idempotencyKey }) => idempotencyKey ?? [method, path, body].join(),
			),
	).size;

/** It lists requests, those of this test among them. */
const LISTS_REQUESTS = 'apiLog.getAll';

describe('every operation', () => {
	let fixtures: ContractFixtures;
	let server: BrokenServer;

	beforeAll(async () => {
		fixtures = await ContractFixtures.start();
		const { url, filesUrl } = fixtures.sandbox;
		server = await startBrokenServer(url, filesUrl);
	});

	afterAll(async () => {
		await server.stop();
		await fixtures.close();
	});

	async function run(operation: FilledOperation, choose: ChooseAnswer) {
		fixtures.sandbox.control.reset();
		const parameters: INodeParameters = await prepareParameters(
			{ ...operation, parameters: pickRequired(operation) },
			fixtures,
		);
		server.choose = choose;
		server.requests = [];
		const { items, error } = await runNode({
			parameters,
			items: [fixtures.item],
			binary: [sampleFiles],
			credentials: { baseUrl: server.baseUrl, apiKey: API_KEY },
		});
		const text = [error?.message, error?.description, JSON.stringify(items)].join(' ');
		return { items, error, text, requests: server.requests };
	}

	it.each(rows)('%s', async (name, operation, turn) => {
		const whole = await run(operation, (_, attempt) => pick(UNUSUAL, turn + attempt));
		expect(whole.error).toBeUndefined();
		// Nothing is asked twice because of how it is answered.
		const keys = whole.requests.flatMap(({ idempotencyKey }) => idempotencyKey ?? []);
		expect(new Set(keys).size).toBe(keys.length);
		const sent = countWrites(whole.requests);

		jest.replaceProperty(DEFAULT_RETRY_POLICY, 'timeoutMs', IDLE_MS);
		const lost = await run(operation, (_, attempt) =>
			attempt === 1 ? pick(LOST, turn) : undefined,
		);
		expect([lost.error?.message, lost.error?.description]).toEqual([undefined, undefined]);
		if (name !== LISTS_REQUESTS) expect(lost.items).toHaveLength(whole.items.length);
		expect(countWrites(lost.requests)).toBe(sent);

		const [answers, sentence] =
			turn % 2 === 0
				? ([LOST, /Persona did not respond|could not be|not respond/] as const)
				: ([FOREIGN, /is not Persona's/] as const);
		const broken = await run(operation, (request) =>
			sent === 0 || isWrite(request) ? pick(answers, Math.floor(turn / 2)) : undefined,
		);
		const isFound =
			broken.error === undefined && broken.requests.some(({ method }) => method === 'DELETE');
		if (!isFound) expect(broken.text).toMatch(sentence);
		if (!isFound && sent > 0) expect(broken.text).toMatch(/may have been (carried out|made)/);
		expect(broken.text).not.toMatch(/call stack|undefined|\[object/);
		expect(countWrites(broken.requests)).toBeLessThanOrEqual(sent);
	});
});
