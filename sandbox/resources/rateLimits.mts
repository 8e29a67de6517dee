import type { Endpoint } from '../server/endpoint.mts';

/** What is left of the rate limit. */
export const rateLimits: Endpoint[] = [
	{
		route: 'GET /rate-limits',
		noFields: true,
		handle: ({ world, inflection }) => ({
			raw: world.write(
				{
					data: [
						{
							type: 'rate-limit/api',
							attributes: {
								limit: world.rateLimit.limit.maxRequests,
								remaining: world.rateLimit.remaining,
								'seconds-to-reset': world.rateLimit.resetSeconds,
							},
						},
					],
				},
				inflection,
			),
		}),
	},
];
