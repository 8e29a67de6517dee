import type { IDataObject } from 'n8n-workflow';
import { toInstant } from '../engine/dates';
import type { ItemContext } from '../engine/types';
import { isPlainObject, toText } from '../engine/values';
import { isBlank } from '../utils/isBlank';
import { findRoundedNumber } from '../utils/values/brokenText';

/** Persona allows no more clauses at one level of a query. */
export const MAX_CLAUSES = 20;

/** Persona's operators, with their labels. */
export const OPERATORS = {
	eq: 'Is Equal To',
	gt: 'Is Greater Than',
	gte: 'Is Greater Than or Equal To',
	lt: 'Is Less Than',
	lte: 'Is Less Than or Equal To',
};

type SearchCondition = Record<'attribute' | 'customAttribute' | 'operator' | 'value', unknown>;

/** The labels of what can be searched, and the only attribute that has an order, if not all have. */
interface SearchAttributes {
	attributes: Record<string, string>;
	onlyOrdered?: string;
}

/** One comparison in Persona's search syntax. Throws where a part of it is missing. */
function buildClause(
	{ attribute, customAttribute, operator, value }: SearchCondition,
	position: number,
	context: ItemContext,
	{ attributes, onlyOrdered }: SearchAttributes,
) {
	const { fail } = context;
	const requireText = (label: string, given: unknown) => {
		const text = toText(given ?? '', label, fail).trim();
		if (!isBlank(text)) return text;
		const how = `Condition ${position} needs a value here. To find objects without it, remove it.`;
		return fail(`'${label}' is empty`, how);
	};
	const isOther = attribute === 'other';
	const isTyped =
		typeof value === 'boolean' || (Number.isFinite(value) && !findRoundedNumber(value));
	const comparison = requireText('Operator', operator);
	if (!Object.hasOwn(OPERATORS, comparison)) {
		fail("'Operator' has an unknown value", `It can be ${Object.keys(OPERATORS).join(', ')}.`);
	}
	if (onlyOrdered !== undefined && attribute !== onlyOrdered && comparison !== 'eq') {
		fail(
			`'Operator' of condition ${position} must be '${OPERATORS.eq}'`,
			`Only '${attributes[onlyOrdered]}' can be compared in another way.`,
		);
	}
	const path = `conditions.condition[${position - 1}].value`;
	context.requireComplete('Value', value, context.readRaw(path));
	const isTime = !isOther && /_at$/.test(String(attribute));
	const isEmpty = typeof value === 'string' ? isBlank(value) : (value ?? null) === null;
	const readValue = () => {
		if (isTime && !isEmpty) return toInstant(value, 'Value', fail, context.run.node.getTimezone());
		return isTyped ? value : requireText('Value', value);
	};
	return {
		attribute: isOther
			? requireText('Attribute Name', customAttribute)
			: requireText('Attribute', attribute),
		operator: comparison,
		value: readValue() as string | number | boolean,
	};
}

/** The path of the first empty value in a query, e.g. `or.0.value`; undefined if there is none. */
function findEmptyPart(query: unknown, path: string[] = []): string | undefined {
	if (!Array.isArray(query) && !isPlainObject(query)) {
		// JSON has no NaN and no Infinity: they become null.
		const isNothing =
			query === undefined ||
			query === null ||
			(typeof query === 'number' && !Number.isFinite(query));
		return isNothing || isBlank(String(query)) ? path.join('.') : undefined;
	}
	const parts = Object.entries(query);
	if (parts.length === 0) return path.join('.');
	for (const [name, part] of parts) {
		const found = findEmptyPart(part, [...path, name]);
		if (found !== undefined) return found;
	}
	return undefined;
}

const CONDITION = 'attribute,operator,value';

/**
 * The path of the first part that Persona's search syntax does not have, e.g. `or.0`; undefined if
 * there is none. Inside a query, Persona's description permits any members, and does not say that one
 * it does not know is refused.
 */
function findForeignPart(query: unknown, path: string[] = []): string | undefined {
	if (!isPlainObject(query)) return path.join('.');
	const names = Object.keys(query).sort().join();
	if (names === CONDITION) return undefined;
	if (names === 'not') return findForeignPart(query.not, [...path, names]);
	const clauses = ['and', 'or'].includes(names) ? query[names] : undefined;
	if (!Array.isArray(clauses)) return path.join('.');
	return clauses
		.map((clause, index) => findForeignPart(clause, [...path, names, String(index)]))
		.find((found) => found !== undefined);
}

/** The user's own query; undefined if there is none. Throws where any part of it is empty or foreign. */
function readQuery(context: ItemContext): IDataObject | undefined {
	if (!context.hasOption('query')) return undefined;
	const query = context.readSetting<IDataObject>('query');
	const emptyPart = findEmptyPart(query);
	if (emptyPart !== undefined) {
		context.fail(
			`'Query (JSON)' is empty at '${emptyPart}'`,
			'An empty condition would find more than you want: give it a value, or remove it.',
		);
	}
	const foreignPart = findForeignPart(query);
	if (foreignPart === undefined) return query;
	return context.fail(
		`'Query (JSON)' is not a query${foreignPart && ` at '${foreignPart}'`}`,
		'Each part is either a condition with attribute, operator and value, or has a single member: and, or (lists), not.',
	);
}

function readSort(context: ItemContext, [first]: string[]) {
	const [byAttribute, byDirection] = ['sortBy', 'sortDirection'].map((name) =>
		context.hasOption(name),
	);
	if (!byAttribute && !byDirection) return undefined;
	return {
		attribute: byAttribute ? context.readSetting<string>('sortBy') : first,
		direction: byDirection ? context.readSetting<string>('sortDirection') : 'desc',
	};
}

/** The conditions of the form; none finds all. Throws where they are not a list. */
function readConditions(context: ItemContext): SearchCondition[] {
	const { condition = [] } = context.readParameter<{ condition?: unknown }>('conditions', {}) ?? {};
	if (!Array.isArray(condition) || !condition.every(isPlainObject)) {
		context.fail("'Conditions' must be a list", 'Add each condition to the form.');
	}
	const conditions = condition as SearchCondition[];
	if (conditions.length <= MAX_CLAUSES) return conditions;
	return context.fail(
		`'Conditions' has more than ${MAX_CLAUSES} entries`,
		`Persona allows up to ${MAX_CLAUSES} in one search. Split the search.`,
	);
}

/**
 * Builds the body of a search in Persona's search syntax, without its page. Fails the item if a part of
 * the query is empty, since that would find more than the user wants.
 */
export function buildSearchBody(
	context: ItemContext,
	attributes: Record<string, string>,
	onlyOrdered?: string,
): IDataObject {
	const clauses = readConditions(context).map((entry, index) =>
		buildClause(entry, index + 1, context, { attributes, onlyOrdered }),
	);
	const match = context.readSetting<string>('match');
	const query = readQuery(context) ?? (clauses.length > 0 ? { [match]: clauses } : undefined);
	const sort = readSort(context, Object.keys(attributes));
	return { ...(query && { query }), ...(sort && { sort }) };
}
