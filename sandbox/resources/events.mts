import type { Endpoint } from '../server/endpoint.mts';
import { found, passes } from '../server/find.mts';
import type { JsonObject } from '../store.mts';

const read = { permission: 'event.read' };

/** Everything under `/events`. */
export const events: Endpoint[] = [
	{
		...read,
		route: 'GET /events',
		paged: true,
		filter: ['name', 'object-id', 'id'],
		handle: ({ filter }) => ({
			list: {
				family: 'event',
				keep: ({ id, attributes }) => {
					const { data } = attributes.payload as { data: JsonObject };
					return (
						passes(filter.name, attributes.name) &&
						passes(filter['object-id'], data.id) &&
						passes(filter.id, id)
					);
				},
			},
		}),
	},
	{
		...read,
		route: 'GET /events/:id',
		include: [],
		handle: (call) => ({ item: found(call, 'event') }),
	},
];
