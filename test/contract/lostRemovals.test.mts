import type { INodeParameters } from 'n8n-workflow';
import { fillAllOperations, type FilledOperation } from '../support/completeParameters.mts';
import { runNode } from '../support/runNode.mts';
import { useVirtualClock } from '../support/virtualClock.mts';
import { API_KEY, ContractFixtures } from './contractFixtures.mts';
import { pickRequired, prepareParameters } from './prerequisites.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

useVirtualClock();

const removals = fillAllOperations().filter(({ row }) => row.route.startsWith('DELETE '));

const cases = removals.map((operation) => [operation.name, operation] as const);

describe('a removal whose answer is lost', () => {
	let fixtures: ContractFixtures;

	beforeAll(async () => {
		fixtures = await ContractFixtures.start();
	});

	beforeEach(() => {
		fixtures.sandbox.control.reset();
	});

	afterAll(async () => {
		await fixtures.close();
	});

	const prepare = async (operation: FilledOperation): Promise<INodeParameters> =>
		await prepareParameters({ ...operation, parameters: pickRequired(operation) }, fixtures);

	async function run(parameters: INodeParameters) {
		return await runNode({
			parameters,
			credentials: { baseUrl: fixtures.sandbox.apiUrl, apiKey: API_KEY },
		});
	}

	const removeInquiry = async () =>
		await prepare(removals.find(({ row }) => row.route.includes('/inquiries/'))!);

	it.each(cases)('is made once, and its object returned: %s', async (_, operation) => {
		const whole = await run(await prepare(operation));
		const lost = await prepare(operation);
		fixtures.sandbox.control.addFault({ method: 'DELETE', kind: 'resetAfter' });
		const { items, error } = await run(lost);
		expect(error).toBeUndefined();
		expect(Object.keys(items[0].json)).toEqual(Object.keys(whole.items[0].json));
	});

	it.each(['truncate', 'statusAfter'] as const)('is found by reading: %s', async (kind) => {
		const parameters = await removeInquiry();
		fixtures.sandbox.control.addFault({ method: 'DELETE', kind, times: 2 });
		const { items, error } = await run({ ...parameters, output: 'allFields' });
		expect(error).toBeUndefined();
		expect(items[0].json.redactedAt).toEqual(expect.any(String));
	});

	it('is not known where the object cannot be read', async () => {
		const parameters = await removeInquiry();
		fixtures.sandbox.control.addFault({ method: 'DELETE', kind: 'resetAfter' });
		fixtures.sandbox.control.addFault({ method: 'GET', kind: 'status', status: 403 });
		const { error } = await run(parameters);
		expect(error?.message).toBe('It is not known whether this was done');
		expect(error?.description).toContain('already redacted. Persona did not answer one attempt');
	});

	it('is refused where each attempt was answered', async () => {
		const parameters = await removeInquiry();
		await run(parameters);
		fixtures.sandbox.control.addFault({ method: 'DELETE', kind: 'status', status: 429 });
		const { error } = await run(parameters);
		expect(error?.message).toBe('The object is not in a state that allows this');
	});

	it('that never gets an answer says that a second one is refused', async () => {
		const parameters = await removeInquiry();
		fixtures.sandbox.control.addFault({ method: 'DELETE', kind: 'resetAfter', times: 99 });
		const { error } = await run(parameters);
		expect(error?.description).toContain('if it was made, Persona refuses to make it twice');
	});
});
