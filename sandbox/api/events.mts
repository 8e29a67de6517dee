import type { Endpoint } from '../http/endpoint.mts';
import { getTarget, matchesFilter } from '../http/lookup.mts';
import type { JsonObject } from '../state/json.mts';

const read = { permission: 'event.read' };

/** Everything under `/events`. */
export const events: Endpoint[] = [
	{
		...read,
		route: 'GET /events',
		paged: true,
		filter: ['name', 'object-id', 'id'],
		handle: ({ filter }) => ({
			collection: {
				family: 'event',
				isListed: ({ id, attributes }) => {
					const { data } = attributes.payload as { data: JsonObject };
					return (
						matchesFilter(filter.name, attributes.name) &&
						matchesFilter(filter['object-id'], data.id) &&
						matchesFilter(filter.id, id)
					);
				},
			},
		}),
	},
	{
		...read,
		route: 'GET /events/:id',
		include: [],
		handle: (request) => ({ object: getTarget(request, 'event') }),
	},
];
