import { one } from '../server/answer.mts';
import { conflict, invalid } from '../server/problem.mts';
import type { Json, JsonObject, Ref, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import type { ListKind } from './listKinds.mts';

/** A new list without items. */
export const newList = (world: World, { type }: ListKind, attributes: JsonObject): StoredObject =>
	world.create(
		`list/${type}`,
		'lst',
		{
			...attributes,
			status: 'active',
			'archived-at': null,
			'created-at': now(),
			'updated-at': now(),
		},
		{ 'list-items': { data: [] } },
	);

/** Puts a value on a list; throws where the list does not take it. */
export function addItem(
	world: World,
	kind: ListKind,
	list: StoredObject,
	given: JsonObject,
	creator: Ref,
): StoredObject {
	requireOpen(list, kind);
	const values = valuesOf(kind, given);
	const taken = world.store
		.getRelated(list, 'list-items')
		.some((item) => item.attributes.status !== 'archived' && isSame(values, item.attributes));
	if (taken) throw conflict('Value already exists as an active item in list');
	const item = world.create(
		`list-item/${kind.type}`,
		kind.prefix,
		{
			status: 'pending',
			'archived-at': null,
			'updated-at': now(),
			'created-at': now(),
			'redacted-at': null,
			'match-count': 0,
			...values,
		},
		{ creator: one(creator) },
	);
	world.attach(list, 'list-items', item);
	world.after(world.settings.reportSeconds * 1000, () => {
		if (item.attributes.status === 'pending') item.attributes.status = 'active';
	});
	return item;
}

/** Refuses a list that takes no items of this kind. */
export function requireOpen({ type, attributes }: StoredObject, kind: ListKind) {
	const pointer = '/data/attributes/list-id';
	if (type !== `list/${kind.type}`) throw invalid(`List is not a list/${kind.type}`, pointer);
	if (attributes.status === 'archived') throw invalid('List is archived', pointer);
}

/** Takes a list, an item or a theme set out of use; it can still be read. */
export function archive(thing: StoredObject) {
	if (thing.attributes.status === 'archived') throw conflict('Record is already archived');
	Object.assign(thing.attributes, {
		status: 'archived',
		'archived-at': now(),
		'updated-at': now(),
	});
}

function valuesOf({ members }: ListKind, given: JsonObject): JsonObject {
	const values: JsonObject = {};
	for (const [name, { accepts, preset }] of Object.entries(members)) {
		const value: Json | undefined = given[name] ?? preset;
		const pointer = `/data/attributes/${name}`;
		if (value === undefined) throw invalid(`${name} is required`, pointer);
		if (!accepts(value)) throw invalid(`${name} is invalid`, pointer);
		values[name] = value;
	}
	return values;
}

const isSame = (values: JsonObject, attributes: JsonObject) =>
	Object.entries(values).every(([name, value]) => attributes[name] === value);
