import { testExamples } from '../support/testExamples.mts';

testExamples('event', [
	{ operation: 'get', parameters: { eventId: 'evt_1' }, request: 'GET /events/evt_1' },
	{
		operation: 'getAll',
		parameters: { filters: { name: 'inquiry.approved, inquiry.declined', objectId: 'inq_1' } },
		request: 'GET /events',
		query: {
			'filter[name]': 'inquiry.approved,inquiry.declined',
			'filter[object-id]': 'inq_1',
		},
	},
]);
