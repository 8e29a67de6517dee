import { fixtures, SEEDED_AT } from '../../state/fixtures.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';

const TIMESTAMPS = { 'created-at': SEEDED_AT, 'updated-at': SEEDED_AT, 'archived-at': null };

/** Adds the lists, the workflow and the theme set, which can only be created in the dashboard. */
export function seedDashboardObjects(state: SandboxState) {
	const { store } = state;
	for (const type of ['device-fingerprint', 'field']) {
		store.add({
			type: `list/${type}`,
			id: fixtures.getDashboardList(type),
			attributes: { name: `Blocked ${type}s`, status: 'active', ...TIMESTAMPS },
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
			...TIMESTAMPS,
		},
	});
	seedWorkflow(state);
}

function seedWorkflow({ store }: SandboxState) {
	const workflow = store.add({
		type: 'workflow',
		id: fixtures.workflow,
		attributes: { status: 'running', name: 'Refresh details', 'created-at': SEEDED_AT },
		relationships: {
			'latest-published-version': toOne({ type: 'workflow-version', id: fixtures.workflowVersion }),
		},
	});
	const addVersion = (id: string, more: JsonObject) =>
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
				'created-at': SEEDED_AT,
				'updated-at': SEEDED_AT,
				...more,
			},
			relationships: { workflow: toOne(workflow) },
		});
	const inputs: Json = [
		{ name: 'account_id', type: 'string', required: true },
		{ name: 'note', type: 'string', required: false },
		{ name: 'force', type: 'boolean', required: false },
		// Persona names only the JSON type of an input, so a file is an object.
		{ name: 'document', type: 'object', required: false },
	];
	addVersion(fixtures.workflowVersion, {
		status: 'published',
		live: true,
		'published-at': SEEDED_AT,
		inputs,
	});
	addVersion('wfv_SandboxRefreshDetails2', {
		status: 'draft',
		live: false,
		'published-at': null,
		inputs: [...inputs, { name: 'name_last', type: 'string', required: false }],
	});
}
