import { type FieldType, type ResourceMapperField, validateFieldType } from 'n8n-workflow';
import type { FailItem } from '../transport/errors';
import { listNames } from '../utils/listNames';
import { parseList } from '../utils/parseList';
import { trimText } from '../utils/values/trimText';
import { checkJsonValue, isPlainObject, parseJson, toText } from '../values/plainValues';
import { encodeValue } from './encodeValue';
import { text } from './kinds';
import type { Encoding } from './types';

/**
 * Ends the label of a column whose type in Persona is a day. n8n stores it as text, since its own type
 * has a time, and keeps nothing of a column but label and type.
 */
export const DAY_LABEL_SUFFIX = ' (YYYY-MM-DD)';

/** Ends the label of a column whose value is a file of the item, named by its binary field. */
export const FILE_LABEL_SUFFIX = ' (Binary Field)';

/**
 * Ends the label of a column for an input of a workflow that is an object: Persona names only the JSON
 * type of an input, so that it may be a file.
 */
export const FILE_OR_JSON_LABEL_SUFFIX = ' (JSON or Binary Field)';

type Converter = (
	column: ResourceMapperField,
	value: unknown,
	fail: FailItem,
	zone: string,
) => unknown;

/** Columns whose text is a number or an ID by their names, such as `identification-number`. */
const IDENTIFIER_COLUMN = /(number|postal-code|reference-id)$/;

const encodeAs =
	(encoding: Encoding): Converter =>
	({ id, displayName }, value, fail, zone) =>
		encodeValue(
			text(displayName, undefined, undefined, {
				encoding,
				...(encoding === 'text' && {
					format: IDENTIFIER_COLUMN.test(id) ? 'identifier' : 'trimmedText',
				}),
			}),
			value,
			zone,
			fail,
		);

/** Converts a value as n8n does for a column of this type; one that it does not take is unchanged. */
function convertAsN8n(value: unknown, type: FieldType): unknown {
	const result = validateFieldType('', value, type);
	return result.valid ? result.newValue : value;
}

const isScalar = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);

const findOption = ({ options = [] }: ResourceMapperField, value: unknown) =>
	options.find((option) => String(option.value) === trimText(String(value)))?.value;

const failOption = ({ displayName, options = [] }: ResourceMapperField, fail: FailItem) =>
	fail(
		`'${displayName}' is not one of the values that Persona has`,
		`Use ${listNames(options.map(({ value }) => String(value)))}.`,
	);

const toOption: Converter = (column, value, fail) => {
	const option = trimText(toText(value, column.displayName, fail));
	return column.options?.length ? (findOption(column, option) ?? failOption(column, fail)) : option;
};

function splitList(value: unknown): string[] | false {
	const list = parseList(value);
	return 'entries' in list && list.entries;
}

const toList: Converter = (column, value, fail) => {
	const parsed =
		typeof value === 'string' && value.trim().startsWith('[')
			? convertAsN8n(value.trim(), 'array')
			: value;
	const list: unknown[] | false = Array.isArray(parsed)
		? parsed
		: isScalar(parsed) && splitList(parsed);
	if (!list) {
		return fail(
			`'${column.displayName}' is not a list`,
			'Write it as ["vip", "mobile"] or vip, mobile.',
		);
	}
	if (!column.options?.length) return list;
	return list.map((entry) => findOption(column, entry) ?? failOption(column, fail));
};

/** Not with n8n's conversion, which makes the text "None" of None, and nothing of a calculation. */
const toJson: Converter = ({ displayName }, value, fail) => {
	const parsed = parseJson(value, displayName, fail);
	if (isPlainObject(parsed) || Array.isArray(parsed)) return parsed;
	return fail(`'${displayName}' must be a JSON object or list`, 'Write it as {"name": "value"}.');
};

const CONVERTERS: Partial<Record<FieldType, Converter>> = {
	array: toList,
	boolean: encodeAs('toggle'),
	dateTime: encodeAs('dateTime'),
	number: encodeAs('number'),
	object: toJson,
	options: toOption,
	string: (column, ...rest) =>
		encodeAs(column.displayName.endsWith(DAY_LABEL_SUFFIX) ? 'date' : 'text')(column, ...rest),
};

/** Converts a value by the type of its column. A column without a known type takes any. */
export function convertCell(
	column: ResourceMapperField,
	value: unknown,
	zone: string,
	fail: FailItem,
): unknown {
	checkJsonValue(value, column.displayName, fail);
	const convert = column.type && CONVERTERS[column.type];
	const converted = convert ? convert(column, value, fail, zone) : value;
	// Lists and objects were parsed.
	checkJsonValue(converted, column.displayName, fail);
	return converted;
}
