import type { IDataObject } from 'n8n-workflow';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { selectCredential, buildItemsNode, buildNode, runNodes } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

const ITEM_COUNT = 2_500;

/** Every 62nd row has a birthdate that Persona refuses: 40 of them. */
const isWrong = (index: number) => index % 62 === 61;

describe('batch jobs in n8n', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment();
	});
	afterAll(async () => await environment?.close());

	it('turn 2,500 items into three jobs, and 40 refused rows into the failed items they came from', async () => {
		const { control } = environment.sandbox;
		const people = Array.from({ length: ITEM_COUNT }, (_, index) => ({
			json: { customer: `user-${index}`, birthdate: isWrong(index) ? 'unknown' : '1994-04-12' },
		}));
		const { runs, status } = await runNodes(
			environment,
			buildItemsNode('People', people),
			buildNode(
				'n8n-nodes-persona.persona',
				'Persona',
				{
					resource: 'batchJob',
					operation: 'create',
					jobType: 'upsertAccounts',
					rowsReferenceId: '={{ $json.customer }}',
					accountTypeId: fixtures.accountType,
					rowsFieldsMode: 'json',
					rowsFields: '={{ { name_first: "Jane", birthdate: $json.birthdate } }}',
				},
				{ ...selectCredential(environment), onError: 'continueErrorOutput' },
			),
		);
		expect(status).toBe('success');
		const [jobs, failed] = runs.Persona[0].data?.main ?? [];
		const created = jobs?.map(({ json }) => (json.runData as IDataObject).createdCount);
		expect(created).toEqual([984, 984, 492]);
		expect(jobs?.map(({ json }) => json.status)).toEqual(['completed', 'completed', 'completed']);
		const wrongIndexes = people.flatMap((_, index) => (isWrong(index) ? [index] : []));
		expect(failed?.map(({ pairedItem }) => pairedItem)).toEqual(
			wrongIndexes.map((item) => expect.objectContaining({ item }) as object),
		);
		expect(failed).toHaveLength(40);
		for (const { json } of failed ?? []) {
			expect(json.error).toBe('Persona refused this row: birthdate must be a date as YYYY-MM-DD');
		}
		const posts = control.requests.filter(({ method }) => method === 'POST');
		expect(posts.map(({ path }) => path)).toEqual(Array(3).fill('/api/v1/batch-jobs'));
		expect(control.store.getCollection('account').findAll(() => true)).toHaveLength(2_460);
	}, 120_000);
});
