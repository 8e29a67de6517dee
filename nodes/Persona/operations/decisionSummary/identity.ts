import type { PersonaObject } from '../../transport/jsonApi';
import { hasResult, type Attempt } from './attempts';

/** Kinds of verification in which a person shows an official document. */
const ID_VERIFICATION = /^(government-id|mdoc|jp-my-number)/;

/** A birthdate further back is a placeholder for an unknown one. */
const MAX_AGE_YEARS = 130;

/** The IDs that were shown, the most reliable first: passed before others, then the newest. */
function rankIds(attempts: Attempt[]): PersonaObject[] {
	const getRank = (attempt: Attempt) =>
		attempt.verification.attributes?.status === 'passed' ? 0 : hasResult(attempt) ? 1 : 2;
	return attempts
		.filter(({ kind }) => ID_VERIFICATION.test(kind))
		.reverse()
		.sort((a, b) => getRank(a) - getRank(b))
		.map(({ verification }) => verification);
}

/** A field of the inquiry. Templates spell their keys with dashes or with underscores. */
function getField({ attributes = {} }: PersonaObject, name: string): unknown {
	const fields = (attributes.fields ?? {}) as Record<string, { value?: unknown } | undefined>;
	return (fields[name] ?? fields[name.replace(/-/g, '_')])?.value;
}

/**
 * The age in completed years on a day, both as YYYY-MM-DD; null without a plausible birthdate. A
 * person born on 29 February turns a year older on 1 March of a common year.
 */
function calculateAge(birthdate: unknown, day: string): number | null {
	const [, bornOn] = /^(\d{4}-\d{2}-\d{2})/.exec(String(birthdate)) ?? [];
	if (!bornOn || Number.isNaN(Date.parse(bornOn))) return null;
	const years = Number(day.slice(0, 4)) - Number(bornOn.slice(0, 4));
	const age = day.slice(5) < bornOn.slice(5) ? years - 1 : years;
	return age >= 0 && age <= MAX_AGE_YEARS ? age : null;
}

/**
 * Summarizes the document that was shown, and the age in UTC on the day when the inquiry ended, or
 * today where it has not.
 */
export function summarizeDocument(inquiry: PersonaObject, attempts: Attempt[], endedAt: unknown) {
	const endedAtMs = Date.parse(String(endedAt)) || Date.now();
	const day = new Date(endedAtMs).toISOString().slice(0, 10);
	const ids = rankIds(attempts).map(({ attributes = {} }) => attributes);
	const [bestId = {}] = ids;
	const ageOnDocument = ids
		.map(({ birthdate }) => calculateAge(birthdate, day))
		.find((age) => age !== null);
	const age = ageOnDocument ?? calculateAge(getField(inquiry, 'birthdate'), day);
	return {
		age,
		ageSource: age === null ? null : ageOnDocument === undefined ? 'fields' : 'document',
		documentCountry: bestId['country-code'] ?? null,
		documentType: bestId['id-class'] ?? bestId['identification-class'] ?? null,
	};
}

/** First and last name from the inquiry, or else from the ID; empty where neither has one. */
export function getName(inquiry: PersonaObject, attempts: Attempt[]): string {
	const keys = ['name-first', 'name-last'];
	const joinValues = (values: unknown[]) => values.filter((value) => value).join(' ');
	const [bestId] = rankIds(attempts);
	return (
		joinValues(keys.map((key) => getField(inquiry, key))) ||
		joinValues(keys.map((key) => bestId?.attributes?.[key]))
	);
}
