import type { Endpoint } from '../http/endpoint.mts';

/** The rate limit and what remains of it. */
export const rateLimits: Endpoint[] = [
	{
		route: 'GET /rate-limits',
		noFields: true,
		handle: ({ state, inflection }) => ({
			json: state.serialize(
				{
					data: [
						{
							type: 'rate-limit/api',
							attributes: {
								limit: state.rateLimitWindow.limit.maxRequests,
								remaining: state.rateLimitWindow.remaining,
								'seconds-to-reset': state.rateLimitWindow.resetSeconds,
							},
						},
					],
				},
				inflection,
			),
		}),
	},
];
