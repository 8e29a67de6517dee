import {
	findLiveVersion,
	requireValidInputs,
	startWorkflowRun,
} from '../domain/workflows/workflow.mts';
import { requireFileContent } from '../domain/workflows/requireFileContent.mts';
import { anyObject, defineBody, defineObject } from '../http/bodySchema.mts';
import type { Endpoint } from '../http/endpoint.mts';
import { getReferenced, getTarget, matchesFilter } from '../http/lookup.mts';
import { ConflictError } from '../state/errors.mts';
import type { JsonObject } from '../state/json.mts';
import { getRelatedId } from '../state/relationships.mts';

const include = ['creator', 'workflow', 'workflow-version'];

/** Workflows, their versions and their runs. */
export const workflows: Endpoint[] = [
	{
		permission: 'workflow.trigger',
		include,
		route: 'POST /workflows/:id/trigger',
		body: defineBody({
			'data*': defineObject({ 'attributes*': defineObject({ 'fields*': anyObject }) }),
		}),
		handle: (request) => {
			const { state, attributes } = request;
			const workflow = getTarget(request, 'workflow');
			const version = findLiveVersion(state, workflow);
			if (!version) throw new ConflictError('Workflow has no live version');
			const fields = attributes.fields as JsonObject;
			requireFileContent(fields, '/data/attributes/fields');
			requireValidInputs(version, fields);
			return { object: startWorkflowRun(state, workflow, version, null, fields) };
		},
	},
	{
		route: 'GET /workflow-runs',
		paged: true,
		filter: ['status'],
		handle: ({ filter }) => ({
			collection: {
				family: 'workflow-run',
				// Persona's description says workflow ID, the name of the filter says status.
				isListed: (run) =>
					matchesFilter(filter.status, run.attributes.status) ||
					matchesFilter(filter.status, getRelatedId(run, 'workflow')),
			},
		}),
	},
	{
		route: 'GET /workflow-runs/:id',
		include,
		handle: (request) => ({ object: getTarget(request, 'workflow-run') }),
	},
	{
		route: 'GET /workflow-versions',
		paged: true,
		filter: ['workflow-id*'],
		handle: (request) => {
			const id = request.filter['workflow-id'];
			getReferenced(request, 'workflow', id, 'filter.workflow_id');
			return {
				collection: {
					family: 'workflow-version',
					isListed: (version) =>
						getRelatedId(version, 'workflow') === id && version.attributes.status !== 'archived',
				},
			};
		},
	},
];
