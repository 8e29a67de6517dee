import { ConflictError, UnprocessableError } from '../../state/errors.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { ObjectRef, StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import type { ListKind } from './listKinds.mts';

/** Creates an empty list. */
export const createList = (
	state: SandboxState,
	{ type }: ListKind,
	attributes: JsonObject,
): StoredObject =>
	state.createObject(
		`list/${type}`,
		'lst',
		{
			...attributes,
			status: 'active',
			'archived-at': null,
			'created-at': getTimestamp(),
			'updated-at': getTimestamp(),
		},
		{ 'list-items': { data: [] } },
	);

/** Attributes of a list item that do not say what is on the list. */
const BOOKKEEPING = /^(?:status|match-count)$|-at$/;

/** Returns what an item puts on its list, such as a name and a birthdate. */
export const listItemValues = ({ attributes }: StoredObject): string[] =>
	Object.entries(attributes)
		.filter(([name, value]) => value !== null && !BOOKKEEPING.test(name))
		.map(([, value]) => String(value));

/** Adds an item to a list. Throws for invalid values, and where an active item has the same ones. */
export function addListItem(
	state: SandboxState,
	kind: ListKind,
	list: StoredObject,
	attributes: JsonObject,
	creator: ObjectRef,
): StoredObject {
	requireActiveList(list, kind);
	const values = readItemValues(kind, attributes);
	const isTaken = state.store
		.getRelated(list, 'list-items')
		.some(
			(item) => item.attributes.status !== 'archived' && hasSameValues(values, item.attributes),
		);
	if (isTaken) throw new ConflictError('Value already exists as an active item in list');
	const item = state.createObject(
		`list-item/${kind.type}`,
		kind.idPrefix,
		{
			status: 'pending',
			'archived-at': null,
			'updated-at': getTimestamp(),
			'created-at': getTimestamp(),
			'redacted-at': null,
			'match-count': 0,
			...values,
		},
		{ creator: toOne(creator) },
	);
	state.addRelated(list, 'list-items', item);
	state.schedule(state.settings.reportSeconds * 1000, () => {
		if (item.attributes.status === 'pending') item.attributes.status = 'active';
	});
	return item;
}

/** Throws for a list that is archived or of another kind. */
export function requireActiveList({ type, attributes }: StoredObject, kind: ListKind) {
	const pointer = '/data/attributes/list-id';
	if (type !== `list/${kind.type}`) {
		throw new UnprocessableError(`List is not a list/${kind.type}`, pointer);
	}
	if (attributes.status === 'archived') throw new UnprocessableError('List is archived', pointer);
}

function readItemValues({ members }: ListKind, attributes: JsonObject): JsonObject {
	const values: JsonObject = {};
	for (const [name, { isValid, defaultValue }] of Object.entries(members)) {
		const value: Json | undefined = attributes[name] ?? defaultValue;
		const pointer = `/data/attributes/${name}`;
		if (value === undefined) throw new UnprocessableError(`${name} is required`, pointer);
		if (!isValid(value)) throw new UnprocessableError(`${name} is invalid`, pointer);
		values[name] = value;
	}
	return values;
}

const hasSameValues = (values: JsonObject, attributes: JsonObject) =>
	Object.entries(values).every(([name, value]) => attributes[name] === value);
