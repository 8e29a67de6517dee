import type { INodeProperties } from 'n8n-workflow';
import { CALENDAR_PERIODS, PERIOD_RULE } from '../utils/calendarPeriod';
import { compareByName } from '../utils/compareByName';
import { type DurationUnit, formatDuration } from '../utils/duration';
import { type IdPrefix, getPrefix } from '../values/idKinds';
import { VALUE_FORMATS, type ValueFormat } from '../values/valueFormats';
import { toParameterName } from './encodeValue';
import { buildLocatorModes } from './locatorModes';
import type { DisplayRules, Field, Fields } from './types';

/*
 * The kinds of fields in the table. Each function builds one from a label and a description. They
 * are named by nouns, so that a row reads like the panel it becomes.
 */

type FieldOverrides = Partial<Field>;

type LabelsByValue = Record<string, string>;

const UNIT_LABELS = { days: 'Days', hours: 'Hours', minutes: 'Minutes', seconds: 'Seconds' };

/** An AI agent sees only the description, so the description repeats the placeholder's example. */
const appendExample = (description: string, sample: string) =>
	description.endsWith('.') ? `${description} E.g. ${sample}.` : `${description}, e.g. ${sample}`;

/** One line of text. */
export function text(
	label: string,
	description?: string,
	sample?: string,
	overrides?: FieldOverrides,
): Field {
	return {
		displayName: label,
		encoding: 'text',
		type: 'string',
		default: '',
		...(description && { description: sample ? appendExample(description, sample) : description }),
		...(sample && { placeholder: `e.g. ${sample}` }),
		...overrides,
	};
}

/** A text of a kind that has several spellings; the description says what is converted. */
export function formattedText(
	format: ValueFormat,
	label: string,
	description: string,
	sample: string,
	overrides?: FieldOverrides,
): Field {
	const sentence = description.replace(/\.?$/, '.');
	const converted = `${sentence} ${VALUE_FORMATS[format].conversion}.`;
	return text(label, converted, sample, { format, ...overrides });
}

/** A text such as a name or a number, in which blanks and invisible marks around it mean nothing. */
export const trimmedText = (label: string, description: string, sample: string) =>
	formattedText('trimmedText', label, description, sample);

/** A number or an ID, of a document or of the user's own, that is never calculated with. */
export const identifier = (
	label: string,
	description: string,
	sample: string,
	overrides?: FieldOverrides,
) => formattedText('identifier', label, description, sample, overrides);

/** An email address. */
export const emailAddress = (label: string, description: string, sample = 'jane.doe@example.com') =>
	formattedText('emailAddress', label, description, sample, { placeholder: 'name@email.com' });

/** A phone number with its country code, or any one. */
export const phoneNumber = (
	description: string,
	format: 'phoneNumber' | 'anyPhoneNumber' = 'phoneNumber',
	label = 'Phone Number',
) => formattedText(format, label, description, '+14155551234');

/** A country. */
export const countryCode = (label = 'Country Code') =>
	formattedText('countryCode', label, 'Country as two letters (ISO 3166-1 alpha-2)', 'US');

/** A switch. The description continues "Whether to …". */
export const toggle = (label: string, description: string, overrides: FieldOverrides = {}) =>
	text(label, `Whether to ${description}`, undefined, {
		encoding: 'toggle',
		type: 'boolean',
		default: false,
		...overrides,
	});

/** A number. */
export const number = (label: string, description: string, overrides: FieldOverrides = {}) =>
	text(label, description, undefined, {
		encoding: 'number',
		type: 'number',
		default: 0,
		...overrides,
	});

/**
 * A length of time, as a number and its unit, and sent in seconds. `sample` is what the panel begins with;
 * the limits are Persona's.
 */
