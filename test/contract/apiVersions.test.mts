import versions from '../../tools/docs/apiVersions.json';
import { fillAllOperations } from '../support/completeParameters.mts';
import { describeWithOpenApi } from './loadOpenApi.mts';
import { OperationRunner } from './operationRunner.mts';
import { pickJudged } from './pickJudged.mts';
import { pickRequired } from './prerequisites.mts';

const PREVIOUS_VERSION = '2025-10-27';

describeWithOpenApi('API versions', () => {
	let runner: OperationRunner;

	beforeAll(async () => {
		runner = await OperationRunner.start();
	});

	afterAll(async () => await runner?.stop());

	const operations = pickJudged(fillAllOperations());

	it(`differ for ${PREVIOUS_VERSION} where the documentation says so`, async () => {
		const differing = new Set<string>();
		for (const operation of operations) {
			const required = { ...operation, parameters: pickRequired(operation) };
			const { error, violations, exchanges } = await runner.run(required, PREVIOUS_VERSION);
			expect([operation.name, error]).toEqual([operation.name, undefined]);
			const sentVersions = exchanges.map(({ request }) => request.headers['persona-version']);
			expect(new Set(sentVersions)).toEqual(new Set([PREVIOUS_VERSION]));
			if (violations.length > 0) differing.add(operation.name.split(' ')[0]);
		}
		const [{ rows }] = versions.filter(({ version }) => version === PREVIOUS_VERSION);
		expect([...differing].sort()).toEqual(rows);
	}, 120_000);
});
