import type { Resource } from '../engine/types';

/** Account types: the fields of their accounts. */
export const accountTypes: Resource = {
	name: 'Account Type',
	value: 'accountType',
	node: 'Persona Admin',
	permission: 'account_type',
	operations: {
		get: {
			name: 'Get',
			description: 'Read the fields that accounts of a type have, with their keys and types',
			route: 'GET /account-types/{account-type-id}',
		},
	},
};
