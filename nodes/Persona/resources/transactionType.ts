import type { Resource } from '../engine/types';

/** Transaction types: the fields of their transactions. */
export const transactionTypes: Resource = {
	name: 'Transaction Type',
	value: 'transactionType',
	node: 'Persona Admin',
	operations: {
		get: {
			name: 'Get',
			description: 'Read the fields that transactions of a type have, with their keys and types',
			route: 'GET /transaction-types/{transaction-type-id}',
		},
	},
};
