import { createGraphQuery } from '../domain/graphQueries/graphQuery.mts';
import {
	anyObject,
	boolean,
	defineBody,
	defineObject,
	integer,
	text,
} from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import { NotFoundError, UnprocessableError } from '../state/errors.mts';
import { fixtures } from '../state/fixtures.mts';
import type { JsonObject } from '../state/json.mts';

const include = ['accounts'];

/** Everything under `/graph-queries`. */
export const graphQueries: Endpoint[] = [
	{
		include,
		route: 'POST /graph-queries',
		body: defineBody({
			'data*': defineObject({
				'attributes*': defineObject({
					'graph-query-template-id*': text,
					'parameter-map': anyObject,
					'variable-map': anyObject,
					'timeout-in-seconds': integer,
				}),
			}),
			meta: defineObject({ 'run-sync': boolean }),
		}),
		handle: handleCreate,
	},
	{
		include,
		route: 'GET /graph-queries/:id',
		handle: (request) => ({ object: getTarget(request, 'graph-query') }),
	},
];

function handleCreate({ state, attributes, meta }: ApiRequest) {
	const { 'graph-query-template-id': template, 'timeout-in-seconds': seconds = 30 } = attributes;
	if (template !== fixtures.graphQueryTemplate) {
		throw new NotFoundError('data.attributes.graph_query_template_id is not found');
	}
	const parameters = attributes['parameter-map'] ?? attributes['variable-map'];
	if (parameters === undefined) {
		throw new UnprocessableError('parameter-map is required', '/data/attributes/parameter-map');
	}
	if (Number(seconds) < 1 || Number(seconds) > 59) {
		throw new UnprocessableError('must be between 1 and 59', '/data/attributes/timeout-in-seconds');
	}
	const query = createGraphQuery(state, parameters as JsonObject, meta['run-sync'] === true);
	return { object: query, status: 201 };
}
