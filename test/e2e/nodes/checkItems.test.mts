import type { IDataObject, INode } from 'n8n-workflow';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { buildIdLocator, buildNode, runNodes, selectCredential } from '../buildNode.mts';
import {
	buildCredentialData,
	startTestEnvironment,
	type TestEnvironment,
} from '../testEnvironment.mts';

/** Rows of people, of whom one has a quote in the name, as text that becomes JSON. */
const PEOPLE = `return Array.from({ length: 200 }, (_, row) => ({
	json: { row, name: row === 57 ? 'Jane "JD" Doe' : 'Jane Doe' },
}));`;

describe('200 items of which one has an error', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		const rateLimit = { maxRequests: 100_000, windowSeconds: 60 };
		environment = await startTestEnvironment({ rateLimit });
	});
	beforeEach(() => environment.sandbox.control.reset());
	afterAll(async () => await environment?.close());

	const countCreated = () =>
		environment.sandbox.control.requests.filter(
			({ method, path }) => method === 'POST' && path.endsWith('/inquiries'),
		).length;

	async function createInquiries(more: Partial<INode> = {}, parameters: IDataObject = {}) {
		const { runs, status, error } = await runNodes(
			environment,
			buildNode('n8n-nodes-base.code', 'People', { jsCode: PEOPLE }, { typeVersion: 2 }),
			buildNode(
				'n8n-nodes-persona.persona',
				'Persona',
				{
					...{ resource: 'inquiry', operation: 'create', autoCreateOneTimeLink: true },
					inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
					output: 'allFields',
					fieldsMode: 'json',
					fields: '={"name-first": "{{ $json.name }}"}',
					additionalFields: { note: '=row {{ $json.row }}' },
					...parameters,
				},
				{ ...selectCredential(environment), ...more },
			),
		);
		return { status, error, outputs: runs.Persona?.[0].data?.main ?? [], runs };
	}

	it('creates no inquiry, and the error says so', async () => {
		const { status, runs } = await createInquiries();
		expect([status, countCreated()]).toEqual(['error', 0]);
		expect(runs.Persona[0].error).toMatchObject({
			message:
				"Nothing was sent to Persona: 1 of 200 items has an error. Item 57 (counted from 0): 'Fields' is not valid JSON",
			context: { itemIndex: 57 },
		});
	});

	it('creates the other 199 with Continue On Fail, and the error is in its place', async () => {
		const { status, outputs } = await createInquiries({ onError: 'continueRegularOutput' });
		expect([status, countCreated()]).toEqual(['success', 199]);
		const [items] = outputs;
		expect(items?.map(({ json }) => json.note ?? json.error)).toEqual(
			Array.from({ length: 200 }, (_, row) =>
				row === 57 ? "'Fields' is not valid JSON" : `row ${row}`,
			),
		);
		expect(items?.every(({ json }) => json.error !== undefined || json.oneTimeLink)).toBe(true);
	});

	it('sends it alone to the error output, with its input data', async () => {
		const { outputs } = await createInquiries({ onError: 'continueErrorOutput' });
		expect(outputs.map((items) => items?.length)).toEqual([199, 1]);
		expect(outputs[1]?.[0].json).toMatchObject({ row: 57, error: "'Fields' is not valid JSON" });
	});

	it('creates each inquiry once, however often it runs, with a key from the content', async () => {
		const run = async () =>
			await createInquiries(
				{ onError: 'continueErrorOutput' },
				{ options: { makeIdempotencyKey: 'fromContent' } },
			);
		const countInquiries = () => environment.sandbox.control.store.getCollection('inquiry').size;
		const before = countInquiries();
		const [first, second] = [await run(), await run()].map(({ outputs }) =>
			outputs[0]?.map(({ json }) => json.id),
		);
		expect(second).toEqual(first);
		expect(countInquiries()).toBe(before + 199);
	});

	it('creates none that waits for a person who could not return to this n8n', async () => {
		const { client, sandbox } = environment;
		const { id, name } = await client.createCredential({
			...{ name: 'Elsewhere', type: 'personaApi' },
			data: { ...buildCredentialData(sandbox), baseUrl: 'https://persona.invalid/api/v1' },
		});
		const { runs } = await createInquiries(
			{ credentials: { personaApi: { id, name } } },
			{ operation: 'createAndWait', fields: '{}' },
		);
		expect(runs.Persona[0].error?.message).toContain('Persona cannot reach this n8n at');
		expect(runs.Persona[0].error?.description).toContain('N8N_WEBHOOK_URL');
	});
});
