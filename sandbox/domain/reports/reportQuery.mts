import { type ApiError, BadRequestError, UnprocessableError } from '../../state/errors.mts';
import type { Json, JsonObject } from '../../state/json.mts';

/** Returns an error message for an invalid value. */
type ValueCheck = (value: Json) => string | undefined;

/** The members that a report query may and must have. */
export interface ReportQuerySchema {
	/** By member; undefined accepts any value. */
	checks: Record<string, ValueCheck | undefined>;
	required: string[];
	/** At least one of these sets must be complete. */
	requiredSets: string[][];
}

const checkText: ValueCheck = (value) =>
	typeof value === 'string' ? undefined : 'must be a string';

/** Checks that a value is a text that matches a pattern. */
export const createPatternCheck =
	(pattern: RegExp): ValueCheck =>
	(value) =>
		typeof value === 'string' && pattern.test(value) ? undefined : `must match ${pattern.source}`;

/** Checks that a value is a date, YYYY-MM-DD. */
export const checkDate = createPatternCheck(/^\d{4}-\d{2}-\d{2}$/);

/** Defines a query by its text members, the required ones, the required sets and other members. */
export const defineQuery = (
	texts: string[],
	required: string[] = [],
	requiredSets: string[][] = [],
	checks: Record<string, ValueCheck | undefined> = {},
): ReportQuerySchema => ({
	checks: { ...Object.fromEntries(texts.map((name) => [name, checkText])), ...checks },
	required,
	requiredSets,
});

/** The first error of a query, if there is one. */
export function findQueryError(
	query: JsonObject,
	{ checks, required, requiredSets }: ReportQuerySchema,
): ApiError | undefined {
	const path = 'data.attributes.query';
	const toErrorPath = (name: string) => `${path}.${name.replace(/-/g, '_')}`;
	const isGiven = (name: string) => query[name] !== undefined && query[name] !== null;
	const unknown = Object.keys(query).find((name) => !(name in checks));
	if (unknown) return new BadRequestError(`${toErrorPath(unknown)} is not permitted`);
	const missing = required.find((name) => !isGiven(name));
	if (missing) return new BadRequestError(`${toErrorPath(missing)} is missing`);
	for (const name of Object.keys(query).filter(isGiven)) {
		const message = checks[name]?.(query[name]);
		if (message) {
			const pointer = `/data/attributes/query/${name}`;
			return new UnprocessableError(`${toErrorPath(name)} ${message}`, pointer);
		}
	}
	if (requiredSets.length > 0 && !requiredSets.some((set) => set.every(isGiven))) {
		const choices = requiredSets.map((set) => set.join(' + ')).join(', or ');
		return new UnprocessableError(`${path} needs ${choices}`, '/data/attributes/query');
	}
	return undefined;
}
