import { defineBody, defineObject, text } from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import { NotFoundError, UnprocessableError } from '../state/errors.mts';
import { getRelatedId, toMany, toOne } from '../state/relationships.mts';
import type { StoredObject } from '../state/storedObject.mts';

/** The families of objects that Persona's description names for each target, as far as there are any. */
const FAMILIES: Record<'account' | 'transaction', string[]> = {
	account: ['document', 'graph-query', 'inquiry', 'report', 'selfie', 'verification'],
	transaction: ['document', 'inquiry', 'report', 'verification'],
};

const body = defineBody({
	'meta*': defineObject({ 'object-ids*': { type: 'array', items: text, maxItems: 100 } }),
});

const getIds = (object: StoredObject, name: string) =>
	[object.relationships?.[name]?.data ?? []].flat().map(({ id }) => id);

/** Sets which account or transaction an object belongs to, where the object says so itself. */
function setOwner(object: StoredObject, target: StoredObject, isAdded: boolean) {
	const { relationships = {} } = object;
	const many = `${target.type}s`;
	if (many in relationships) {
		const others = [relationships[many].data ?? []].flat().filter(({ id }) => id !== target.id);
		relationships[many] = toMany(isAdded ? [...others, target] : others);
	} else if (isAdded) relationships[target.type] = toOne(target);
	else if (getRelatedId(object, target.type) === target.id)
		relationships[target.type] = toOne(null);
}

function requireAttachable({ state, meta }: ApiRequest, type: 'account' | 'transaction') {
	return (meta['object-ids'] as string[]).map((id) => {
		const object = state.store.findById(id);
		if (!object) throw new NotFoundError('meta.object_ids is not found');
		if (FAMILIES[type].includes(object.type.split('/')[0])) return object;
		throw new UnprocessableError(`meta.object_ids cannot hold ${id}`);
	});
}

function changeObjects(request: ApiRequest, type: 'account' | 'transaction', isAdded: boolean) {
	const target = getTarget(request, type);
	const objects = requireAttachable(request, type);
	for (const object of objects) setOwner(object, target, isAdded);
	if (type === 'transaction') {
		const ids = objects.map(({ id }) => id);
		const kept = getIds(target, 'related-objects').filter((id) => !ids.includes(id));
		const related = [...kept, ...(isAdded ? ids : [])].flatMap(
			(id) => request.state.store.findById(id) ?? [],
		);
		Object.assign(target.relationships ?? {}, { 'related-objects': toMany(related.slice(0, 100)) });
	}
	return { object: target };
}

/** The endpoints that add objects to accounts or transactions, and remove them. */
export const buildAttachmentEndpoints = (
	type: 'account' | 'transaction',
	write: Pick<Endpoint, 'permission' | 'include'>,
): Endpoint[] =>
	(['add', 'remove'] as const).map((verb) => ({
		...write,
		route: `POST /${type}s/:id/${verb}-objects`,
		body,
		handle: (request) => changeObjects(request, type, verb === 'add'),
	}));
