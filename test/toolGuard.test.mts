import type { INodeParameters, INodePropertyOptions } from 'n8n-workflow';
import { isGuarded, isPartlyGuarded } from '../nodes/Persona/engine/operationRules.ts';
import { toParameterName } from '../nodes/Persona/fields/encodeValue.ts';
import { getActionNode, toTool } from './support/actionNodes.mts';
import { fillAllOperations } from './support/completeParameters.mts';
import { getShownProperties } from './support/panel.mts';
import { startRequestRecorder, type RequestRecorder } from '../tools/services/requestRecorder.mts';
import { runNode } from './support/runNode.mts';
import { sampleFiles } from './support/sampleFiles.mts';

/**
 * What an AI agent may change without being allowed to decide, by the reason why it can neither let
 * people through nor block them, hand out a secret of others, or do what cannot be undone.
 */
const UNGUARDED = {
	'starts a check, whose result decides nothing by itself': [
		...['inquiry.create', 'inquiry.createAndWait', 'inquirySession.create', 'report.create'],
		...['report.run', 'report.resume', 'graphQuery.create', 'transaction.create'],
	],
	'opens the inquiry of one person, for that person': [
		...['inquiry.resume', 'inquiry.generateOneTimeLink', 'inquirySession.generateOneTimeLink'],
	],
	'hands the decision to a person': ['inquiry.markForReview', 'case.create', 'case.assign'],
	'keeps data from being deleted, and can be undone': ['verification.investigationLock'],
	'records what is known, and can be undone': [
		...['inquiry.update', 'account.create', 'account.createOrUpdate', 'account.update'],
		...['case.update', 'case.addComment', 'transaction.update'],
		...['account', 'case', 'transaction'].flatMap((name) => [
			`${name}.addObjects`,
			`${name}.removeObjects`,
		]),
		...['account', 'transaction'].flatMap((name) => [
			`${name}.addRelation`,
			`${name}.removeRelation`,
		]),
		...['inquiry', 'account', 'report', 'case', 'transaction'].map((name) => `${name}.changeTags`),
	],
	'sets up what nothing uses yet, or how it looks': [
		...['list.create', 'themeSet.create', 'themeSet.update', 'inquiryTemplate.importTranslations'],
	],
};

const operations = fillAllOperations();

/** What the panel says that the chosen operation does. */
function findAction(parameters: INodeParameters) {
	const select = getShownProperties(parameters).find(({ name }) => name === 'operation');
	const options = (select?.options ?? []) as INodePropertyOptions[];
	return options.find(({ value }) => value === parameters.operation)?.action;
}

const getKey = (name: string) => name.split(' ')[0];

const changes = ({ row: { route } }: (typeof operations)[number]) =>
	!route.startsWith('GET') && !route.endsWith('/search');

it('every operation that changes something needs permission in a tool, or has a reason why not', () => {
	const unguarded = operations.filter((one) => changes(one) && !isGuarded(one.row));
	const names = [...new Set(unguarded.map(({ name }) => getKey(name)))];
	expect(names.sort()).toEqual(Object.values(UNGUARDED).flat().sort());
});

describe('in a tool that may not decide', () => {
	let server: RequestRecorder;

	beforeAll(async () => {
		server = await startRequestRecorder(() => ({ body: { data: { type: 'thing', id: 'obj_1' } } }));
	});

	afterAll(async () => await server.stop());

	const run = async (parameters: INodeParameters, isTool = true) => {
		server.requests.length = 0;
		const { error } = await runNode({
			...(isTool && {
				nodeType: toTool(getActionNode(parameters.resource)),
				settings: { type: 'testedTool' },
			}),
			parameters,
			binary: [sampleFiles],
			credentials: { baseUrl: server.baseUrl },
		});
		return { message: error?.message ?? '', requests: server.requests.length };
	};

	/** One variant of each row. */
	const rows = operations.filter(
		({ name }, index) => operations.findIndex((one) => getKey(one.name) === getKey(name)) === index,
	);

	it.each(rows.filter(({ row }) => isGuarded(row)).map((one) => [getKey(one.name), one] as const))(
		'%s is refused, by what it does, and sends nothing',
		async (_, { parameters }) => {
			const action = findAction(parameters);
			const allowed = [undefined, false, '', 'true', null].map((allowDecisions) => ({
				...parameters,
				...(allowDecisions !== undefined && { allowDecisions }),
			}));
			for (const one of allowed) {
				const { message, requests } = await run(one as INodeParameters);
				expect(message).toContain(`This tool is not allowed to '${action}'`);
				expect(requests).toBe(0);
			}
		},
	);

	it.each(
		rows.filter(({ row }) => isPartlyGuarded(row)).map((one) => [getKey(one.name), one] as const),
	)('%s has the permission above its options', (_, { parameters }) => {
		const shown = getShownProperties(parameters, toTool(getActionNode(parameters.resource)));
		const names = shown.map(({ name }) => name);
		expect(names).toContain('allowDecisions');
		const firstCollection = shown.findIndex(({ type }) => type === 'collection');
		expect(names.indexOf('allowDecisions')).toBeLessThan(firstCollection);
	});

	it.each(
		operations
			.filter(({ row }) => isPartlyGuarded(row) && !isGuarded(row))
			.map((one) => [one.name, one] as const),
	)('%s may not set what decides, but anything else', async (_, { parameters, row }) => {
		const fields = Object.entries({ ...row.attributes, ...row.data, ...row.meta });
		const guarded = fields.filter(([, field]) => field.guarded);
		const group = row.route.startsWith('PATCH') ? 'updateFields' : 'additionalFields';
		const given = parameters[group] as INodeParameters;
		const names = guarded.map(([name]) => toParameterName(name));
		const others = Object.fromEntries(
			Object.entries(given).filter(([key]) => !names.includes(key)),
		);
		for (const [name, { displayName }] of guarded) {
			const key = toParameterName(name);
			const { message, requests } = await run({
				...parameters,
				[group]: { ...others, [key]: given[key] },
			});
			expect(message).toContain(`This tool is not allowed to 'Set '${displayName}''`);
			expect(requests).toBe(0);
		}
		expect((await run({ ...parameters, [group]: others })).message).not.toContain('not allowed');
		const allowed = await run({ ...parameters, allowDecisions: true });
		expect(allowed.message).not.toContain('not allowed');
		expect((await run(parameters, false)).message).not.toContain('not allowed');
	});
});
