import type { Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';

/** Transaction types, which can only be created in the dashboard. */
export const transactionTypes: Endpoint[] = [
	{
		permission: 'txn.read',
		route: 'GET /transaction-types/:id',
		include: [],
		handle: (request) => ({ object: getTarget(request, 'transaction-type') }),
	},
];
