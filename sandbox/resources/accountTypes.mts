import type { Endpoint } from '../server/endpoint.mts';
import { found } from '../server/find.mts';

/** Account types, which only the dashboard can make. */
export const accountTypes: Endpoint[] = [
	{
		permission: 'account_type.read',
		route: 'GET /account-types/:id',
		include: [],
		handle: (call) => ({ item: found(call, 'account-type') }),
	},
];
