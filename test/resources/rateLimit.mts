import { testExamples } from '../support/testExamples.mts';

testExamples('rateLimit', [
	{
		operation: 'get',
		request: 'GET /rate-limits',
		response: {
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
