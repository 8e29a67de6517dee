import type { Endpoint } from '../http/endpoint.mts';

/** The rate limit and what remains of it. */
export const rateLimits: Endpoint[] = [
	{
		route: 'GET /rate-limits',
		noFields: true,
		handle: ({ state, key, inflection }) => {
			const window = state.limits.getNearest(key);
			return {
				json: state.serialize(
					{
						data: [
							{
								type: 'rate-limit/api',
								attributes: {
									limit: window.limit.maxRequests,
									remaining: window.remaining,
									'seconds-to-reset': window.resetSeconds,
								},
							},
						],
					},
					inflection,
				),
			};
		},
	},
];
