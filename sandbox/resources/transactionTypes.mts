import type { Endpoint } from '../server/endpoint.mts';
import { found } from '../server/find.mts';

/** Transaction types, which only the dashboard can make. */
export const transactionTypes: Endpoint[] = [
	{
		permission: 'txn.read',
		route: 'GET /transaction-types/:id',
		include: [],
		handle: (call) => ({ item: found(call, 'transaction-type') }),
	},
];
