import type { Json, JsonObject, StoredObject } from '../store.mts';
import { body, object, text } from './body.mts';
import type { Call } from './endpoint.mts';
import { malformed } from './problem.mts';

// Both are Persona's limits.
const MAX_DEPTH = 2;
const MAX_CLAUSES = 20;

/** The body of a search. */
export const searchBody = body({
	query: { type: 'object' },
	sort: object({ 'attribute*': text, 'direction*': { type: 'string', enum: ['asc', 'desc'] } }),
	page: object({
		after: text,
		before: text,
		size: { type: 'integer', minimum: 1, maximum: 100 },
	}),
});

type ValueOf = (thing: StoredObject, attribute: string) => Json | undefined;

/** The objects that a search finds, in the reverse of its order, as `slice` wants them. */
export function searched({ world, body }: Call, family: string, valueOf: ValueOf): StoredObject[] {
	const test = body.query ? predicate(body.query, valueOf, 0) : () => true;
	const sort = (body.sort ?? { attribute: 'created_at', direction: 'desc' }) as Record<
		string,
		string
	>;
	// Asked of nobody in particular, so that a misspelt name is refused even when nothing is there.
	const nobody: StoredObject = { type: family, id: '', attributes: {} };
	valueOf(nobody, sort.attribute);
	test(nobody);
	const found = world.store.getCollection(family).findAll(test);
	const sign = sort.direction === 'asc' ? -1 : 1;
	const value = (thing: StoredObject) => valueOf(thing, sort.attribute) ?? null;
	return found.sort((a, b) => sign * compare(value(a), value(b)));
}

function predicate(query: Json, valueOf: ValueOf, depth: number): (thing: StoredObject) => boolean {
	if (query === null || typeof query !== 'object' || Array.isArray(query)) {
		throw malformed('query must be an object');
	}
	if (depth > MAX_DEPTH) throw malformed(`query is nested deeper than ${MAX_DEPTH} levels`);
	const names = Object.keys(query);
	if (names.length === 1 && (names[0] === 'and' || names[0] === 'or')) {
		const [name] = names;
		const clauses = query[name];
		if (!Array.isArray(clauses)) throw malformed(`query.${name} must be an array`);
		if (clauses.length > MAX_CLAUSES) {
			throw malformed(`query.${name} has more than ${MAX_CLAUSES} clauses`);
		}
		const tests = clauses.map((each) => predicate(each, valueOf, depth + 1));
		// Every test is asked, so that a misspelt attribute is never hidden by another clause.
		return (thing) => {
			const results = tests.map((test) => test(thing));
			return name === 'and' ? results.every(Boolean) : results.some(Boolean);
		};
	}
	if (names.length === 1 && names[0] === 'not') {
		const test = predicate(query.not, valueOf, depth + 1);
		return (thing) => !test(thing);
	}
	return comparison(query, valueOf);
}

function comparison(query: JsonObject, valueOf: ValueOf): (thing: StoredObject) => boolean {
	const { attribute, operator, value, ...rest } = query;
	if (typeof attribute !== 'string') throw malformed('query.attribute is missing');
	if (value === undefined || (value !== null && typeof value === 'object')) {
		throw malformed('query.value must be a string, a number or a boolean');
	}
	const [extra] = Object.keys(rest);
	if (extra) throw malformed(`query.${extra} is not permitted`);
	const outcomes: Record<string, (order: number) => boolean> = {
		eq: (order) => order === 0,
		gt: (order) => order > 0,
		gte: (order) => order >= 0,
		lt: (order) => order < 0,
		lte: (order) => order <= 0,
	};
	const outcome = outcomes[String(operator)];
	if (!outcome) throw malformed('query.operator must be one of eq, gt, gte, lt, lte');
	return (thing) => {
		const own = valueOf(thing, attribute);
		return own !== undefined && own !== null && outcome(compare(own, value));
	};
}

/** Negative, zero or positive; points in time are compared as such, however they are written. */
function compare(a: Json, b: Json): number {
	if (a === null || b === null) return Number(a !== null) - Number(b !== null);
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	const [left, right] = [String(a), String(b)];
	const isTime = (text: string) => /^\d{4}-\d{2}-\d{2}/.test(text);
	if (isTime(left) && isTime(right)) return Date.parse(left) - Date.parse(right);
	return left < right ? -1 : left > right ? 1 : 0;
}
