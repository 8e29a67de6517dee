import { duration, map, required, text, toggle, expert } from '../fields/kinds';
import type { Resource } from '../engine/types';
import { waitForResult } from '../operations/waitForResult';

/** Graph queries: which accounts share an address, a device or another trait. */
export const graphQueries: Resource = {
	name: 'Graph Query',
	value: 'graphQuery',
	include: ['accounts'],
	operations: {
		create: {
			name: 'Create',
			description: 'Find accounts that are connected to each other, with a query template',
			route: 'POST /graph-queries',
			...waitForResult('GET /graph-queries/{graph-query-id}'),
			attributes: {
				'graph-query-template-id': required(
					text(
						'Graph Query Template ID',
						'Template of the query, from Graph > Query Templates in the Persona dashboard',
						'grphqt_ABC123',
					),
				),
				'parameter-map': required(
					map(
						'Parameters',
						'Values by parameter name of the template, as a JSON object',
						'{"account_id": "act_ABC123"}',
					),
				),
				'timeout-in-seconds': duration(
					'Timeout',
					'How long the query may take',
					'30 seconds',
					[1, 59],
				),
			},
			meta: {
				'run-sync': expert(
					toggle(
						'Run Synchronously',
						'have Persona respond only when the query has finished, after a minute at most',
					),
				),
			},
		},
		get: {
			name: 'Get',
			description:
				'Read whether a query has finished and which accounts it has found to be connected',
			route: 'GET /graph-queries/{graph-query-id}',
		},
	},
};
