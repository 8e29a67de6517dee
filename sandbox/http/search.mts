import { BadRequestError } from '../state/errors.mts';
import type { Json, JsonObject } from '../state/json.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { defineBody, defineObject, text } from './bodySchema.mts';
import type { ApiRequest } from './endpoint.mts';

// Both are Persona's limits.
const MAX_DEPTH = 2;
const MAX_CLAUSES = 20;

/** The body of a search. */
export const searchBody = defineBody({
	query: { type: 'object' },
	sort: defineObject({
		'attribute*': text,
		'direction*': { type: 'string', enum: ['asc', 'desc'] },
	}),
	page: defineObject({
		after: text,
		before: text,
		size: { type: 'integer', minimum: 1, maximum: 100 },
	}),
});

/** Reads the value that a search compares. Throws for an attribute that cannot be searched. */
type AttributeReader = (object: StoredObject, attribute: string) => Json | undefined;

type Predicate = (object: StoredObject) => boolean;

/**
 * The objects that match the body of a search, as far as it sees their changes, in the reverse of its
 * order, as `getPage` needs them.
 */
export function search(
	{ state, body }: ApiRequest,
	family: string,
	readAttribute: AttributeReader,
): StoredObject[] {
	const isMatch = body.query ? buildPredicate(body.query, readAttribute, 0) : () => true;
	const sort = (body.sort ?? { attribute: 'created_at', direction: 'desc' }) as Record<
		string,
		string
	>;
	// Evaluated once without data, so that an unknown attribute is rejected even in an empty store.
	const empty: StoredObject = { type: family, id: '', attributes: {} };
	readAttribute(empty, sort.attribute);
	isMatch(empty);
	const found = state.store
		.getCollection(family)
		.findAll()
		.flatMap((object) => {
			const indexed = state.searchIndex.find(object);
			if (!indexed || !isMatch(indexed)) return [];
			return [{ object, sortValue: readAttribute(indexed, sort.attribute) ?? null }];
		});
	const sign = sort.direction === 'asc' ? -1 : 1;
	return found.sort((a, b) => sign * compare(a.sortValue, b.sortValue)).map(({ object }) => object);
}

function buildPredicate(query: Json, readAttribute: AttributeReader, depth: number): Predicate {
	if (query === null || typeof query !== 'object' || Array.isArray(query)) {
		throw new BadRequestError('query must be an object');
	}
	if (depth > MAX_DEPTH) {
		throw new BadRequestError(`query is nested deeper than ${MAX_DEPTH} levels`);
	}
	const names = Object.keys(query);
	if (names.length === 1 && (names[0] === 'and' || names[0] === 'or')) {
		const [name] = names;
		const clauses = query[name];
		if (!Array.isArray(clauses)) throw new BadRequestError(`query.${name} must be an array`);
		if (clauses.length > MAX_CLAUSES) {
			throw new BadRequestError(`query.${name} has more than ${MAX_CLAUSES} clauses`);
		}
		const predicates = clauses.map((each) => buildPredicate(each, readAttribute, depth + 1));
		// Every clause is evaluated, so that no other clause can hide an unknown attribute.
		return (object) => {
			const results = predicates.map((predicate) => predicate(object));
			return name === 'and' ? results.every(Boolean) : results.some(Boolean);
		};
	}
	if (names.length === 1 && names[0] === 'not') {
		const predicate = buildPredicate(query.not, readAttribute, depth + 1);
		return (object) => !predicate(object);
	}
	return buildComparison(query, readAttribute);
}

function buildComparison(query: JsonObject, readAttribute: AttributeReader): Predicate {
	const { attribute, operator, value, ...rest } = query;
	if (typeof attribute !== 'string') throw new BadRequestError('query.attribute is missing');
	if (value === undefined || (value !== null && typeof value === 'object')) {
		throw new BadRequestError('query.value must be a string, a number or a boolean');
	}
	const [extra] = Object.keys(rest);
	if (extra) throw new BadRequestError(`query.${extra} is not permitted`);
	const operators: Record<string, (order: number) => boolean> = {
		eq: (order) => order === 0,
		gt: (order) => order > 0,
		gte: (order) => order >= 0,
		lt: (order) => order < 0,
		lte: (order) => order <= 0,
	};
	const accepts = operators[String(operator)];
	if (!accepts) throw new BadRequestError('query.operator must be one of eq, gt, gte, lt, lte');
	return (object) => {
		const own = readAttribute(object, attribute);
		return [own ?? []].flat().some((one) => one !== null && accepts(compare(one, value)));
	};
}

/** Negative, zero or positive. Dates and times are compared as such, in any ISO 8601 format. */
function compare(a: Json, b: Json): number {
	if (a === null || b === null) return Number(a !== null) - Number(b !== null);
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	const [left, right] = [String(a), String(b)];
	const isTime = (value: string) => /^\d{4}-\d{2}-\d{2}/.test(value);
	if (isTime(left) && isTime(right)) return Date.parse(left) - Date.parse(right);
	return left < right ? -1 : left > right ? 1 : 0;
}
