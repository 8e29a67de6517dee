import type { Resource } from '../engine/types';

/** Rate limits: how many requests the environment may still make. */
export const rateLimits: Resource = {
	name: 'Rate Limit',
	value: 'rateLimit',
	node: 'Persona Admin',
	operations: {
		get: {
			name: 'Get',
			action: 'Get rate limit',
			description: 'Read how many requests are left and in how many seconds the limit resets',
			route: 'GET /rate-limits',
			noIncludeAndFields: true,
			unpaged: true,
			returns: 'list',
		},
	},
};
