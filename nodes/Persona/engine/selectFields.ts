import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { hasMember, pickMembers } from '../utils/pickMembers';
import { commonFields, SELECTED_FIELDS } from './commonFields';
import type { ItemContext, PreparedItem } from './types';

/**
 * Reduces the output of an item to the ID and the fields that the user of a tool has selected. Throws if
 * they are none.
 */
export function selectFields(context: ItemContext, prepared: PreparedItem): PreparedItem {
	if (context.readSetting<string>('output') !== SELECTED_FIELDS.value) return prepared;
	const names = context.readSetting<string[]>('outputFields');
	// n8n asks that the ID is always there. What the node has found out about an object has it by a name.
	const ids = ['id', `${context.run.resource.value}Id`];
	const { run, afterAll } = prepared;
	// What waits for a result needs to know what was started.
	return afterAll
		? {
				...prepared,
				afterAll: async (...outputs) => select(await afterAll(...outputs), names, ids),
			}
		: { ...prepared, run: async () => select(await run(), names, ids) };
}

/** Whether this is the error of an item. Of what Persona sends, nothing has this name. */
const isFailed = (json: IDataObject) => Object.hasOwn(json, 'error');

/**
 * Picks fields of items. An unknown one is named in the first item, with those that there are: after a
 * change that was made, an error would make a model change it again.
 */
function select(items: INodeExecutionData[], names: string[], ids: string[]): INodeExecutionData[] {
	const objects = items.map(({ json }) => json).filter((json) => !isFailed(json));
	const unknown = names.filter((name) => !objects.some((json) => hasMember(json, name)));
	const known = [...new Set(objects.flatMap(Object.keys))].join(', ');
	return items.map((item) => {
		if (isFailed(item.json)) return item;
		const json: IDataObject = pickMembers(item.json, [...ids, ...names]);
		if (unknown.length === 0 || item.json !== objects[0]) return { ...item, json };
		const { displayName } = commonFields.outputFields;
		const unknownFields = `'${displayName}' has names that are not in the output: ${unknown.join(', ')}. It has: ${known}.`;
		return { ...item, json: { ...json, unknownFields } };
	});
}
