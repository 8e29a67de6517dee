import type { IDataObject, INodeParameters } from 'n8n-workflow';
import versions from '../../tools/docs/apiVersions.json';
import { isObject, parameterName } from '../../nodes/Persona/engine/values.ts';
import { runNode } from '../support/engine.mts';
import { sampleFiles } from '../support/sampleFiles.mts';
import { allFillings, type Filling } from '../support/completeParameters.mts';
import { ABSENT, descriptionPath, loadDescription } from './description.mts';
import { differences, informed, outputSchema, type OutputSchema } from './outputSchema.mts';
import { loadPrism, type Exchange, type Judge } from './prism.mts';
import { essential, prepared } from './prerequisites.mts';
import { startRecorder, type Recorder } from './recorder.mts';
import { readSchema, schemaRows, writeSchemas } from './schemaFiles.mts';
import { KEY, World } from './contractFixtures.mts';

const known = descriptionPath() !== undefined;

const fillings = allFillings().map((filling) => [filling.name, filling] as const);

/** The version of the API that the description is of, and the one before it. */
const [CURRENT, BEFORE] = ['2025-12-08', '2025-10-27'];

const optionsOf = ({ parameters }: Filling) => (parameters.options ?? {}) as INodeParameters;

const resourceOf = (row: string) => row.split('.')[0];

/** Persona declares every attribute as required, also where fewer are asked for. */
const fewer = (violation: string) => /^response: .*must have required property/.test(violation);

/** Some typed routes declare `include`, but not the member in which the answer then has the objects. */
const undeclared = (violation: string) =>
	violation === "response: Response body must NOT have additional properties; found 'included'";

/** An item without the objects that were included in it, as it is when none are asked for. */
function bare(item: IDataObject, filling: Filling): IDataObject {
	const include = (optionsOf(filling).include ?? []) as string[];
	const names = include.map((name) => parameterName(name));
	const isIncluded = ([name, value]: [string, unknown]) =>
		names.includes(name) && [value].flat().every((one) => isObject(one) && 'type' in one);
	return Object.fromEntries(Object.entries(item).filter((entry) => !isIncluded(entry)));
}

