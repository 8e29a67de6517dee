import type { Kinds, Resource } from '../engine/types';
import { addMany } from '../operations/addMany/addMany';
import { checkValue } from '../operations/checkValue/checkValue';
import { itemKinds, itemPaths } from './shared/listTypes';

const asItem: Kinds = { label: 'List Type', name: 'listType', options: itemKinds };

const ofItem: Kinds = {
	label: 'List Type',
	name: 'listType',
	detect: 'list-item-id',
	options: itemPaths,
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
			kinds: asItem,
			returns: 'item',
		},
		addMany: addMany(asItem),
		checkValue,
		get: {
			name: 'Get',
			action: 'Get a list item',
			description: 'Read one value of a list and how often it has matched',
			route: 'GET /list-item/{kind}/{list-item-id}',
			kinds: ofItem,
			returns: 'item',
		},
		archive: {
			name: 'Archive',
			action: 'Archive a list item',
			description: 'Let nothing match a value any more; it can still be read',
			route: 'DELETE /list-item/{kind}/{list-item-id}',
			kinds: ofItem,
			irreversible:
				'Archiving takes the value out of matching for good. It can still be read, but the API cannot restore it.',
			returns: 'item',
		},
	},
};
