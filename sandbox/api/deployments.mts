import type { Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import { BadRequestError } from '../state/errors.mts';
import type { JsonObject } from '../state/json.mts';
import type { StoredObject } from '../state/storedObject.mts';

// A sandbox key gets 401 (https://docs.withpersona.com/api-reference/deployments/list-all-deployments).
// No permission is documented.
const read = { productionOnly: true } as const;

interface Route extends JsonObject {
	'template-id': string;
	environment: { token: string };
}

/** The routes of a deployment to an environment, or of a template; without filters all. */
const pickRoutes = ({ attributes }: StoredObject, filter: Record<string, string>) =>
	(attributes.routes as Route[]).filter(
		(route) =>
			[undefined, route.environment.token].includes(filter['environment-id']) &&
			[undefined, route['template-id']].includes(filter['template-id']),
	);

/**
 * Everything under `/deployments`. Its answers are not in the description, only in the documentation.
 * The sandbox has deployed everything at once, so a deployment has written all of its routes, and
 * `changes-only` changes nothing.
 */
export const deployments: Endpoint[] = [
	{
		...read,
		route: 'GET /deployments',
		paged: true,
		filter: ['changes-only', 'environment-id', 'template-id'],
		handle: ({ state, filter }) => {
			if (![undefined, 'true', 'false'].includes(filter['changes-only'])) {
				throw new BadRequestError('filter[changes-only] must be true or false');
			}
			const found = state.store.getCollection('deployment').findAll();
			return {
				reversedObjects: found.flatMap((deployment) => {
					const routes = pickRoutes(deployment, filter);
					const attributes = { ...deployment.attributes, routes };
					return routes.length > 0 ? [{ ...deployment, attributes }] : [];
				}),
			};
		},
	},
	{
		...read,
		route: 'GET /deployments/:id',
		handle: (request) => ({ object: getTarget(request, 'deployment') }),
	},
];