(known ? describe : describe.skip)(known ? 'rows' : `rows (${ABSENT})`, () => {
	let world: World;
	let judge: Judge;
	let recorder: Recorder;
	const seen: Record<string, IDataObject[]> = {};

	beforeAll(async () => {
		world = await World.start();
		recorder = await startRecorder(world.sandbox.apiUrl);
		judge = await loadPrism(loadDescription());
	});

	afterAll(async () => {
		await recorder?.close();
		await world?.close();
	});

	/** Runs the node and gives what went over the wire; its violations start with the request. */
	async function run(filling: Filling, apiVersion = CURRENT) {
		const parameters = await prepared(filling, world);
		recorder.take();
		const credentials = { apiKey: KEY, baseUrl: recorder.baseUrl, apiVersion };
		const { items, error } = await runNode({
			parameters,
			credentials,
			binary: [sampleFiles],
			// With the same one the sandbox would repeat what it answered for another version.
			executionId: apiVersion,
		});
		const exchanges = recorder.take();
		const violations = (await Promise.all(exchanges.map(violationsOf))).flat();
		return { items, error, exchanges, violations };
	}

	async function violationsOf(exchange: Exchange) {
		const { method, path, query } = exchange.request;
		const violations = await judge.violations(exchange);
		const sparse = Object.keys(query).some((name) => name.startsWith('fields['));
		const found = violations.filter(
			(one) => !('include' in query && undeclared(one)) && !(sparse && fewer(one)),
		);
		return found.map((violation) => `${violation} (${method} ${path})`);
	}

	async function expectToWork(filling: Filling) {
		const { items, error, exchanges, violations } = await run(filling);
		expect({ violations, error: error && [error.message, error.description] }).toEqual({
			violations: [],
			error: undefined,
		});
		expect(exchanges.length).toBeGreaterThan(0);
		expect(items.length).toBeGreaterThan(0);
		const [row] = filling.name.split(' ');
		(seen[row] ??= []).push(...items.map(({ json }) => bare(json, filling)));
	}

	it.each(fillings)('of %s with every field keep to the description', async (_, filling) => {
		const { fieldsToReturn: _fields, ...options } = optionsOf(filling);
		await expectToWork({ ...filling, parameters: { ...filling.parameters, options } });
	});

	it.each(fillings)('of %s with what is required alone keep to it', async (_, filling) => {
		await expectToWork({ ...filling, parameters: essential(filling) });
	});

	it(`differ for API version ${BEFORE} where the documentation says so`, async () => {
		const differing = new Set<string>();
		for (const [, filling] of fillings) {
			const [row] = filling.name.split(' ');
			const least = { ...filling, parameters: essential(filling) };
			const { error, violations, exchanges } = await run(least, BEFORE);
			expect([filling.name, error]).toEqual([filling.name, undefined]);
			const asked = exchanges.map(({ request }) => request.headers['persona-version']);
			expect(new Set(asked)).toEqual(new Set([BEFORE]));
			if (violations.length > 0) differing.add(row);
		}
		console.log(`Different for ${BEFORE}: ${[...differing].sort().join(', ')}`);
		const [{ rows }] = versions.filter(({ version }) => version === BEFORE);
		expect([...differing].sort()).toEqual(rows);
	}, 120_000);

	it.each(
		fillings.filter(
			([, { row }]) => row.route.startsWith('GET') && !row.plain && !row.returns.startsWith('file'),
		),
	)('of %s ask for attributes as the description has it', async (_, filling) => {
		const fields = { fieldsToReturn: 'created-at, status' };
		const parameters = { ...essential(filling), options: fields };
		const { error, exchanges, violations } = await run({ ...filling, parameters });
		expect(error).toBeUndefined();
		const [{ query }] = exchanges.map(({ request }) => request);
		expect(Object.keys(query)).toContainEqual(expect.stringMatching(/^fields\[.+\]$/));
		expect(violations.filter((violation) => !fewer(violation))).toEqual([]);
	});

	it('put out what the schemas for the editor say', () => {
		const schemas = Object.fromEntries(
			Object.entries(seen).map(([row, items]) => {
				const alike = Object.entries(seen).filter(
					([other]) => resourceOf(other) === resourceOf(row),
				);
				const ofResource = outputSchema(alike.flatMap(([, others]) => others));
				return [row, informed(outputSchema(items), ofResource)];
			}),
		);
		if (process.env.UPDATE_SCHEMAS === '1') writeSchemas(schemas);
		expect(schemaRows().sort()).toEqual(Object.keys(schemas).sort());
		const found = Object.entries<OutputSchema>(schemas).flatMap(([row, schema]) =>
			differences(readSchema(row), schema).map((difference) => `${row}: ${difference}`),
		);
		expect(found).toEqual([]);
	});

	it('are caught when they ask for what Persona does not know', async () => {
		const answer = await fetch(`${recorder.baseUrl}/inquiries?filter[state]=approved`, {
			headers: { authorization: `Bearer ${KEY}` },
		});
		expect(answer.status).toBe(400);
		const violations = await Promise.all(recorder.take().map(violationsOf));
		expect(violations.flat()).toContainEqual(
			expect.stringContaining("Query parameter 'filter[state]' is not declared"),
		);
	});

	it('are caught when they are answered as Persona does not answer', async () => {
		world.sandbox.control.fault({
			path: '/rate-limits',
			kind: 'status',
			status: 200,
			body: { data: [{ type: 'rate-limit/api', attributes: { limit: 'many' } }] },
		});
		const parameters = { resource: 'rateLimit', operation: 'get' };
		const [, filling] = fillings[0];
		const { violations } = await run({ ...filling, name: 'rateLimit.get', parameters });
		expect(violations).toContainEqual(
			'response: Response body property data.0.attributes.limit must be integer (GET /rate-limits)',
		);
	});
});
