import { isDecision } from '../../nodes/Persona/engine/operationRules.ts';
import { getActionNode, toTool } from '../support/actionNodes.mts';
import { fillAllOperations, type FilledOperation } from '../support/completeParameters.mts';
import { describeWithOpenApi } from './loadOpenApi.mts';
import { OperationRunner } from './operationRunner.mts';
import { pickRequired } from './prerequisites.mts';

/** How many fields the answer may have: one about an object, and a record of several that were changed. */
const MAX_FIELDS = 8;
const MAX_RECORD_FIELDS = 12;

/** How many characters it may have. */
const MAX_LENGTH = 700;

const getRowName = ({ name }: FilledOperation) => name.split(' ')[0];

/** What hands a decision to a person needs no permission, but is one to a model. */
const decides = ({ name, row }: FilledOperation) =>
	isDecision(row) || name === 'inquiry.markForReview';

const decisions = fillAllOperations()
	.filter(decides)
	.filter(
		(operation, index, all) =>
			all.findIndex((other) => getRowName(other) === getRowName(operation)) === index,
	)
	.map((operation) => [getRowName(operation), operation] as const);

describeWithOpenApi('what a decision returns to a model', () => {
	let runner: OperationRunner;

	beforeAll(async () => {
		runner = await OperationRunner.start();
	});

	afterAll(async () => await runner?.stop());

	/** Runs a decision as the tool of an AI agent and returns its items. */
	async function decide(operation: FilledOperation, settings: Record<string, string>) {
		const { options: _, ...all } = operation.parameters;
		// An update needs a value that changes something.
		const given = operation.row.route.startsWith('PATCH') ? all : pickRequired(operation);
		const parameters = { ...given, ...settings, allowDecisions: true };
		const { items, error } = await runner.run({ ...operation, parameters }, undefined, {
			nodeType: toTool(getActionNode(operation.parameters.resource)),
			settings: { type: 'testedTool' },
		});
		expect(error).toBeUndefined();
		expect(items.length).toBeGreaterThan(0);
		return items.map(({ json }) => json);
	}

	it.each(decisions)('%s is short: how the object stands, and which it is', async (_, one) => {
		for (const json of await decide(one, { output: 'simplified' })) {
			const names = Object.keys(json);
			expect(names.length).toBeLessThanOrEqual(one.row.ownOutput ? MAX_RECORD_FIELDS : MAX_FIELDS);
			expect(JSON.stringify(json).length).toBeLessThanOrEqual(MAX_LENGTH);
			expect(names.some((name) => /^id$|Id$/.test(name))).toBe(true);
			if (one.row.ownOutput) continue;
			// What the object has besides is for those who ask for it.
			for (const name of ['createdAt', 'updatedAt', 'fields', 'accountTypeId']) {
				expect(names).not.toContain(name);
			}
		}
	});

	it.each(decisions.filter(([, { row }]) => !row.ownOutput))(
		'%s returns more to those who ask for it',
		async (_, one) => {
			const [raw] = await decide(one, { output: 'raw' });
			expect(raw).toHaveProperty('attributes');
			const [selected] = await decide(one, { output: 'selectedFields', outputFields: 'createdAt' });
			expect(selected).toMatchObject({ id: expect.any(String), createdAt: expect.any(String) });
		},
	);
});
