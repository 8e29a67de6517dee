import type { Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';

/** Account types, which can only be created in the dashboard. */
export const accountTypes: Endpoint[] = [
	{
		permission: 'account_type.read',
		route: 'GET /account-types/:id',
		include: [],
		handle: (request) => ({ object: getTarget(request, 'account-type') }),
	},
];
