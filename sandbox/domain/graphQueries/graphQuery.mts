import { inflect } from '../../state/inflection.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { toMany } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { detectTraits } from '../shared/testPersonas.mts';

/** Creates a graph query. Its result follows at once when it runs synchronously, else after `reportSeconds`. */
export function createGraphQuery(
	state: SandboxState,
	parameters: JsonObject,
	isSync: boolean,
): StoredObject {
	const query = state.createObject(
		'graph-query',
		'grphq',
		{
			status: 'submitted',
			params: parameters,
			'created-at': getTimestamp(),
			'updated-at': null,
			'errored-at': null,
			'completed-at': null,
			'redacted-at': null,
			stats: {},
			'explorer-url': null,
			'node-limit-reached': null,
			nodes: [],
		},
		{ accounts: toMany([]) },
	);
	query.attributes['explorer-url'] = `${state.publicUrl}/sandbox?query=${query.id}`;
	state.emitEvent('graph-query.submitted', query);
	if (isSync) finishQuery(state, query, parameters);
	else {
		state.schedule(state.settings.reportSeconds * 1000, () =>
			finishQuery(state, query, parameters),
		);
	}
	return query;
}

function finishQuery(state: SandboxState, query: StoredObject, parameters: JsonObject) {
	const values = Object.entries(parameters).map(([name, value]) => [inflect(name, 'kebab'), value]);
	const isErrored = detectTraits(Object.fromEntries(values) as JsonObject).has('breaksReports');
	const status = isErrored ? 'errored' : 'completed';
	const finishedAt = getTimestamp();
	Object.assign(query.attributes, {
		status,
		'updated-at': finishedAt,
		[`${status}-at`]: finishedAt,
	});
	if (!isErrored) {
		const { accounts, nodes } = findConnectedAccounts(state, Object.entries(parameters));
		Object.assign(query.attributes, { 'node-limit-reached': false, nodes });
		query.relationships = { accounts: toMany(accounts) };
	}
	state.emitEvent(`graph-query.${status}`, query);
}

/** The accounts whose ID or attributes contain one of the values, with the nodes that connect them. */
function findConnectedAccounts(state: SandboxState, parameters: [string, Json][]) {
	const valueNodes = parameters.map(([type, value]) => ({ type, value: String(value) }));
	const accounts = state.store.getCollection('account').findAll((account) => {
		const texts = collectTexts([account.id, account.attributes]);
		return (
			!state.getPrivateState(account).isArchived &&
			valueNodes.some(({ value }) => texts.includes(value))
		);
	});
	const accountNodes = accounts.map(({ id }) => ({ type: 'account', value: id }));
	return { accounts, nodes: accounts.length > 0 ? [...valueNodes, ...accountNodes] : [] };
}

/** All texts in a value, at any depth. */
function collectTexts(value: Json): string[] {
	if (value === null || typeof value !== 'object') return [String(value)];
	return Object.values(value).flatMap(collectTexts);
}
