import type { IDataObject } from 'n8n-workflow';
import { replaceDates, toInstant } from '../../values/dates';
import { getPrefix, parseId } from '../../values/idKinds';
import type { ItemContext, SearchForm } from '../../engine/types';
import { isPlainObject, toText } from '../../values/plainValues';
import { CALENDAR_PERIODS, toPeriodBounds } from '../../utils/calendarPeriod';
import { findEmptyPart } from '../../utils/findEmptyPart';
import { isBlank } from '../../utils/isBlank';
import { findRoundedNumber } from '../../utils/values/brokenText';

/** Persona allows no more clauses at one level of a query. */
export const MAX_CLAUSES = 20;

/** Persona allows no more of and, or, not inside each other. */
const MAX_DEPTH = 2;

/** Persona's operators, with their labels. */
export const OPERATORS = {
	eq: 'Is Equal To',
	gt: 'Is Greater Than (After)',
	gte: 'Is Greater Than or Equal To (On or After)',
	lt: 'Is Less Than (Before)',
	lte: 'Is Less Than or Equal To (On or Before)',
};

/** The attribute with IDs of any kind. */
const RELATED_OBJECTS = 'related_object_ids';

/** The operator of the panel that the node replaces by Persona's: the time is in a named period. */
export const DURING = 'during';

type SearchCondition = Record<
	'attribute' | 'customAttribute' | 'operator' | 'period' | 'value',
	unknown
>;

/** Whether the name of an attribute is that of a time. */
export const isTime = (attribute: string) => attribute.endsWith('_at');

/** What a search of one kind of object takes. */
export interface SearchGrammar extends Omit<SearchForm, 'buildBody' | 'known'> {
	/** The only attribute that has an order, and by which results are sorted. */
	onlyOrdered?: string;
	/** An example for attributes: for the ID of an object, one that begins as all IDs of its kind. */
	samples?: Record<string, string>;
	/** Values that the panel offers for an attribute to which Persona may add more; others are sent as they are. */
	offered?: Record<string, string[]>;
	/** The attributes that results cannot be sorted by. */
	unsorted?: string[];
}

/** Whether Persona searches by an attribute: one of these, or one that a name with an asterisk stands for. */
const isSearchable = ({ attributes, others = [] }: SearchGrammar, attribute: string) =>
	[...Object.keys(attributes), ...others].some((known) =>
		known.endsWith('*')
			? attribute.startsWith(known.slice(0, -1)) && attribute.length >= known.length
			: attribute === known,
	);

/** What is wrong with a condition, and how to fix it; undefined if nothing is. */
function findProblem(
	grammar: SearchGrammar,
	attribute: unknown,
	operator: unknown,
	value: unknown,
): { part: 'Attribute' | 'Operator' | 'Value'; problem: string; fix: string } | undefined {
	const { attributes, onlyOrdered, others = [], values = {} } = grammar;
	const buildFix = (known: string[]) => `It can be ${known.join(', ')}.`;
	const problem = 'has an unknown value';
	if (!isSearchable(grammar, String(attribute))) {
		return { part: 'Attribute', problem, fix: buildFix([...Object.keys(attributes), ...others]) };
	}
	if (!Object.hasOwn(OPERATORS, String(operator))) {
		return { part: 'Operator', problem, fix: buildFix(Object.keys(OPERATORS)) };
	}
	const known = values[String(attribute)];
	if (known && value !== undefined && !known.includes(String(value))) {
		return { part: 'Value', problem, fix: buildFix(known) };
	}
	if (!onlyOrdered || attribute === onlyOrdered || operator === 'eq') return undefined;
	return {
		part: 'Operator',
		problem: `must be '${OPERATORS.eq}'`,
		fix: `Only '${attributes[onlyOrdered]}' can be compared in another way.`,
	};
}

/** The comparisons of an attribute that are true in a named period. */
function buildPeriodClause(
	attribute: string,
	period: unknown,
	position: number,
	{ run, fail }: ItemContext,
) {
	if (!Object.hasOwn(CALENDAR_PERIODS, String(period))) {
		const known = Object.keys(CALENDAR_PERIODS).join(', ');
		fail(`'Period' of condition ${position} has an unknown value`, `It can be ${known}.`);
	}
	const bounds = toPeriodBounds(String(period), run.node.getTimezone());
	const operators = ['gte', 'lt'];
	return { and: bounds.map((value, index) => ({ attribute, operator: operators[index], value })) };
}

