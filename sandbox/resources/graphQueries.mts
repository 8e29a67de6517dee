import { newGraphQuery } from '../life/graphQuery.mts';
import { fixtures } from '../seeds.mts';
import { anyMap, body, flag, integer, object, text } from '../server/body.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found } from '../server/find.mts';
import { invalid, notFound } from '../server/problem.mts';
import type { JsonObject } from '../store.mts';

const include = ['accounts'];

/** Everything under `/graph-queries`. */
export const graphQueries: Endpoint[] = [
	{
		include,
		route: 'POST /graph-queries',
		body: body({
			'data*': object({
				'attributes*': object({
					'graph-query-template-id*': text,
					'parameter-map': anyMap,
					'variable-map': anyMap,
					'timeout-in-seconds': integer,
				}),
			}),
			meta: object({ 'run-sync': flag }),
		}),
		handle: create,
	},
	{
		include,
		route: 'GET /graph-queries/:id',
		handle: (call) => ({ item: found(call, 'graph-query') }),
	},
];

function create({ world, attributes, meta }: Call) {
	const { 'graph-query-template-id': template, 'timeout-in-seconds': seconds = 30 } = attributes;
	if (template !== fixtures.graphQueryTemplate) {
		throw notFound('data.attributes.graph_query_template_id is not found');
	}
	const parameters = attributes['parameter-map'] ?? attributes['variable-map'];
	if (parameters === undefined) {
		throw invalid('parameter-map is required', '/data/attributes/parameter-map');
	}
	if (Number(seconds) < 1 || Number(seconds) > 59) {
		throw invalid('must be between 1 and 59', '/data/attributes/timeout-in-seconds');
	}
	const query = newGraphQuery(world, parameters as JsonObject, meta['run-sync'] === true);
	return { item: query, status: 201 };
}
