import type { IDataObject, INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { number } from '../../engine/fields';
import type { ItemContext, Operation, Run, Variants } from '../../engine/types';
import { createItemContext } from '../../engine/itemContext';
import type { ListItemRequest, AdditionProblem } from './listItemRequest';
import { bulkImport } from './bulkImport';
import { addOneByOne } from './addOneByOne';

/** The input items that are for the same list. */
interface ListGroup {
	contexts: ItemContext[];
	/** The output for all of them; set when the first item starts the work. */
	output?: Promise<IDataObject>;
}

const groupsByRun = new WeakMap<Run, Map<string, ListGroup>>();

/** The same text for all items of a group. Throws where the item has no valid list. */
const getGroupKey = (context: ItemContext) =>
	`${context.buildPath(context.run.row.route)} ${context.readId('list-id')}`;

function groupByList(run: Run): Map<string, ListGroup> {
	const groups = new Map<string, ListGroup>();
	run.node.getInputData().forEach((_, index) => {
		const context = createItemContext(run, index);
		let key: string;
		try {
			key = getGroupKey(context);
		} catch {
			// The item fails with the same error when it is executed.
			return;
		}
		const group = groups.get(key) ?? { contexts: [] };
		group.contexts.push(context);
		groups.set(key, group);
	});
	return groups;
}

/** Whether Persona has an importer for list items that are created at this path. */
const isImportable = ({ table }: Run, path: string) =>
	table.resources
		.flatMap(({ operations }) => Object.values(operations))
		.filter(({ route }) => route === 'POST /importer/{variant}')
		.some(({ variants }) =>
			Object.values(variants?.options ?? {}).some(({ apiName }) => `/${apiName}` === path),
		);

async function buildListItemRequest(context: ItemContext): Promise<ListItemRequest> {
	const request = await context.buildRequest();
	const { attributes } = request.body?.data as { attributes: IDataObject };
	const values = { ...attributes };
	delete values['list-id'];
	const customKey = context.readSetting<string>('idempotencyKey').trim();
	return { context, request, values, customKey };
}

/** One request for each different value, and a problem for each item whose value is not valid. */
async function buildRequests(contexts: ItemContext[]) {
	const byValues = new Map<string, ListItemRequest>();
	const problems: AdditionProblem[] = [];
	for (const context of contexts) {
		try {
			const request = await buildListItemRequest(context);
			const key = JSON.stringify(request.values);
			if (!byValues.has(key)) byValues.set(key, request);
		} catch (error) {
			const { message, description } = error as NodeOperationError;
			const reason = [message, description].filter((line) => line).join('. ');
			problems.push({ item: context.itemIndex, reason });
		}
	}
	return { requests: [...byValues.values()], problems };
}

async function addGroup(contexts: ItemContext[]): Promise<IDataObject> {
	const [first] = contexts;
	const { requests, problems } = await buildRequests(contexts);
	const isEnough = requests.length >= first.readSetting<number>('importFrom');
	const isImport = isEnough && isImportable(first.run, requests[0].request.path);
	const result = await (isImport ? bulkImport(requests) : addOneByOne(requests));
	const repeated = contexts.length - problems.length - requests.length;
	return {
		listId: first.readId('list-id'),
		listType: first.readParameter<string>('listType'),
		method: isImport ? 'import' : 'oneByOne',
		given: contexts.length,
		added: result.added,
		duplicate: result.duplicates + repeated,
		refused: result.rejected + problems.length,
		...(result.importerId && { importerId: result.importerId }),
		problems: [...problems, ...result.problems].sort((a, b) => (a.item ?? 0) - (b.item ?? 0)),
		...(!first.readSetting<boolean>('simplify') && { objects: result.objects }),
	};
}

/** The first item of each list returns the output for all of them; they succeed and fail together. */
async function executeAddMany(context: ItemContext): Promise<INodeExecutionData[]> {
	const groups = groupsByRun.get(context.run) ?? groupByList(context.run);
	groupsByRun.set(context.run, groups);
	const group = groups.get(getGroupKey(context)) as ListGroup;
	const json = await (group.output ??= addGroup(group.contexts));
	if (group.contexts[0].itemIndex !== context.itemIndex) return [];
	return [{ json, pairedItem: group.contexts.map(({ itemIndex }) => ({ item: itemIndex })) }];
}

/** Row that adds the values of all input items to their lists: many with one import, few one by one. */
export const addMany = (variants: Variants): Operation => ({
	name: 'Add Many',
	action: 'Add many list items',
	description:
		'Add the values of all input items to a list, many of them with one import, and count the added, duplicate and refused ones',
	route: 'POST /list-item/{variant}',
	variants,
	nodeFields: {
		importFrom: number(
			'Import From (Values)',
			'Number of values from which the node sends one import instead of adding them one by one, e.g. 20. Persona has no import for browser and device fingerprints, countries, fields and strings.',
			{ default: 20, typeOptions: { minValue: 1 } },
		),
		waitAtMost: number(
			'Wait at Most (Seconds)',
			'How long to wait for an import before its items fail, e.g. 300. Persona continues in any case.',
			{ default: 300, typeOptions: { minValue: 1, maxValue: 86_400 } },
		),
	},
	noIncludeAndFields: true,
	returns: 'item',
	execute: executeAddMany,
});
