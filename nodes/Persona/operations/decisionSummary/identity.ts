import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';
import { getAttributes, type PersonaObject } from '../../transport/jsonApi';
import { isRecord } from '../../utils/isRecord';
import type { Attempt } from './attempts';

/** Kinds of verification in which a person shows an official document. */
const ID_VERIFICATION = /^(government-id|mdoc|jp-my-number)/;

/** A birthdate further back is a placeholder for an unknown one. */
const MAX_AGE_YEARS = 130;

/** The attributes of the IDs that were shown: those that were accepted before others, then the newest. */
function rankIds(attempts: Attempt[]) {
	const ids = attempts
		.filter(({ kind }) => ID_VERIFICATION.test(kind))
		.reverse()
		.map(({ verification }) => getAttributes(verification));
	return [...ids.filter(isAccepted), ...ids.filter((id) => !isAccepted(id))];
}

/** Whether Persona has accepted an ID. What a rejected or open one says is not known to be true. */
const isAccepted = ({ status }: IDataObject) => status === 'passed';

/** A field of the inquiry. Templates spell their keys with dashes or with underscores. */
function getField(inquiry: PersonaObject, name: string): unknown {
	const { fields } = getAttributes(inquiry);
	if (!isRecord(fields)) return undefined;
	const field = fields[name] ?? fields[name.replace(/-/g, '_')];
	return isRecord(field) ? field.value : undefined;
}

/**
 * The age in completed years on a day, both as YYYY-MM-DD; null without a plausible birthdate. A
 * person born on 29 February turns a year older on 1 March of a common year.
 */
function calculateAge(birthdate: unknown, day: string): number | null {
	const [bornOn] = /^\d{4}-\d{2}-\d{2}/.exec(String(birthdate)) ?? [];
	// JavaScript alone would turn 30 February into 2 March.
	if (!bornOn || !DateTime.fromISO(bornOn).isValid) return null;
	const years = Number(day.slice(0, 4)) - Number(bornOn.slice(0, 4));
	const age = day.slice(5) < bornOn.slice(5) ? years - 1 : years;
	return age >= 0 && age <= MAX_AGE_YEARS ? age : null;
}

/**
 * Summarizes the ID that was shown, and whether it was accepted (`documentStatus`). The age is that
 * of an accepted ID, else that of the inquiry's fields, and never that of a rejected ID. It is the
 * age on the day when the inquiry ended, or today where it has not; `zone`, the workflow's, says which
 * day that is.
 */
export function summarizeDocument(
	inquiry: PersonaObject,
	attempts: Attempt[],
	endedAt: unknown,
	zone: string,
) {
	const endedAtMs = Date.parse(String(endedAt)) || Date.now();
	const day = DateTime.fromMillis(endedAtMs, { zone }).toISODate() ?? '';
	const ids = rankIds(attempts);
	const [bestId = {}] = ids;
	const ageOnDocument = ids
		.filter(isAccepted)
		.map(({ birthdate }) => calculateAge(birthdate, day))
		.find((age) => age !== null);
	const age = ageOnDocument ?? calculateAge(getField(inquiry, 'birthdate'), day);
	return {
		age,
		ageSource: age === null ? null : ageOnDocument === undefined ? 'fields' : 'document',
		documentCountry: bestId['country-code'] ?? null,
		documentType: bestId['id-class'] ?? bestId['identification-class'] ?? null,
		documentStatus: bestId.status ?? null,
	};
}

/** First and last name from the inquiry, or else from an accepted ID; empty where neither has one. */
export function getName(inquiry: PersonaObject, attempts: Attempt[]): string {
	const keys = ['name-first', 'name-last'];
	const joinValues = (values: unknown[]) => values.filter((value) => value).join(' ');
	const acceptedId = rankIds(attempts).find(isAccepted);
	return (
		joinValues(keys.map((key) => getField(inquiry, key))) ||
		joinValues(keys.map((key) => acceptedId?.[key]))
	);
}
