import type { PersonaObject } from '../../transport/jsonApi';
import { hasResult, type Attempt } from './summarizeChecks';

/** Kinds of verification for which a person shows an official document. */
const ID_VERIFICATION = /^(government-id|mdoc|jp-my-number)/;

/** Years; above that a birthdate stands for an unknown one. */
const MAX_AGE_YEARS = 130;

/** The IDs that were shown, the one to believe first: passed before others, then the newest. */
function rankIds(attempts: Attempt[]): PersonaObject[] {
	const rank = (attempt: Attempt) =>
		attempt.verification.attributes?.status === 'passed' ? 0 : hasResult(attempt) ? 1 : 2;
	return attempts
		.filter(({ kind }) => ID_VERIFICATION.test(kind))
		.reverse()
		.sort((a, b) => rank(a) - rank(b))
		.map(({ verification }) => verification);
}

/** A field of the inquiry; templates spell their keys with dashes or with underscores. */
function getField({ attributes = {} }: PersonaObject, name: string): unknown {
	const fields = (attributes.fields ?? {}) as Record<string, { value?: unknown } | undefined>;
	return (fields[name] ?? fields[name.replace(/-/g, '_')])?.value;
}

/**
 * Completed years on a day, both as YYYY-MM-DD; null without a real birthdate. Who was born on 29
 * February turns a year older on 1 March of a common year.
 */
function calculateAge(birthdate: unknown, day: string): number | null {
	const [, born] = /^(\d{4}-\d{2}-\d{2})/.exec(String(birthdate)) ?? [];
	if (!born || Number.isNaN(Date.parse(born))) return null;
	const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4));
	const age = day.slice(5) < born.slice(5) ? years - 1 : years;
	return age >= 0 && age <= MAX_AGE_YEARS ? age : null;
}

/** The document that was shown, and the age in UTC on the day when the inquiry ended, else today. */
export function summarizeDocument(inquiry: PersonaObject, attempts: Attempt[], endedAt: unknown) {
	const ended = Date.parse(String(endedAt)) || Date.now();
	const day = new Date(ended).toISOString().slice(0, 10);
	const ids = rankIds(attempts).map(({ attributes = {} }) => attributes);
	const [id = {}] = ids;
	const shown = ids
		.map(({ birthdate }) => calculateAge(birthdate, day))
		.find((age) => age !== null);
	const age = shown ?? calculateAge(getField(inquiry, 'birthdate'), day);
	return {
		age,
		ageSource: age === null ? null : shown === undefined ? 'fields' : 'document',
		documentCountry: id['country-code'] ?? null,
		documentType: id['id-class'] ?? id['identification-class'] ?? null,
	};
}

/** First and last name, of the inquiry or else of the ID; empty when neither has one. */
export function getName(inquiry: PersonaObject, attempts: Attempt[]): string {
	const names = ['name-first', 'name-last'];
	const joined = (values: unknown[]) => values.filter((value) => value).join(' ');
	const given = joined(names.map((name) => getField(inquiry, name)));
	const [id] = rankIds(attempts);
	return given || joined(names.map((name) => id?.attributes?.[name]));
}