/** One comparison in Persona's search syntax. Throws where a part of it is missing. */
function buildClause(
	{ attribute, customAttribute, operator, period, value }: SearchCondition,
	position: number,
	context: ItemContext,
	grammar: SearchGrammar,
) {
	const { fail } = context;
	const requireText = (label: string, given: unknown) => {
		const text = toText(given ?? '', label, fail).trim();
		if (!isBlank(text)) return text;
		const how = `Condition ${position} needs a value here. To find objects without it, remove it.`;
		return fail(`'${label}' is empty`, how);
	};
	const isOther = attribute === 'other';
	const name = isOther
		? requireText('Attribute Name', customAttribute)
		: requireText('Attribute', attribute);
	const comparison = requireText('Operator', operator);
	const isTimeKnown = isTime(name) && (!isOther || Object.hasOwn(grammar.attributes, name));
	const path = `conditions.condition[${position - 1}].value`;
	context.requireComplete('Value', value, context.readRaw(path));
	const isTyped =
		typeof value === 'boolean' || (Number.isFinite(value) && !findRoundedNumber(value));
	const isEmpty = typeof value === 'string' ? isBlank(value) : (value ?? null) === null;
	const readValue = () => {
		if (isTimeKnown && !isEmpty)
			return toInstant(value, 'Value', fail, context.run.node.getTimezone());
		if (isTyped) return value as number | boolean;
		const dated = replaceDates(value, context.run.node.getTimezone());
		// Of a year without four digits, no day can be written.
		const isOutOfRange = value instanceof Date && !/^\d{4}-/.test(String(dated));
		const text = requireText('Value', isOutOfRange ? value : dated);
		const idPrefix = isOther ? undefined : getPrefix(grammar.samples?.[name] ?? '');
		const field = { displayName: 'Value', ...(name !== RELATED_OBJECTS && { idPrefix }) };
		if (idPrefix) return parseId(text, field, fail);
		// The dashboard shows `needs_review` as "Needs Review".
		const isSame = (known: string) => known === text.toLowerCase().replace(/[\s_-]+/g, '_');
		return { ...grammar.offered, ...grammar.values }[name]?.find(isSame) ?? text;
	};
	const checkPart = (given: unknown) => {
		const wrong = findProblem(grammar, name, comparison, given);
		if (!wrong) return;
		const label = wrong.part === 'Attribute' && isOther ? 'Attribute Name' : wrong.part;
		fail(`'${label}' of condition ${position} ${wrong.problem}`, wrong.fix);
	};
	if (comparison === DURING && isTimeKnown && isSearchable(grammar, name)) {
		return buildPeriodClause(name, period, position, context);
	}
	checkPart(undefined);
	const sent = readValue();
	checkPart(sent);
	return { attribute: name, operator: comparison, value: sent };
}

const CONDITION = 'attribute,operator,value';

/**
 * Fails the item for the first part that is not in Persona's search syntax. Inside a query, Persona's
 * description permits any members, and does not say that one it does not know is refused.
 */
function checkQuery(
	query: unknown,
	context: ItemContext,
	grammar: SearchGrammar,
	path: string[] = [],
): void {
	const place = path.length > 0 ? ` at '${path.join('.')}'` : '';
	const parts = isPlainObject(query) ? query : {};
	const names = Object.keys(parts).sort().join();
	if (names === CONDITION) {
		const wrong = findProblem(grammar, parts.attribute, parts.operator, parts.value);
		if (!wrong) return;
		const name = wrong.part.toLowerCase();
		context.fail(`'Query (JSON)': the ${name}${place} ${wrong.problem}`, wrong.fix);
	}
	const isNested = path.filter((part) => /^(and|or|not)$/.test(part)).length >= MAX_DEPTH;
	if (isNested && ['and', 'or', 'not'].includes(names)) {
		context.fail(
			`'Query (JSON)' is nested too deep${place}`,
			`Persona allows ${MAX_DEPTH} of and, or, not inside each other. Write the query flatter, or search several times.`,
		);
	}
	if (names === 'not') return checkQuery(parts.not, context, grammar, [...path, names]);
	const clauses = ['and', 'or'].includes(names) ? parts[names] : undefined;
	if (!Array.isArray(clauses)) {
		return context.fail(
			`'Query (JSON)' is not a query${place}`,
			'Each part is either a condition with attribute, operator and value, or has a single member: and, or (lists), not.',
		);
	}
	if (clauses.length > MAX_CLAUSES) {
		context.fail(
			`'Query (JSON)' has more than ${MAX_CLAUSES} entries at '${[...path, names].join('.')}'`,
			`Persona allows up to ${MAX_CLAUSES} in each list. Split the search.`,
		);
	}
	clauses.forEach((clause, index) =>
		checkQuery(clause, context, grammar, [...path, names, String(index)]),
	);
}

/** The user's own query; undefined if there is none. Throws where any part of it is empty or foreign. */
function readQuery(context: ItemContext, grammar: SearchGrammar): IDataObject | undefined {
	if (!context.hasOption('query')) return undefined;
	const query = context.readSetting<IDataObject>('query');
	const emptyPart = findEmptyPart(query);
	if (emptyPart !== undefined) {
		context.fail(
			`'Query (JSON)' is empty at '${emptyPart}'`,
			'An empty condition would find more than you want: give it a value, or remove it.',
		);
	}
	checkQuery(query, context, grammar);
	return query;
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
export function buildSearchBody(context: ItemContext, grammar: SearchGrammar): IDataObject {
	const clauses = readConditions(context).map((entry, index) =>
		buildClause(entry, index + 1, context, grammar),
	);
	const match = context.readSetting<string>('match');
	const conditions = clauses.length > 0 ? { [match]: clauses } : undefined;
	const query = readQuery(context, grammar) ?? conditions;
	const sort = readSort(context, Object.keys(grammar.attributes));
	return { ...(query && { query }), ...(sort && { sort }) };
}
