import type { Variants, Resource } from '../engine/types';
import { addMany } from '../operations/addMany/addMany';
import { checkValue } from '../operations/checkValue/checkValue';
import { listTypes, listTypePaths } from './shared/listTypes';

const newItemVariants: Variants = {
	label: 'List Type',
	name: 'listType',
	commonest: 'emailAddress',
	options: listTypes,
};

const existingItemVariants: Variants = {
	label: 'List Type',
	name: 'listType',
	detect: 'list-item-id',
	options: listTypePaths,
};

/** List items: the values on a list. */
export const listItems: Resource = {
	name: 'List Item',
	value: 'listItem',
	include: ['creator'],
	permission: 'list',
	operations: {
		create: {
			name: 'Create',
			description: 'Add one value to a list. To add many values, use Add Many.',
			route: 'POST /list-item/{variant}',
			guarded: true,
			variants: newItemVariants,
		},
		addMany: addMany(newItemVariants),
		checkValue,
		get: {
			name: 'Get',
			description: 'Read one value of a list and how often it has matched',
			route: 'GET /list-item/{variant}/{list-item-id}',
			variants: existingItemVariants,
		},
		archive: {
			name: 'Archive',
			description: 'Stop matching against a value. It can still be read.',
			route: 'DELETE /list-item/{variant}/{list-item-id}',
			variants: existingItemVariants,
			irreversible:
				'Archiving takes the value out of matching for good. It can still be read, but the API cannot restore it.',
		},
	},
};
