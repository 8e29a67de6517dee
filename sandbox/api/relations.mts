import type { ApiRequest } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import { ConflictError, NotFoundError } from '../state/errors.mts';
import { toMany } from '../state/relationships.mts';
import { getTimestamp } from '../state/timestamp.mts';

/** "Will include a maximum of 100 related objects" (schema `transaction`). */
const MAX_RELATED_OBJECTS = 100;

/** Adds or removes a relation of an account or a transaction to another object. */
export function changeRelation(
	request: ApiRequest,
	type: 'account' | 'transaction',
	change: 'added' | 'removed',
) {
	const { state, meta } = request;
	const object = getTarget(request, type);
	const key = String(meta['relation-schema-key']);
	const targetId = String(meta['target-object-id']);
	const target =
		state.store.getCollection('account').get(targetId) ??
		state.store.getCollection('transaction').get(targetId);
	if (!target) throw new NotFoundError('meta.target_object_id is not found');
	const privateState = state.getPrivateState(object);
	const before = privateState.relations ?? [];
	const isSameRelation = (each: { key: string; targetId: string }) =>
		each.key === key && each.targetId === targetId;
	if (before.some(isSameRelation) === (change === 'added')) {
		// Persona documents for transactions only that this has no effect.
		if (type === 'transaction') return { object };
		if (change === 'added') throw new ConflictError('Relation already exists');
		throw new NotFoundError('Relation is not found');
	}
	privateState.relations =
		change === 'added'
			? [...before, { key, targetId, createdAt: getTimestamp() }]
			: before.filter((each) => !isSameRelation(each));
	if (type === 'transaction') {
		// In Persona, workflow runs add to these; the sandbox has none for transactions.
		const related = privateState.relations.flatMap(
			(each) => state.store.findById(each.targetId) ?? [],
		);
		const shown = [...new Set(related)].slice(0, MAX_RELATED_OBJECTS);
		Object.assign(object.relationships ?? {}, { 'related-objects': toMany(shown) });
	}
	const isAccount = target.type === 'account';
	state.emitEvent(`${type}.${change}-relation`, object, {
		'relation-schema-key': key,
		'target-account-id': isAccount ? targetId : null,
		'target-txn-id': isAccount ? null : targetId,
	});
	return { object };
}
