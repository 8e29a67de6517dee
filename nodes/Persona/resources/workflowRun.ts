import { text } from '../fields/kinds';
import type { Resource } from '../engine/types';

/** Workflow runs: the executions of workflows. */
export const workflowRuns: Resource = {
	name: 'Workflow Run',
	value: 'workflowRun',
	include: ['creator', 'workflow', 'workflow-version'],
	operations: {
		get: {
			name: 'Get',
			description: 'Read whether a run is in progress or has finished',
			route: 'GET /workflow-runs/{workflow-run-id}',
		},
		getAll: {
			name: 'Get Many',
			description:
				"See what Persona's workflows have done, newest first, e.g. to find a run that failed",
			route: 'GET /workflow-runs',
			filter: {
				status: text(
					'Status',
					"Status of the runs. Persona's reference says that this filter takes the ID of a workflow. Try that if a status finds nothing.",
					'in_progress',
				),
			},
			returns: 'list',
		},
	},
};
