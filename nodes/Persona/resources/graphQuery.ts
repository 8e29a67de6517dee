import { count, map, required, text, toggle } from '../engine/fields';
import type { Resource } from '../engine/types';
import { waitForResult } from '../operations/waitForResult';

/** Graph queries: which accounts share an address, a device or another trait. */
export const graphQueries: Resource = {
	name: 'Graph Query',
	value: 'graphQuery',
	type: 'graph-query',
	include: ['accounts'],
	operations: {
		create: {
			name: 'Create',
			action: 'Create a graph query',
			description: 'Look for accounts that are connected with each other, by a query template',
			route: 'POST /graph-queries',
			...waitForResult('GET /graph-queries/{graph-query-id}'),
			attributes: {
				'graph-query-template-id': required(
					text(
						'Graph Query Template ID',
						'Template of the query; its ID stands in Graph > Query Templates in the Persona dashboard',
						'grphqt_ABC123',
					),
				),
				'parameter-map': required(
					map(
						'Parameters',
						'Values by the names of the parameters of the template, as a JSON object, e.g. {"account_id": "act_ABC123"}',
					),
				),
				'timeout-in-seconds': count(
					'Timeout in Seconds',
					'How long the query may take, from 1 to 59 seconds, e.g. 30',
					{ default: 30, typeOptions: { minValue: 1, maxValue: 59 } },
				),
			},
			meta: {
				'run-sync': toggle(
					'Run Synchronously',
					'let Persona answer only once the query is done, for at most a minute',
				),
			},
			returns: 'item',
		},
		get: {
			name: 'Get',
			action: 'Get a graph query',
			description: 'Read the status of a graph query and what it has found',
			route: 'GET /graph-queries/{graph-query-id}',
			returns: 'item',
		},
	},
};
