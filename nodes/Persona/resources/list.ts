import { choice, required, text, toggle } from '../fields/kinds';
import type { Variant, Resource } from '../engine/types';
import { listTypePaths } from './shared/listTypes';

/** Lists of these types can only be created in the dashboard. */
const DASHBOARD_ONLY = ['deviceFingerprint', 'field'];

const creatableListTypes: Record<string, Variant> = {
	...Object.fromEntries(
		Object.entries(listTypePaths).filter(([key]) => !DASHBOARD_ONLY.includes(key)),
	),
	name: {
		...listTypePaths.name,
		attributes: {
			'allow-fuzzy-name-first': toggle(
				'Allow Fuzzy First Name',
				'match similar first names as well as identical ones',
			),
		},
	},
};

/** Lists: values that inquiries are compared with, to block, allow or review people. */
export const lists: Resource = {
	name: 'List',
	value: 'list',
	include: ['list-items'],
	permission: 'list',
	operations: {
		create: {
			name: 'Create',
			description:
				'Set up a collection of values, such as email addresses or IP addresses, that Persona compares people with',
			route: 'POST /list/{variant}',
			variants: {
				label: 'List Type',
				name: 'listType',
				commonest: 'emailAddress',
				options: creatableListTypes,
			},
			attributes: {
				name: required(text('Name', 'Name of the list in Persona', 'Blocked people')),
			},
		},
		get: {
			name: 'Get',
			description: 'Read the name and type of a list. Use Include to return its items in full.',
			route: 'GET /lists/{list-id}',
		},
		getAll: {
			name: 'Get Many',
			description: 'Look up your lists with the IDs that list items need',
			route: 'GET /lists',
			filter: {
				status: choice('Status', 'Status of the lists, e.g. active', {
					active: 'Active',
					archived: 'Archived',
				}),
			},
			returns: 'list',
		},
		archive: {
			name: 'Archive',
			description: 'Stop matching against a list. It can still be read.',
			route: 'DELETE /lists/{list-id}',
			irreversible:
				'Archiving takes the list out of matching for good. It can still be read, but the API cannot restore it.',
		},
	},
};
