import { testExamples } from '../support/testExamples.mts';

const inquirySessionId = 'iqse_1';

testExamples('inquirySession', [
	{
		operation: 'create',
		parameters: { inquiryId: 'inq_1' },
		request: 'POST /inquiry-sessions',
		body: { data: { attributes: { 'inquiry-id': 'inq_1' } } },
	},
	{
		operation: 'get',
		parameters: { inquirySessionId, options: { fieldsToReturn: 'is-vpn, device:os-name' } },
		request: 'GET /inquiry-sessions/iqse_1',
		query: { 'fields[inquiry-session]': 'is-vpn', 'fields[device]': 'os-name' },
	},
	{
		operation: 'getAll',
		parameters: { inquiryId: 'inq_1' },
		request: 'GET /inquiry-sessions',
		query: { 'filter[inquiry-id]': 'inq_1' },
		response: {
			data: Array.from({ length: 60 }, (_, index) => ({
				type: 'inquiry-session',
				id: `iqse_${index}`,
			})),
		},
		items: Array.from({ length: 60 }, (_, index) => ({
			type: 'inquiry-session',
			id: `iqse_${index}`,
		})),
	},
	{
		operation: 'expire',
		parameters: { inquirySessionId },
		request: 'POST /inquiry-sessions/iqse_1/expire',
	},
	{
		operation: 'expireAll',
		parameters: { inquiryIds: 'inq_1, inq_2' },
		request: 'POST /inquiry-sessions/expire-all',
		body: { meta: { 'inquiry-ids': ['inq_1', 'inq_2'] } },
	},
	{
		operation: 'generateOneTimeLink',
		parameters: { inquirySessionId },
		request: 'POST /inquiry-sessions/iqse_1/generate-one-time-link',
	},
]);
