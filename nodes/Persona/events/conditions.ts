import { toCamelCase } from '../transport/flatten';
import { isRecord } from '../utils/isRecord';
import type { IdPrefix } from '../values/idKinds';
import { trimText } from '../utils/values/trimText';
import type { PersonaEvent } from './event';
import { isCustomEvent } from './eventTypes';

/** The object that an event is about. Any member may be missing or of any type. */
interface EventObject {
	id?: unknown;
	type?: unknown;
	attributes?: unknown;
	relationships?: unknown;
}

/** One condition of 'Only When': its field in the panel, and how to read an object's values. */
interface Condition {
	label: string;
	/** What the field asks for, without a period. */
	description: string;
	sample: string;
	/** What the IDs that are entered begin with; none for IDs of any kind. */
	idPrefixes?: IdPrefix[];
	/** The values that an object has; the condition is met if one of the user's is among them. */
	getValues: (object: EventObject) => string[];
	/** Makes spellings of the same value equal; applied to both sides, without blanks around them. */
	normalize?: (value: string) => string;
	/**
	 * Whether an object that does not meet the condition now never will, so it need not be read again.
	 */
	isFinal?: (object: EventObject) => boolean;
}

const toTexts = (values: unknown[]) =>
	values.flat().filter((value): value is string => typeof value === 'string');

/** A webhook registered by hand may send names in any of Persona's three inflections. */
const getMembers = (members: unknown, isMatch: (camelCaseName: string) => boolean): unknown[] =>
	isRecord(members)
		? Object.entries(members)
				.filter(([name]) => isMatch(toCamelCase(name)))
				.map(([, value]) => value)
		: [];

const getAttribute = ({ attributes }: EventObject, camelCaseName: string) =>
	toTexts(getMembers(attributes, (name) => name === camelCaseName));

function getRelatedIds({ relationships }: EventObject, namePattern: RegExp) {
	const references = getMembers(relationships, (name) => namePattern.test(name)).flatMap(
		(relationship) => (isRecord(relationship) ? [relationship.data].flat() : []),
	);
	return toTexts(references.map((reference) => (isRecord(reference) ? reference.id : undefined)));
}

const defineConditions = <Name extends string>(conditions: Record<Name, Condition>) => conditions;

/**
 * All conditions of 'Only When', in the order of the panel. Both the panel and the matching are
 * derived from this record, so neither can have a condition that the other lacks.
 */
export const CONDITIONS = defineConditions({
	accountId: {
		label: 'Account ID',
		description: 'Account of the object',
		sample: 'act_ABC123',
		idPrefixes: ['act'],
		getValues: (object) => [
			...(object.type === 'account' ? toTexts([object.id]) : []),
			...getRelatedIds(object, /^accounts?$/),
		],
	},
	objectId: {
		label: 'Object ID',
		description: 'ID of the object',
		sample: 'inq_ABC123',
		idPrefixes: [],
		getValues: ({ id }) => toTexts([id]),
		isFinal: () => true,
	},
	referenceId: {
		label: 'Reference ID',
		description: 'Your own ID of the object',
		sample: 'user-42',
		getValues: (object) => getAttribute(object, 'referenceId'),
	},
	status: {
		label: 'Status',
		description: 'Status of the object, also as the dashboard writes it',
		sample: 'approved, needs_review',
		getValues: (object) => getAttribute(object, 'status'),
		// The dashboard shows `needs_review` as "Needs Review".
		normalize: (status) => status.toLowerCase().replace(/[\s_-]+/g, '_'),
	},
	tags: {
		label: 'Tags',
		description: 'Tag of the object',
		sample: 'vip',
		getValues: (object) => getAttribute(object, 'tags'),
	},
	templateId: {
		label: 'Template ID',
		description: 'Template of the object, or a version of it',
		sample: 'itmpl_ABC123',
		idPrefixes: ['itmpl', 'itmplv', 'tmpl', 'ctmpl', 'rptp', 'vtmpl'],
		getValues: (object) => getRelatedIds(object, /template(Version)?$/i),
		// A webhook can be set to omit all relationships; then the template is unknown until it is read.
		isFinal: ({ relationships }) =>
			isRecord(relationships) && Object.keys(relationships).length > 0,
	},
});

/** Key of a condition, as workflows store it. */
export type ConditionName = keyof typeof CONDITIONS;

/** The accepted values of each condition. Without a list every object is accepted, with an empty one none. */
export type EventConditions = Partial<Record<ConditionName, string[]>>;

/** Whether this version of the node has a condition; the workflow may come from another version. */
export const isConditionName = (name: string): name is ConditionName =>
	Object.hasOwn(CONDITIONS, name);

/**
 * Returns the object that an event is about. A custom event has none: its payload is the customer's own,
 * whatever it looks like, so it meets no condition.
 */
function getEventObject({ attributes: { name, payload } }: PersonaEvent): EventObject {
	const { data } = isRecord(payload) && !isCustomEvent(name) ? payload : {};
	return isRecord(data) ? data : {};
}

function isMet(name: string, accepted: string[], object: EventObject): boolean {
	// An unknown condition must never let an event through.
	if (!isConditionName(name)) return false;
	const { getValues, normalize = (value) => value } = CONDITIONS[name];
	const toComparable = (value: string) => normalize(trimText(value));
	const values = getValues(object).map(toComparable);
	return accepted.map(toComparable).some((value) => values.includes(value));
}

/** Whether the object of an event meets all conditions, that is, has an accepted value for each. */
export function matches(event: PersonaEvent, conditions: EventConditions): boolean {
	const object = getEventObject(event);
	return Object.entries(conditions).every(([name, accepted]) => isMet(name, accepted, object));
}

/**
 * Whether an event may meet all conditions once its object has been read again. If a value that
 * never changes already fails a condition, the request is not needed.
 */
export function canStillMatch(event: PersonaEvent, conditions: EventConditions): boolean {
	const object = getEventObject(event);
	return Object.entries(conditions).every(([name, accepted]) => {
		const isUndecided = isConditionName(name) && CONDITIONS[name].isFinal?.(object) !== true;
		return isUndecided || isMet(name, accepted, object);
	});
}