export function duration(
	label: string,
	description: string,
	sample: `${number} ${DurationUnit}`,
	seconds: [minimum: number, maximum: number] = [1, Number.MAX_SAFE_INTEGER],
	overrides: FieldOverrides = {},
): Field {
	const [amount, unit] = sample.split(' ');
	const [minimum, maximum] = seconds.map((limit) => formatDuration(limit));
	const range = seconds[0] > 1 ? `, from ${minimum} to ${maximum}` : `, at most ${maximum}`;
	const limits = seconds[1] === Number.MAX_SAFE_INTEGER ? '' : range;
	const what = description.replace(/(?=\.|$)/, limits);
	return text(label, what, undefined, {
		encoding: 'duration',
		type: 'fixedCollection',
		placeholder: 'Add Duration',
		default: { duration: { amount: Number(amount), unit } },
		seconds,
		options: [
			{
				displayName: 'Duration',
				name: 'duration',
				values: [
					buildProperty(
						'amount',
						number(label, appendExample(what, amount), { default: Number(amount) }),
					),
					buildProperty(
						'unit',
						choice('Unit', `Unit of the number. A day has 24 hours.`, UNIT_LABELS, {
							default: unit,
						}),
					),
				],
			},
		],
		...overrides,
	});
}

/** One of a fixed set of values. `labels` holds the panel's labels by Persona's values. */
export function choice(
	label: string,
	description = '',
	labels: LabelsByValue,
	overrides?: FieldOverrides,
): Field {
	const options = toOptions(labels);
	const first = options[0]?.value;
	return text(label, description, undefined, {
		type: 'options',
		options,
		default: first,
		...overrides,
	});
}

/** Any of a fixed set of values, sent as one text with commas between them. */
export const choices = (
	label: string,
	description: string,
	labels: LabelsByValue,
	overrides: FieldOverrides = {},
) =>
	text(label, appendExample(description, Object.keys(labels).slice(0, 2).join(', ')), undefined, {
		encoding: 'commaList',
		type: 'multiOptions',
		options: toOptions(labels),
		default: [],
		...overrides,
	});

/** What a list takes whose example has Persona's IDs: IDs of this kind, or of any if there are several. */
function getIdRules(sample = ''): FieldOverrides {
	const [prefix, ...others] = new Set(sample.split(', ').map(getPrefix));
	if (prefix === undefined) return {};
	return others.length > 0 ? { format: 'objectId' } : { idPrefix: prefix };
}

/**
 * A list of words, given as text with commas or as an array, and sent as an array. Where the example has
 * IDs, it takes IDs of their kind, and the addresses of pages.
 */
export const words = (
	label: string,
	description: string,
	sample?: string,
	overrides: FieldOverrides = {},
) => text(label, description, sample, { encoding: 'words', ...getIdRules(sample), ...overrides });

/** A list of words like `words`, but sent as one text with commas between them. */
export const commaList = (
	label: string,
	description: string,
	sample?: string,
	overrides: FieldOverrides = {},
) => words(label, description, sample, { encoding: 'commaList', ...overrides });

/** A JSON object, given as text or as a value. n8n's editor for JSON has no placeholder, but a hint. */
export const json = (
	label: string,
	description: string,
	sample: string,
	overrides: FieldOverrides = {},
) =>
	text(label, appendExample(description, sample), undefined, {
		encoding: 'json',
		type: 'json',
		default: '{}',
		hint: `E.g. ${sample}`,
		...overrides,
	});

/** A list of JSON objects, given as text or as an array. */
export const jsonList = (
	label: string,
	description: string,
	sample: string,
	overrides: FieldOverrides = {},
) => json(label, description, sample, { encoding: 'jsonList', default: '[]', ...overrides });

/**
 * A day, sent as YYYY-MM-DD. It is typed as text, because n8n's date picker drops a day that is typed,
 * and adds a time.
 */
export const date = (label: string, description: string, overrides: FieldOverrides = {}) =>
	text(
		label,
		`${description}, as YYYY-MM-DD, e.g. 1994-04-12. If the date has a time, only the day is sent. A date from a database is its day if it is midnight, and otherwise the day in the workflow's time zone.`,
		undefined,
		{ encoding: 'date', placeholder: 'YYYY-MM-DD', ...overrides },
	);

/** A point in time, sent in UTC. */
export const dateTime = (label: string, description: string, overrides: FieldOverrides = {}) =>
	text(
		label,
		`${description}. Without an offset, it is in the workflow's time zone. A day alone is the moment when it begins.`,
		'2025-06-30T14:00:00Z',
		{ encoding: 'dateTime', type: 'dateTime', ...overrides },
	);

