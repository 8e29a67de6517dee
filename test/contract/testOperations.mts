import type { IDataObject } from 'n8n-workflow';
import { isPlainObject } from '../../nodes/Persona/values/plainValues.ts';
import { toParameterName } from '../../nodes/Persona/fields/encodeValue.ts';
import { fillAllOperations, type FilledOperation } from '../support/completeParameters.mts';
import { describeWithOpenApi } from './loadOpenApi.mts';
import { isMissingProperty, OperationRunner } from './operationRunner.mts';
import { buildOutputSchema, fillUnknownTypes, findSchemaDifferences } from './outputSchema.mts';
import { OutputSchemaRecorder, readSchema } from './outputSchemaFiles.mts';
import { pickJudged } from './pickJudged.mts';
import { pickRequired, selectAllAttributes } from './prerequisites.mts';

/** `inquiry.create (template)` to `inquiry.create`. */
const getRowName = ({ name }: FilledOperation) => name.split(' ')[0];

/** An item without its included objects, which it has only if `include` asks for them. */
function removeIncluded(item: IDataObject, operation: FilledOperation): IDataObject {
	const { include = [] } = (operation.parameters.options ?? {}) as { include?: string[] };
	const names = include.map((name) => toParameterName(name));
	const isIncluded = ([name, value]: [string, unknown]) =>
		names.includes(name) && [value].flat().every((one) => isPlainObject(one) && 'type' in one);
	return Object.fromEntries(Object.entries(item).filter((entry) => !isIncluded(entry)));
}

/** Whether an operation returns objects of which `fields` can select attributes. */
const selectsFields = ({ row }: FilledOperation) =>
	row.route.startsWith('GET') && !row.noIncludeAndFields && !row.returns?.startsWith('file');

/**
 * Declares the contract tests of all operations whose resource `isChosen`. In two files, they run
 * side by side. With UPDATE_SCHEMAS=1 they record the output schemas of the operations that run.
 */
export function testOperations(isChosen: (resource: string) => boolean) {
	describeWithOpenApi('operations', () => {
		const operations = pickJudged(
			fillAllOperations().filter(({ name }) => isChosen(name.split('.')[0])),
		).map((operation) => [operation.name, operation] as const);
		const rowNames = operations.map(([, operation]) => getRowName(operation));
		/** Each operation of a row runs with every field, and with the required fields alone. */
		const countRuns = (row: string) => 2 * rowNames.filter((name) => name === row).length;
		let runner: OperationRunner;
		/** What each run of a row has returned. */
		const returnedByRow = new Map<string, IDataObject[][]>();
		const recorder = process.env.UPDATE_SCHEMAS === '1' ? new OutputSchemaRecorder() : undefined;

		beforeAll(async () => {
			runner = await OperationRunner.start();
		});

		afterAll(async () => {
			await runner?.stop();
			recorder?.write();
		});

		async function expectValid(operation: FilledOperation) {
			recorder?.startTest();
			const { items, error, exchanges, violations } = await runner.run(operation);
			expect({ violations, error: error && [error.message, error.description] }).toEqual({
				violations: [],
				error: undefined,
			});
			expect(exchanges.length).toBeGreaterThan(0);
			expect(items.length).toBeGreaterThan(0);
			const row = getRowName(operation);
			const returned = items.map(({ json }) => removeIncluded(json, operation));
			returnedByRow.set(row, [...(returnedByRow.get(row) ?? []), returned]);
			recorder?.passTest();
		}

		it.each(operations)('%s: every field keeps to the description', async (_, operation) => {
			await expectValid(selectAllAttributes(operation));
		});

		it.each(operations)(
			'%s: the required fields alone keep to the description',
			async (_, operation) => {
				await expectValid({ ...operation, parameters: pickRequired(operation) });
			},
		);

		it.each(operations.filter(([, operation]) => selectsFields(operation)))(
			'%s: asks for attributes as the description declares it',
			async (_, operation) => {
				const options = { fieldsToReturn: 'created-at, status' };
				const parameters = { ...pickRequired(operation), options };
				const { error, exchanges, violations } = await runner.run({ ...operation, parameters });
				expect(error).toBeUndefined();
				const [{ query }] = exchanges.map(({ request }) => request);
				expect(Object.keys(query)).toContainEqual(expect.stringMatching(/^fields\[.+\]$/));
				expect(violations.filter((violation) => !isMissingProperty(violation))).toEqual([]);
			},
		);

		it.each([...new Set(rowNames)])('%s: returns what its output schema says', (row) => {
			const runs = returnedByRow.get(row) ?? [];
			// Fewer would make a schema that lacks members.
			expect(`${runs.length} runs have passed`).toBe(`${countRuns(row)} runs have passed`);
			const returned = buildOutputSchema(runs.flat());
			if (recorder) {
				recorder.record(row, returned);
				return;
			}
			const schema = readSchema(row);
			expect(findSchemaDifferences(schema, fillUnknownTypes(returned, schema))).toEqual([]);
		});
	});
}
