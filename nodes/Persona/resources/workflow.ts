import { map, required } from '../fields/kinds';
import type { Resource } from '../engine/types';
import { waitForResult } from '../operations/waitForResult';
import { pathIds } from './shared/pathIds';

/** Workflows: processes that run in Persona. */
export const workflows: Resource = {
	name: 'Workflow',
	value: 'workflow',
	operations: {
		run: {
			name: 'Run',
			description:
				'Run a workflow that is triggered by an API call, and wait until the run has finished',
			route: 'POST /workflows/{workflow-id}/trigger',
			guarded: true,
			...waitForResult('GET /workflow-runs/{workflow-run-id}'),
			attributes: {
				fields: required(
					map(
						'Fields',
						'Values by input name of the workflow, as a JSON object ({} if it has no inputs)',
						'{"account_id": "act_ABC123"}',
						'workflowFields',
						'contentOnly',
					),
				),
			},
			permission: 'workflow.trigger',
			type: 'workflow-run',
			include: ['creator', 'workflow', 'workflow-version'],
		},
		getVersions: {
			name: 'Get Many Versions',
			action: 'Get many versions of workflow',
			description: 'List the published versions and the draft, with the inputs each one takes',
			route: 'GET /workflow-versions',
			filter: { 'workflow-id': required(pathIds['workflow-id']) },
			type: 'workflow-version',
			returns: 'list',
		},
	},
};
