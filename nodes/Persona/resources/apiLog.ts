import type { Resource } from '../engine/types';

/** API logs: the requests that your systems sent to Persona. */
export const apiLogs: Resource = {
	name: 'API Log',
	value: 'apiLog',
	node: 'Persona Admin',
	permission: 'api_log',
	operations: {
		get: {
			name: 'Get',
			description:
				'Read one request to Persona and its response, e.g. by the ID in an error of this node',
			route: 'GET /api-logs/{api-log-id}',
		},
		getAll: {
			name: 'Get Many',
			description:
				'List the requests that were sent to Persona, newest first, e.g. to find what has failed',
			route: 'GET /api-logs',
			returns: 'list',
		},
	},
};
