import { toItem } from '../../nodes/Persona/events/event.ts';
import { sampleEvent as event } from '../support/sampleFiles.mts';
import { sign } from '../support/sign.mts';
import { testExamples } from '../support/testExamples.mts';

const rawBody = JSON.stringify({ data: event });

testExamples('event', [
	{
		operation: 'get',
		parameters: { eventId: 'evt_1' },
		request: 'GET /events/evt_1',
		response: { data: event },
		// One function makes the items of the triggers and of this operation.
		items: [toItem(event, 1, 'simplified')],
	},
	{
		operation: 'get',
		parameters: { eventId: 'evt_1', output: 'raw' },
		request: 'GET /events/evt_1',
		response: { data: event },
		items: [event],
	},
	{
		operation: 'get',
		parameters: { eventId: 'evt_1', options: { fieldsToReturn: 'created-at' } },
		request: 'GET /events/evt_1',
		query: { 'fields[event]': 'created-at' },
		response: { data: { ...event, attributes: { 'created-at': '2026-11-02T09:30:00.000Z' } } },
		items: [
			{
				...{ eventId: 'evt_1', createdAt: '2026-11-02T09:30:00.000Z', attempt: 1 },
				...{ object: {}, payload: null },
			},
		],
	},
	{
		operation: 'getAll',
		parameters: { filters: { name: 'inquiry.approved, inquiry.declined', objectId: 'inq_1' } },
		request: 'GET /events',
		query: {
			'filter[name]': 'inquiry.approved,inquiry.declined',
			'filter[object-id]': 'inq_1',
		},
		response: { data: [event] },
		items: [toItem(event, 1, 'simplified')],
	},
	{
		operation: 'verifyDelivery',
		parameters: {
			...{ webhookId: 'wbh_1', rawBodyIn: 'text', rawBody },
			signatureHeader: sign(rawBody, 'wbhsec_1'),
			options: { tolerance: { duration: { amount: 1, unit: 'hours' } } },
		},
		request: 'GET /webhooks/wbh_1',
		response: {
			data: { type: 'webhook', id: 'wbh_1', attributes: { secrets: [{ value: 'wbhsec_1' }] } },
		},
		// Which attempt it is stands in a header that is not signed.
		items: [toItem(event, null, 'simplified')],
	},
]);
