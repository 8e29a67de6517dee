import { id, toggle } from '../fields/kinds';
import type { Resource } from '../engine/types';

/** Deployments: which version of a template is live in which environment. */
export const deployments: Resource = {
	name: 'Deployment',
	value: 'deployment',
	node: 'Persona Admin',
	productionOnly: true,
	operations: {
		get: {
			name: 'Get',
			description:
				'Read a deployment with all routes in force at it, earlier ones included. Needs a production key.',
			route: 'GET /deployments/{deployment-id}',
		},
		getAll: {
			name: 'Get Many',
			description:
				'List deployments with the routes in force at each, newest first. Persona refuses more than 1,000 routes: use filters then. Needs a production key.',
			route: 'GET /deployments',
			filter: {
				'changes-only': toggle('Changes Only', 'return only the routes that a deployment changed'),
				'environment-id': id('Environment', 'env', 'Only deployments to this environment'),
				'template-id': id('Template', 'itmpl', 'Only deployments of this template'),
			},
			returns: 'list',
		},
	},
};
