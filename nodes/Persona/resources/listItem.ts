import type { Variants, Resource } from '../engine/types';
import { addMany } from '../operations/addMany/addMany';
import { checkValue } from '../operations/checkValue/checkValue';
import { LIST_TYPES, LIST_TYPE_PATHS } from './shared/listTypes';

const asItem: Variants = { label: 'List Type', name: 'listType', options: LIST_TYPES };

const ofItem: Variants = {
	label: 'List Type',
	name: 'listType',
	detect: 'list-item-id',
	options: LIST_TYPE_PATHS,
};

/** List items: the single values of a list. */
export const listItems: Resource = {
	name: 'List Item',
	value: 'listItem',
	type: 'list-item',
	include: ['creator'],
	permission: 'list',
	operations: {
		create: {
			name: 'Create',
			action: 'Create a list item',
			description: 'Add one value to a list. To add many values, use Add Many.',
			route: 'POST /list-item/{variant}',
			variants: asItem,
			returns: 'item',
		},
		addMany: addMany(asItem),
		checkValue,
		get: {
			name: 'Get',
			action: 'Get a list item',
			description: 'Read one value of a list and how often it has matched',
			route: 'GET /list-item/{variant}/{list-item-id}',
			variants: ofItem,
			returns: 'item',
		},
		archive: {
			name: 'Archive',
			action: 'Archive a list item',
			description: 'Stop matching against a value. It can still be read.',
			route: 'DELETE /list-item/{variant}/{list-item-id}',
			variants: ofItem,
			irreversible:
				'Archiving takes the value out of matching for good. It can still be read, but the API cannot restore it.',
			returns: 'item',
		},
	},
};
