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
			description: 'Put one value on a list; Add Many does it for many',
			route: 'POST /list-item/{kind}',
			variants: asItem,
			returns: 'item',
		},
		addMany: addMany(asItem),
		checkValue,
		get: {
			name: 'Get',
			action: 'Get a list item',
			description: 'Read one value of a list and how often it has matched',
			route: 'GET /list-item/{kind}/{list-item-id}',
			variants: ofItem,
			returns: 'item',
		},
		archive: {
			name: 'Archive',
			action: 'Archive a list item',
			description: 'Let nothing match a value any more; it can still be read',
			route: 'DELETE /list-item/{kind}/{list-item-id}',
			variants: ofItem,
			irreversible:
				'Archiving takes the value out of matching for good. It can still be read, but the API cannot restore it.',
			returns: 'item',
		},
	},
};
