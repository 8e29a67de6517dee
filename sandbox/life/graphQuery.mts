import { traitsOf } from '../people.mts';
import { many } from '../server/answer.mts';
import { inflect } from '../server/inflection.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';

/** A new graph query; its result is there at once or a moment later. */
export function newGraphQuery(world: World, parameters: JsonObject, waits: boolean): StoredObject {
	const query = world.create(
		'graph-query',
		'grphq',
		{
			status: 'submitted',
			params: parameters,
			'created-at': now(),
			'updated-at': null,
			'errored-at': null,
			'completed-at': null,
			'redacted-at': null,
			stats: {},
			'explorer-url': null,
			'node-limit-reached': null,
			nodes: [],
		},
		{ accounts: many([]) },
	);
	query.attributes['explorer-url'] = `${world.publicUrl}/sandbox?query=${query.id}`;
	world.emit('graph-query.submitted', query);
	if (waits) finish(world, query, parameters);
	else world.after(world.settings.reportSeconds * 1000, () => finish(world, query, parameters));
	return query;
}

function finish(world: World, query: StoredObject, parameters: JsonObject) {
	const named = Object.entries(parameters).map(([name, value]) => [inflect(name, 'kebab'), value]);
	const broken = traitsOf(Object.fromEntries(named) as JsonObject).has('breaksReports');
	const status = broken ? 'errored' : 'completed';
	const at = now();
	Object.assign(query.attributes, { status, 'updated-at': at, [`${status}-at`]: at });
	if (!broken) {
		const { accounts, nodes } = connected(world, Object.entries(parameters));
		Object.assign(query.attributes, { 'node-limit-reached': false, nodes });
		query.relationships = { accounts: many(accounts) };
	}
	world.emit(`graph-query.${status}`, query);
}

/** The accounts that have one of these values or are the object of one, and what connects them. */
function connected(world: World, parameters: [string, Json][]) {
	const shared = parameters.map(([type, value]) => ({ type, value: String(value) }));
	const accounts = world.store.getCollection('account').findAll((account) => {
		const texts = textsOf([account.id, account.attributes]);
		return !world.about(account).archived && shared.some(({ value }) => texts.includes(value));
	});
	const found = accounts.map(({ id }) => ({ type: 'account', value: id }));
	return { accounts, nodes: accounts.length > 0 ? [...shared, ...found] : [] };
}

/** All texts in a value, at any depth. */
function textsOf(value: Json): string[] {
	if (value === null || typeof value !== 'object') return [String(value)];
	return Object.values(value).flatMap(textsOf);
}
