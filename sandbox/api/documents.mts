import type { Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import { getRelatedId } from '../state/relationships.mts';

const read = {
	permission: 'document.read',
	include: [
		'inquiry',
		'template',
		'inquiry-template',
		'inquiry-template-version',
		'transaction',
		'document-files',
	],
};

/** Documents of verifications. */
export const documents: Endpoint[] = [
	{
		...read,
		route: 'GET /documents/:id',
		handle: (request) => ({ object: getTarget(request, 'document') }),
	},
	{
		...read,
		route: 'GET /document/government-ids/:id',
		handle: (request) => ({ object: getTarget(request, 'document/government-id') }),
	},
	{
		...read,
		route: 'GET /document/generics/:id',
		handle: (request) => ({ object: getTarget(request, 'document/generic') }),
	},
];

/** Devices of sessions. */
export const devices: Endpoint[] = [
	{
		route: 'GET /devices',
		noFields: true,
		filter: ['inquiry-session-id*'],
		handle: ({ state, filter }) => {
			const session = state.store
				.getCollection('inquiry-session')
				.get(filter['inquiry-session-id']);
			const id = session && getRelatedId(session, 'device');
			return {
				objects: state.store.getCollection('device').findAll((device) => device.id === id),
				hasLinks: true,
			};
		},
	},
	{
		route: 'GET /devices/:id',
		include: [],
		handle: (request) => ({ object: getTarget(request, 'device') }),
	},
];
