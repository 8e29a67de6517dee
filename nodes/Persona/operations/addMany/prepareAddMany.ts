import type { IDataObject, NodeOperationError } from 'n8n-workflow';
import type { ItemContext, PreparedItem, Run } from '../../engine/types';
import { getValueKey } from '../../values/valueFormats';
import { readSettings, type AddManySettings } from './addManySettings';
import type { ListItemRequest, AdditionProblem } from './listItemRequest';
import { bulkImport } from './bulkImport';
import { addOneByOne } from './addOneByOne';

/** The input items that are for the same list. */
interface ListGroup {
	listId: string;
	listType: string;
	settings: AddManySettings;
	itemIndexes: number[];
	/** One request for each different value, by that value. */
	requests: Map<string, ListItemRequest>;
	/** The items whose value is not valid. */
	problems: AdditionProblem[];
	/** The items whose value an earlier item has in another or the same spelling. */
	repetitions: Array<{ item: number; repeats: number }>;
	/** The output for all of them; set when the first item starts the work. */
	output?: Promise<IDataObject>;
}

const groupsByRun = new WeakMap<Run, Map<string, ListGroup>>();

/** Gets the group of the list of an item. Its settings are those of the first item. */
function getGroup(context: ItemContext): ListGroup {
	const { run } = context;
	const path = context.buildPath(run.row.route);
	const listId = context.readId('list-id');
	const settings = readSettings(context);
	const groups = groupsByRun.get(run) ?? new Map<string, ListGroup>();
	groupsByRun.set(run, groups);
	const listType = context.readParameter<string>('listType');
	const key = `${path} ${listId}`;
	const group = groups.get(key) ?? {
		...{ listId, listType, settings },
		...{ itemIndexes: [], requests: new Map(), problems: [], repetitions: [] },
	};
	groups.set(key, group);
	return group;
}

/** Whether Persona has an importer for list items that are created at this path. */
const isImportable = ({ table }: Run, path: string) =>
	table.resources
		.flatMap(({ operations }) => Object.values(operations))
		.filter(({ route }) => route === 'POST /importer/{variant}')
		.some(({ variants }) =>
			Object.values(variants?.options ?? {}).some(({ apiName }) => `/${apiName}` === path),
		);

/** Two spellings of a value have the same key, so that it is added once. */
function buildKey(context: ItemContext, values: IDataObject): string {
	const { variants } = context.run.row;
	const fields = variants?.options[context.readParameter<string>(variants.name)]?.attributes;
	const keys = Object.entries(values).map(([name, value]) => [
		name,
		getValueKey(fields?.[name]?.format, value),
	]);
	return JSON.stringify(keys);
}

/** Adds the value of an item to its group; an invalid value becomes a problem of the group. */
async function addValue(context: ItemContext, { requests, problems, repetitions }: ListGroup) {
	try {
		const request = await context.buildRequest();
		const { attributes } = request.body?.data as { attributes: IDataObject };
		const values = { ...attributes };
		delete values['list-id'];
		const key = buildKey(context, values);
		const first = requests.get(key);
		if (!first) requests.set(key, { context, request, values });
		else repetitions.push({ item: context.itemIndex, repeats: first.context.itemIndex });
	} catch (error) {
		const { message, description } = error as NodeOperationError;
		const reason = [message, description].filter((line) => line).join('. ');
		problems.push({ item: context.itemIndex, reason });
	}
}

async function addGroup({ run }: ItemContext, group: ListGroup): Promise<IDataObject> {
	const { listId, listType, settings, itemIndexes, problems, repetitions } = group;
	const requests = [...group.requests.values()];
	const isEnough = requests.length >= settings.importFrom;
	const isImport = isEnough && isImportable(run, requests[0].request.path);
	const result = await (isImport
		? bulkImport(requests, listId, settings)
		: addOneByOne(requests, settings));
	return {
		listId,
		listType,
		method: isImport ? 'import' : 'oneByOne',
		given: itemIndexes.length,
		added: result.added,
		duplicate: result.duplicates + repetitions.length,
		refused: result.rejected + problems.length,
		...(result.importerId && { importerId: result.importerId }),
		problems: [...problems, ...result.problems].sort((a, b) => (a.item ?? 0) - (b.item ?? 0)),
		repetitions,
		...(settings.isRaw && { objects: result.objects }),
	};
}

/** The first item of each list returns the output for all of them; they succeed and fail together. */
export async function prepareAddMany(context: ItemContext): Promise<PreparedItem> {
	const group = getGroup(context);
	const { itemIndexes } = group;
	itemIndexes.push(context.itemIndex);
	await addValue(context, group);
	const run = async () => {
		const json = await (group.output ??= addGroup(context, group));
		if (itemIndexes[0] !== context.itemIndex) return [];
		return [{ json, pairedItem: itemIndexes.map((item) => ({ item })) }];
	};
	return { run };
}
