import { proveExamples } from '../support/testExamples.mts';

proveExamples('rateLimit', [
	{
		operation: 'get',
		request: 'GET /rate-limits',
		answer: {
			data: [
				{
					type: 'rate-limit/api',
					attributes: { limit: 300, remaining: 299, 'seconds-to-reset': 60 },
				},
			],
		},
		items: [{ type: 'rate-limit/api', limit: 300, remaining: 299, secondsToReset: 60 }],
	},
]);
