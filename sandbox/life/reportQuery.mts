import { invalid, malformed, type Problem } from '../server/problem.mts';
import type { Json, JsonObject } from '../store.mts';

/** Says what is wrong with a value, if anything is. */
type Check = (value: Json) => string | undefined;

/** What a report may and must be asked. */
export interface QuerySchema {
	/** By member; undefined takes any value. */
	checks: Record<string, Check | undefined>;
	required: string[];
	/** One of these sets must be complete. */
	sets: string[][];
}

const isText: Check = (value) => (typeof value === 'string' ? undefined : 'must be a string');

/** A text of a certain form. */
export const pattern =
	(form: RegExp): Check =>
	(value) =>
		typeof value === 'string' && form.test(value) ? undefined : `must match ${form.source}`;

/** A day. */
export const date = pattern(/^\d{4}-\d{2}-\d{2}$/);

/** The texts a query takes, which of them it must have, and members with checks of their own. */
export const accept = (
	texts: string[],
	required: string[] = [],
	sets: string[][] = [],
	checks: Record<string, Check | undefined> = {},
): QuerySchema => ({
	checks: { ...Object.fromEntries(texts.map((name) => [name, isText])), ...checks },
	required,
	sets,
});

/** What is wrong with a query, if anything is. */
export function problemWith(
	query: JsonObject,
	{ checks, required, sets }: QuerySchema,
): Problem | undefined {
	const path = 'data.attributes.query';
	const snake = (name: string) => `${path}.${name.replace(/-/g, '_')}`;
	const given = (name: string) => query[name] !== undefined && query[name] !== null;
	const foreign = Object.keys(query).find((name) => !(name in checks));
	if (foreign) return malformed(`${snake(foreign)} is not permitted`);
	const missing = required.find((name) => !given(name));
	if (missing) return malformed(`${snake(missing)} is missing`);
	for (const name of Object.keys(query).filter(given)) {
		const wrong = checks[name]?.(query[name]);
		if (wrong) return invalid(`${snake(name)} ${wrong}`, `/data/attributes/query/${name}`);
	}
	if (sets.length > 0 && !sets.some((set) => set.every(given))) {
		const choices = sets.map((set) => set.join(' + ')).join(', or ');
		return invalid(`${path} needs ${choices}`, '/data/attributes/query');
	}
	return undefined;
}
