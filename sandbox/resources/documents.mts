import type { Endpoint } from '../server/endpoint.mts';
import { found, relatedId } from '../server/find.mts';

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

/** Documents that verifications have left behind. */
export const documents: Endpoint[] = [
	{
		...read,
		route: 'GET /documents/:id',
		handle: (call) => ({ item: found(call, 'document') }),
	},
	{
		...read,
		route: 'GET /document/government-ids/:id',
		handle: (call) => ({ item: found(call, 'document/government-id') }),
	},
	{
		...read,
		route: 'GET /document/generics/:id',
		handle: (call) => ({ item: found(call, 'document/generic') }),
	},
];

/** The devices of sessions. */
export const devices: Endpoint[] = [
	{
		route: 'GET /devices',
		noFields: true,
		filter: ['inquiry-session-id*'],
		handle: ({ world, filter }) => {
			const session = world.store
				.getCollection('inquiry-session')
				.get(filter['inquiry-session-id']);
			const id = session && relatedId(session, 'device');
			return {
				all: world.store.getCollection('device').findAll((device) => device.id === id),
				links: true,
			};
		},
	},
	{
		route: 'GET /devices/:id',
		include: [],
		handle: (call) => ({ item: found(call, 'device') }),
	},
];