/**
 * Filters by when something was done: two points in time, and a period of the calendar, which is sent as
 * both. It follows them, since it must not replace what the user gave.
 */
export const timeRange = (done: string): Fields => ({
	'created-at-start': dateTime('Created After', `${done} at this time or later`),
	'created-at-end': dateTime('Created Before', `${done} at this time or earlier`),
	'created-at': choice(
		'Created During',
		`${done} in this period. ${PERIOD_RULE}`,
		CALENDAR_PERIODS,
		{ encoding: 'period', default: 'lastWeek' },
	),
});

/** A file of the item, by the name of its binary field. */
export const file = (label: string, description: string, overrides: FieldOverrides = {}) =>
	text(label, description, 'data', {
		encoding: 'file',
		hint: 'The name of the input binary field containing the file to be uploaded',
		...overrides,
	});

/** Files of the item, by the names of their binary fields with commas between them. */
export const files = (label: string, description: string, overrides: FieldOverrides = {}) =>
	text(label, description, 'data, data2', {
		encoding: 'files',
		hint: 'The names of the input binary fields containing the files to be uploaded',
		...overrides,
	});

/**
 * Keys and values that the customer has defined in Persona, as JSON. With `columnsMethod`, a method
 * of `methods/resourceMapping.ts`, the user can also enter each value in a field of its own.
 */
export const map = (
	label: string,
	description: string,
	sample: string,
	columnsMethod?: string,
	takesFiles?: Field['takesFiles'],
) =>
	json(
		label,
		`${description}. A date without a time is sent as its day, in any time zone.`,
		sample,
		{ encoding: 'map', columnsMethod, takesFiles },
	);

/**
 * The ID of an object, which begins with `prefix`, or of any one. The user can also enter the address of
 * its page in Persona. With `searchMethod`, a method of `methods/listSearch.ts`, the user can choose the
 * object from a list.
 */
export function id(
	objectLabel: string,
	prefix: IdPrefix | 'any',
	description: string,
	searchMethod?: string,
): Field {
	const idPrefix = prefix === 'any' ? undefined : prefix;
	const sample = `${idPrefix ?? 'inq'}_ABC123`;
	return text(objectLabel, appendExample(description, sample), undefined, {
		type: 'resourceLocator',
		idPrefix,
		default: { mode: searchMethod ? 'list' : 'id', value: '' },
		modes: buildLocatorModes(sample, idPrefix, searchMethod),
	});
}

/** A field for experts, such as a cursor or a version: it comes after those for every day. */
export const expert = (field: Field): Field => ({ ...field, expert: true });

/** Makes a field required; the panel then shows it directly. */
export const required = (field: Field): Field => ({ ...field, required: true });

/** Converts labels by value to n8n's options, sorted by label. */
export const toOptions = (labels: LabelsByValue) =>
	Object.entries(labels)
		.map(([value, name]) => ({ name, value }))
		.sort(compareByName);

/** A sentence in the panel that has no value. */
export const notice = (sentence: string) =>
	text(sentence.replace(/\.?$/, '.'), undefined, undefined, { type: 'notice' });

/** Members of a field that are for the engine, not for n8n. */
const ENGINE_KEYS = new Set([
	'encoding',
	'format',
	'topLevel',
	'columnsMethod',
	'clearable',
	'neverEmpty',
	'maxEntries',
	'takesFiles',
	'columnsOnly',
	'idPrefix',
	'replaces',
	'guarded',
	'shownWith',
	'seconds',
	'expert',
]);

/** Builds n8n's property from a field; `show` says when it is visible; by default always. */
export function buildProperty(name: string, field: Field, show?: DisplayRules): INodeProperties {
	const property: Record<string, unknown> = {};
	for (const [key, value] of Object.entries(field)) {
		if (!ENGINE_KEYS.has(key)) property[key] = value;
	}
	// n8n's lint wants the label in the first place.
	property.name = toParameterName(name);
	if (show) property.displayOptions = { show };
	return property as unknown as INodeProperties;
}
