import { newId } from '../ids.mts';
import { malformed, notFound } from '../server/problem.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';

// Reports can be tagged too, but Persona has no event for it.
const announced = new Set(['inquiry', 'account', 'case']);

/** Gives the object exactly these tags, and says what changed. */
export function setTags(world: World, thing: StoredObject, names: string[]) {
	const before = (thing.attributes.tags ?? []) as string[];
	const tags = [...new Set(names)];
	for (const name of tags) if (!world.tags.has(name)) world.tags.set(name, newId('tag'));
	const added = tags.filter((name) => !before.includes(name));
	const removed = before.filter((name) => !tags.includes(name));
	if (added.length + removed.length === 0) return;
	Object.assign(thing.attributes, {
		tags,
		...('updated-at' in thing.attributes && { 'updated-at': now() }),
	});
	if (!announced.has(thing.type)) return;
	world.emit(`${thing.type}.updated-tags`, thing, { 'added-tags': added, 'removed-tags': removed });
	if (thing.type !== 'account') return;
	for (let count = 0; count < added.length; count += 1) world.emit('account.tag-added', thing);
	for (let count = 0; count < removed.length; count += 1) world.emit('account.tag-removed', thing);
}

/** Adds, removes or replaces the tags that `meta` names or gives the IDs of. */
export function changeTags(world: World, thing: StoredObject, verb: string, meta: JsonObject) {
	const names = namesIn(world, meta);
	const before = (thing.attributes.tags ?? []) as string[];
	if (verb === 'set-tags') setTags(world, thing, names);
	else if (verb === 'add-tag') setTags(world, thing, [...before, ...names]);
	else
		setTags(
			world,
			thing,
			before.filter((name) => !names.includes(name)),
		);
}

function namesIn(world: World, meta: JsonObject): string[] {
	const list = (value: Json | undefined) => (value === undefined ? [] : [value].flat()) as string[];
	if (meta['tag-name'] === undefined && meta['tag-id'] === undefined) {
		throw malformed('meta.tag_name is missing');
	}
	const byId = list(meta['tag-id']).map((id) => {
		const [name] = [...world.tags].find(([, each]) => each === id) ?? [];
		if (name === undefined) throw notFound('meta.tag_id is not found');
		return name;
	});
	return [...list(meta['tag-name']), ...byId];
}
