import { commaList } from '../fields/kinds';
import type { Resource } from '../engine/types';
import { flattenEvent } from '../events/event';
import { verifyDelivery } from '../operations/verifyDelivery/verifyDelivery';

/** Events: what happened in Persona. */
export const events: Resource = {
	name: 'Event',
	value: 'event',
	permission: 'event',
	operations: {
		get: {
			name: 'Get',
			description: 'Read one event in the form in which the triggers return it',
			route: 'GET /events/{event-id}',
			flatten: flattenEvent,
		},
		getAll: {
			name: 'Get Many',
			description: 'List events, newest first, optionally of certain objects only',
			route: 'GET /events',
			filter: {
				id: commaList('Event IDs', 'IDs of events, separated by commas', 'evt_ABC123'),
				name: commaList(
					'Event Names',
					'Names of events, separated by commas',
					'inquiry.completed, report/watchlist.ready',
				),
				'object-id': commaList(
					'Object IDs',
					'IDs of inquiries, reports and other objects, separated by commas. Reference IDs are refused.',
					'inq_ABC123, rep_ABC123',
				),
			},
			flatten: flattenEvent,
			returns: 'list',
		},
		verifyDelivery,
	},
};
