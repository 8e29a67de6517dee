import { startRun } from '../life/workflow.mts';
import { fixtures } from '../seeds.mts';
import { one } from '../server/answer.mts';
import type { Call } from '../server/endpoint.mts';
import { found, named, relatedId } from '../server/find.mts';
import { conflict, notFound } from '../server/problem.mts';
import type { JsonObject } from '../store.mts';

/** The objects an account is related to under a key. */
export function relations(call: Call) {
	const { world, filter } = call;
	const account = found(call, 'account');
	const start = filter['created-at-start'];
	const end = filter['created-at-end'];
	const all = (world.about(account).relations ?? [])
		.filter(
			({ key, createdAt }) =>
				key === filter.key &&
				(start === undefined || Date.parse(createdAt) >= Date.parse(start)) &&
				(end === undefined || Date.parse(createdAt) <= Date.parse(end)),
		)
		.flatMap(({ targetId }) => world.store.findById(targetId) ?? [])
		.reverse();
	return { all, links: true };
}

/** Merges accounts into one. */
export function consolidate(call: Call) {
	const { world, meta } = call;
	const account = found(call, 'account');
	const sources = (meta['source-account-ids'] as string[]).map((id) =>
		named(call, 'account', id, 'meta.source_account_ids'),
	);
	if (sources.includes(account)) throw conflict('An account cannot be consolidated with itself');
	for (const source of sources) {
		if (world.about(source).archived) throw conflict('Source account is already archived');
		world.about(source).archived = true;
		for (const family of ['inquiry', 'report']) {
			const owned = world.store
				.getCollection(family)
				.findAll((each) => relatedId(each, 'account') === source.id);
			for (const each of owned) Object.assign(each.relationships ?? {}, { account: one(account) });
		}
		world.emit('account.consolidated-with', source);
		world.emit('account.archived', source);
	}
	world.emit('account.consolidated', account);
	return { item: account, status: 202 };
}

/** Starts the workflow of an account action. */
export function runAction(call: Call) {
	const { world, body: sent } = call;
	const account = found(call, 'account');
	const { 'account-action-id': actionId } = sent.data as JsonObject;
	if (actionId !== fixtures.accountAction) throw notFound('data.account_action_id is not found');
	const run = startRun(
		world,
		{ type: 'workflow', id: fixtures.workflow },
		{ type: 'workflow-version', id: fixtures.workflowVersion },
		{ type: 'user', id: fixtures.user },
	);
	return { item: account, meta: { 'workflow-run-id': run.id } };
}
