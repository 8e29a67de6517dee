import type { IDataObject, INodeParameters } from 'n8n-workflow';
import versions from '../../tools/docs/apiVersions.json';
import { isPlainObject, toParameterName } from '../../nodes/Persona/engine/values.ts';
import { runNode } from '../support/runNode.mts';
import { sampleFiles } from '../support/sampleFiles.mts';
import { fillAllOperations, type FilledOperation } from '../support/completeParameters.mts';
import { ABSENT, findOpenApi, loadOpenApi } from './loadOpenApi.mts';
import {
	findSchemaDifferences,
	fillUnknownTypes,
	buildOutputSchema,
	type OutputSchema,
} from './outputSchema.mts';
import { loadPrism, type HttpExchange, type ExchangeValidator } from './prism.mts';
import { pickRequired, prepareParameters } from './prerequisites.mts';
import { startRecorder, type Recorder } from './recorder.mts';
import { readSchema, listSchemaRows, writeSchemas } from './outputSchemaFiles.mts';
import { API_KEY, ContractFixtures } from './contractFixtures.mts';

const known = findOpenApi() !== undefined;

const fillings = fillAllOperations().map((filling) => [filling.name, filling] as const);

/** The version of the API that the description is of, and the one before it. */
const [CURRENT, BEFORE] = ['2025-12-08', '2025-10-27'];

const getOptions = ({ parameters }: FilledOperation) =>
	(parameters.options ?? {}) as INodeParameters;

const getResource = (row: string) => row.split('.')[0];

/** Persona declares every attribute as required, also where fewer are asked for. */
const isMissingProperty = (violation: string) =>
	/^response: .*must have required property/.test(violation);

/** Some typed routes declare `include`, but not the member in which the answer then has the objects. */
const isUndeclaredInclude = (violation: string) =>
	violation === "response: Response body must NOT have additional properties; found 'included'";

/** An item without the objects that were included in it, as it is when none are asked for. */
function removeIncluded(item: IDataObject, filling: FilledOperation): IDataObject {
	const include = (getOptions(filling).include ?? []) as string[];
	const names = include.map((name) => toParameterName(name));
	const isIncluded = ([name, value]: [string, unknown]) =>
		names.includes(name) && [value].flat().every((one) => isPlainObject(one) && 'type' in one);
	return Object.fromEntries(Object.entries(item).filter((entry) => !isIncluded(entry)));
}

(known ? describe : describe.skip)(known ? 'rows' : `rows (${ABSENT})`, () => {
	let world: ContractFixtures;
	let judge: ExchangeValidator;
	let recorder: Recorder;
	const seen: Record<string, IDataObject[]> = {};

	beforeAll(async () => {
		world = await ContractFixtures.start();
		recorder = await startRecorder(world.sandbox.apiUrl);
		judge = await loadPrism(loadOpenApi());
	});

	afterAll(async () => {
		await recorder?.close();
		await world?.close();
	});

	/** Runs the node and gives what went over the wire; its violations start with the request. */
	async function run(filling: FilledOperation, apiVersion = CURRENT) {
		const parameters = await prepareParameters(filling, world);
		recorder.take();
		const credentials = { apiKey: API_KEY, baseUrl: recorder.baseUrl, apiVersion };
		const { items, error } = await runNode({
			parameters,
			credentials,
			binary: [sampleFiles],
			// With the same one the sandbox would repeat what it answered for another version.
			executionId: apiVersion,
		});
		const exchanges = recorder.take();
		const violations = (await Promise.all(exchanges.map(findViolations))).flat();
		return { items, error, exchanges, violations };
	}

	async function findViolations(exchange: HttpExchange) {
		const { method, path, query } = exchange.request;
		const violations = await judge.validate(exchange);
		const sparse = Object.keys(query).some((name) => name.startsWith('fields['));
		const found = violations.filter(
			(one) =>
				!('include' in query && isUndeclaredInclude(one)) && !(sparse && isMissingProperty(one)),
		);
		return found.map((violation) => `${violation} (${method} ${path})`);
	}

	async function expectValid(filling: FilledOperation) {
		const { items, error, exchanges, violations } = await run(filling);
		expect({ violations, error: error && [error.message, error.description] }).toEqual({
			violations: [],
			error: undefined,
		});
		expect(exchanges.length).toBeGreaterThan(0);
		expect(items.length).toBeGreaterThan(0);
		const [row] = filling.name.split(' ');
		(seen[row] ??= []).push(...items.map(({ json }) => removeIncluded(json, filling)));
	}

	it.each(fillings)('of %s with every field keep to the description', async (_, filling) => {
		const { fieldsToReturn: _fields, ...options } = getOptions(filling);
		await expectValid({ ...filling, parameters: { ...filling.parameters, options } });
	});

	it.each(fillings)('of %s with what is required alone keep to it', async (_, filling) => {
		await expectValid({ ...filling, parameters: pickRequired(filling) });
	});

	it(`differ for API version ${BEFORE} where the documentation says so`, async () => {
		const differing = new Set<string>();
		for (const [, filling] of fillings) {
			const [row] = filling.name.split(' ');
			const least = { ...filling, parameters: pickRequired(filling) };
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
			([, { row }]) =>
				row.route.startsWith('GET') && !row.noSelection && !row.returns.startsWith('file'),
		),
	)('of %s ask for attributes as the description has it', async (_, filling) => {
		const fields = { fieldsToReturn: 'created-at, status' };
		const parameters = { ...pickRequired(filling), options: fields };
		const { error, exchanges, violations } = await run({ ...filling, parameters });
		expect(error).toBeUndefined();
		const [{ query }] = exchanges.map(({ request }) => request);
		expect(Object.keys(query)).toContainEqual(expect.stringMatching(/^fields\[.+\]$/));
		expect(violations.filter((violation) => !isMissingProperty(violation))).toEqual([]);
	});

	it('put out what the schemas for the editor say', () => {
		const schemas = Object.fromEntries(
			Object.entries(seen).map(([row, items]) => {
				const alike = Object.entries(seen).filter(
					([other]) => getResource(other) === getResource(row),
				);
				const ofResource = buildOutputSchema(alike.flatMap(([, others]) => others));
				return [row, fillUnknownTypes(buildOutputSchema(items), ofResource)];
			}),
		);
		if (process.env.UPDATE_SCHEMAS === '1') writeSchemas(schemas);
		expect(listSchemaRows().sort()).toEqual(Object.keys(schemas).sort());
		const found = Object.entries<OutputSchema>(schemas).flatMap(([row, schema]) =>
			findSchemaDifferences(readSchema(row), schema).map((difference) => `${row}: ${difference}`),
		);
		expect(found).toEqual([]);
	});

	it('are caught when they ask for what Persona does not know', async () => {
		const answer = await fetch(`${recorder.baseUrl}/inquiries?filter[state]=approved`, {
			headers: { authorization: `Bearer ${API_KEY}` },
		});
		expect(answer.status).toBe(400);
		const violations = await Promise.all(recorder.take().map(findViolations));
		expect(violations.flat()).toContainEqual(
			expect.stringContaining("Query parameter 'filter[state]' is not declared"),
		);
	});

	it('are caught when they are answered as Persona does not answer', async () => {
		world.sandbox.control.addFault({
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
