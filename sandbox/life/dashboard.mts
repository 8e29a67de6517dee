import { fixtures } from '../seeds.mts';
import { one } from '../server/answer.mts';
import type { Json, JsonObject } from '../store.mts';
import type { World } from '../world.mts';

const SINCE = '2024-01-02T03:04:05.000Z';

const times = { 'created-at': SINCE, 'updated-at': SINCE, 'archived-at': null };

/** Puts the lists, the workflow and the theme set into the store that only the dashboard can make. */
export function plantDashboard(world: World) {
	const { store } = world;
	for (const type of ['device-fingerprint', 'field']) {
		store.add({
			type: `list/${type}`,
			id: fixtures.getDashboardList(type),
			attributes: { name: `Blocked ${type}s`, status: 'active', ...times },
			relationships: { 'list-items': { data: [] } },
		});
	}
	store.add({
		type: 'theme-set',
		id: fixtures.themeSet,
		attributes: {
			name: 'Brand default',
			status: 'active',
			styles: { light: { inquiry: { 'primary-color': { unit: 'hex', value: '#3f51b5' } } } },
			...times,
		},
	});
	plantWorkflow(world);
}

function plantWorkflow({ store }: World) {
	const workflow = store.add({
		type: 'workflow',
		id: fixtures.workflow,
		attributes: { status: 'running', name: 'Refresh details', 'created-at': SINCE },
		relationships: {
			'latest-published-version': one({ type: 'workflow-version', id: fixtures.workflowVersion }),
		},
	});
	const version = (id: string, more: JsonObject) =>
		store.add({
			type: 'workflow-version',
			id,
			attributes: {
				'workflow-name': workflow.attributes.name,
				description: null,
				'trigger-type': 'trigger-api',
				'rollout-label': null,
				'rollout-percentage': null,
				'last-updater': fixtures.userEmail,
				outputs: [{ name: 'risk_score' }],
				'created-at': SINCE,
				'updated-at': SINCE,
				...more,
			},
			relationships: { workflow: one(workflow) },
		});
	const inputs: Json = [
		{ name: 'account_id', type: 'string', required: true },
		{ name: 'note', type: 'string', required: false },
		{ name: 'force', type: 'boolean', required: false },
	];
	version(fixtures.workflowVersion, {
		status: 'published',
		live: true,
		'published-at': SINCE,
		inputs,
	});
	version('wfv_SandboxRefreshDetails2', {
		status: 'draft',
		live: false,
		'published-at': null,
		inputs: [...inputs, { name: 'name_last', type: 'string', required: false }],
	});
}
