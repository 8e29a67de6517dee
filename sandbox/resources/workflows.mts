import { checkInputs, liveVersion, startRun } from '../life/workflow.mts';
import { anyMap, body, object } from '../server/body.mts';
import type { Endpoint } from '../server/endpoint.mts';
import { found, named, passes, relatedId } from '../server/find.mts';
import { conflict } from '../server/problem.mts';
import type { JsonObject } from '../store.mts';

const include = ['creator', 'workflow', 'workflow-version'];

/** Workflows, their versions and their runs. */
export const workflows: Endpoint[] = [
	{
		permission: 'workflow.trigger',
		include,
		route: 'POST /workflows/:id/trigger',
		body: body({ 'data*': object({ 'attributes*': object({ 'fields*': anyMap }) }) }),
		handle: (call) => {
			const { world, attributes } = call;
			const workflow = found(call, 'workflow');
			const version = liveVersion(world, workflow);
			if (!version) throw conflict('Workflow has no live version');
			const fields = attributes.fields as JsonObject;
			checkInputs(version, fields);
			return { item: startRun(world, workflow, version, null, fields) };
		},
	},
	{
		route: 'GET /workflow-runs',
		paged: true,
		filter: ['status'],
		handle: ({ filter }) => ({
			list: {
				family: 'workflow-run',
				// The name of the filter says one thing, its description the other.
				keep: (run) =>
					passes(filter.status, run.attributes.status) ||
					passes(filter.status, relatedId(run, 'workflow')),
			},
		}),
	},
	{
		route: 'GET /workflow-runs/:id',
		include,
		handle: (call) => ({ item: found(call, 'workflow-run') }),
	},
	{
		route: 'GET /workflow-versions',
		paged: true,
		filter: ['workflow-id*'],
		handle: (call) => {
			const id = call.filter['workflow-id'];
			named(call, 'workflow', id, 'filter.workflow_id');
			return {
				list: {
					family: 'workflow-version',
					keep: (version) =>
						relatedId(version, 'workflow') === id && version.attributes.status !== 'archived',
				},
			};
		},
	},
];
