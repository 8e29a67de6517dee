import { fillAllOperations } from '../support/completeParameters.mts';
import { describeWithOpenApi, NEWER_VERSION } from './loadOpenApi.mts';
import { OperationRunner } from './operationRunner.mts';
import { pickJudged } from './pickJudged.mts';
import { pickRequired, selectAllAttributes } from './prerequisites.mts';

describeWithOpenApi(`operations of version ${NEWER_VERSION}`, () => {
	let runner: OperationRunner;

	beforeAll(async () => {
		runner = await OperationRunner.start(NEWER_VERSION);
	});

	afterAll(async () => await runner?.stop());

	it.each(pickJudged(fillAllOperations()).map((operation) => [operation.name, operation] as const))(
		'%s: every field, and the required fields alone, keep to the description',
		async (_, operation) => {
			const required = { ...operation, parameters: pickRequired(operation) };
			for (const run of [selectAllAttributes(operation), required]) {
				const { error, violations, exchanges } = await runner.run(run, NEWER_VERSION);
				expect({ error: error && [error.message, error.description], violations }).toEqual({
					error: undefined,
					violations: [],
				});
				const versions = exchanges.map(({ request }) => request.headers['persona-version']);
				expect(new Set(versions)).toEqual(new Set([NEWER_VERSION]));
			}
		},
	);
});
