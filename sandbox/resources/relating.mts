import { many } from '../server/answer.mts';
import type { Call } from '../server/endpoint.mts';
import { found } from '../server/find.mts';
import { conflict, notFound } from '../server/problem.mts';
import { now } from '../world.mts';

/** Adds or removes a relation of an account or a transaction to another object. */
export function relate(call: Call, type: 'account' | 'transaction', change: 'added' | 'removed') {
	const { world, meta } = call;
	const thing = found(call, type);
	const key = String(meta['relation-schema-key']);
	const targetId = String(meta['target-object-id']);
	const target =
		world.store.getCollection('account').get(targetId) ??
		world.store.getCollection('transaction').get(targetId);
	if (!target) throw notFound('meta.target_object_id is not found');
	const about = world.about(thing);
	const before = about.relations ?? [];
	const isThis = (each: { key: string; targetId: string }) =>
		each.key === key && each.targetId === targetId;
	if (before.some(isThis) === (change === 'added')) {
		// Persona says of transactions alone that nothing happens then.
		if (type === 'transaction') return { item: thing };
		if (change === 'added') throw conflict('Relation already exists');
		throw notFound('Relation is not found');
	}
	about.relations =
		change === 'added'
			? [...before, { key, targetId, createdAt: now() }]
			: before.filter((each) => !isThis(each));
	if (type === 'transaction') {
		// In Persona the workflow runs of the transaction relate more; here there are none.
		const related = about.relations.flatMap((each) => world.store.findById(each.targetId) ?? []);
		Object.assign(thing.relationships ?? {}, { 'related-objects': many([...new Set(related)]) });
	}
	const isAccount = target.type === 'account';
	world.emit(`${type}.${change}-relation`, thing, {
		'relation-schema-key': key,
		'target-account-id': isAccount ? targetId : null,
		'target-txn-id': isAccount ? null : targetId,
	});
	return { item: thing };
}
