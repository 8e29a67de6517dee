import { BadRequestError, NotFoundError, UnprocessableError } from '../../state/errors.mts';
import { createId } from '../../state/ids.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';

// Persona has no event for the tags of other objects, such as reports.
const TYPES_WITH_TAG_EVENTS = new Set(['inquiry', 'account', 'case']);

/**
 * "More than 1000 active tags" are refused with 422
 * (https://docs.withpersona.com/updates/changelog/2025/9/29).
 */
const MAX_TAGS = 1000;

/** Throws where the organization would have too many tags. */
export function requireTagCapacity({ tagIds }: SandboxState, names: string[]) {
	const added = new Set(names.filter((name) => !tagIds.has(name)));
	if (added.size === 0 || tagIds.size + added.size <= MAX_TAGS) return;
	throw new UnprocessableError(`Organization cannot have more than ${MAX_TAGS} active tags`);
}

/**
 * Replaces the tags of an object and, unless told otherwise, emits events about the changes. Throws for
 * too many tags.
 */
export function setTags(
	state: SandboxState,
	object: StoredObject,
	names: string[],
	emitsEvents = true,
) {
	const before = (object.attributes.tags ?? []) as string[];
	const tags = [...new Set(names)];
	requireTagCapacity(state, tags);
	for (const name of tags) if (!state.tagIds.has(name)) state.tagIds.set(name, createId('tag'));
	const added = tags.filter((name) => !before.includes(name));
	const removed = before.filter((name) => !tags.includes(name));
	if (added.length + removed.length === 0) return;
	Object.assign(object.attributes, {
		tags,
		...('updated-at' in object.attributes && { 'updated-at': getTimestamp() }),
	});
	if (!emitsEvents || !TYPES_WITH_TAG_EVENTS.has(object.type)) return;
	state.emitEvent(`${object.type}.updated-tags`, object, {
		'added-tags': added,
		'removed-tags': removed,
	});
	if (object.type !== 'account') return;
	added.forEach(() => state.emitEvent('account.tag-added', object));
	removed.forEach(() => state.emitEvent('account.tag-removed', object));
}

/** Adds, removes or replaces tags, given in `meta` by name or ID. Throws for an unknown ID. */
export function changeTags(
	state: SandboxState,
	object: StoredObject,
	verb: 'add-tag' | 'remove-tag' | 'set-tags',
	meta: JsonObject,
) {
	const names = readTagNames(state, meta);
	const before = (object.attributes.tags ?? []) as string[];
	if (verb === 'set-tags') setTags(state, object, names);
	else if (verb === 'add-tag') setTags(state, object, [...before, ...names]);
	else {
		const remaining = before.filter((name) => !names.includes(name));
		setTags(state, object, remaining);
	}
}

function readTagNames(state: SandboxState, meta: JsonObject): string[] {
	const toList = (value: Json | undefined) =>
		(value === undefined ? [] : [value].flat()) as string[];
	if (meta['tag-name'] === undefined && meta['tag-id'] === undefined) {
		throw new BadRequestError('meta.tag_name is missing');
	}
	const namesById = toList(meta['tag-id']).map((id) => {
		const [name] = [...state.tagIds].find(([, each]) => each === id) ?? [];
		if (name === undefined) throw new NotFoundError('meta.tag_id is not found');
		return name;
	});
	return [...toList(meta['tag-name']), ...namesById];
}
