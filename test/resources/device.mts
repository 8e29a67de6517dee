import { testExamples } from '../support/testExamples.mts';

testExamples('device', [
	{
		operation: 'get',
		parameters: { deviceId: 'dev_1', output: 'allFields' },
		request: 'GET /devices/dev_1',
		response: {
			data: { type: 'device', id: 'dev_1', attributes: { 'device-fingerprint': 'abc123' } },
		},
		items: [{ type: 'device', id: 'dev_1', deviceFingerprint: 'abc123' }],
	},
	{
		operation: 'getAll',
		parameters: { inquirySessionId: 'iqse_1' },
		request: 'GET /devices',
		query: { 'filter[inquiry-session-id]': 'iqse_1' },
	},
]);
