import { DateTime } from 'luxon';
import { isPlainObject } from '../../../nodes/Persona/engine/values.ts';
import { sentFiles } from './binary.mts';
import type { ProbeInput, InputForm } from './probeInput.mts';
import {
	toJsonValue,
	isBlank,
	parseJson,
	toNumber,
	toText,
	formatDay,
	formatInstant,
	replaceTimes,
	toWords,
} from './plainValues.mts';

const toTrimmedText = (value: unknown) => toText(value)?.trim();

const matchText = (value: unknown, pattern: RegExp) =>
	pattern.test(toTrimmedText(value) ?? '') ? toTrimmedText(value) : undefined;

function toBoolean(value: unknown): boolean | undefined {
	return [true, false].find((state) => value === state || value === String(state));
}

function toNumberInRange(value: unknown, { minValue = -Infinity, maxValue = Infinity } = {}) {
	const number = toNumber(value);
	return number !== undefined && number >= minValue && number <= maxValue ? number : undefined;
}

/** Names by their type, `own` by default; the names of a type are one comma-separated text. */
function toFieldsToReturn(value: unknown, own = '') {
	const types = new Map<string, string[]>();
	for (const word of toWords(value) ?? []) {
		const [type, name, ...others] = word.includes(':') ? word.split(':') : [own, word];
		if (!/^[\w/-]+$/.test(type) || name.trim() === '' || others.length > 0) return undefined;
		types.set(type, [...(types.get(type) ?? []), name.trim()]);
	}
	const texts = Array.from(types, ([type, names]) => [type, names.join(',')]);
	return texts.length > 0 ? Object.fromEntries(texts) : undefined;
}

/** The item's file of this name; undefined if it is missing or empty. */
const findFile = (name?: string) =>
	name !== undefined && Object.hasOwn(sentFiles, name) ? sentFiles[name] : undefined;

function findFiles(value: unknown) {
	const found = toWords(value)?.map(findFile);
	return found?.every((file) => file !== undefined) ? found : undefined;
}

const keepNumber = (value: unknown) => (typeof value === 'number' ? toNumber(value) : undefined);

const parseObject = (value: unknown) =>
	isPlainObject(parseJson(value)) ? parseJson(value) : undefined;

function parseObjects(value: unknown) {
	const list = parseJson(value);
	return Array.isArray(list) && list.every(isPlainObject) ? list : undefined;
}

const toPageSize = (size?: number) => (size === undefined ? undefined : { size });

function limitToPageSize(value: unknown) {
	const limit = toNumberInRange(value, { minValue: 1 });
	return toPageSize(limit && Math.min(100, Math.ceil(limit)));
}

function returnAllToPageSize(value: unknown) {
	const all = toBoolean(value);
	return toPageSize(all === undefined ? undefined : all ? 100 : 50);
}

/** A value as it is sent; undefined if the item must fail. */
const renderers: Record<InputForm, (value: unknown, input: ProbeInput) => unknown> = {
	text: toText,
	name: toTrimmedText,
	scalar: (value) =>
		typeof value === 'boolean' ? value : (keepNumber(value) ?? toTrimmedText(value)),
	id: (value) => matchText(value, /^[\w-]{1,99}$/),
	idempotencyKey: (value) => matchText(value, /^[ -~]{1,255}$/),
	match: (value) => ['and', 'or'].find((one) => one === value),
	words: toWords,
	commaList: (value) => toWords(value)?.join(','),
	fieldsToReturn: (value, { type }) => toFieldsToReturn(value, type),
	toggle: toBoolean,
	returnAll: returnAllToPageSize,
	number: (value, { range }) => toNumberInRange(value, range),
	limit: limitToPageSize,
	date: formatDay,
	dateTime: formatInstant,
	json: parseObject,
	map: parseObject,
	jsonList: parseObjects,
	column: (value) =>
		DateTime.isDateTime(value) ? String(value) : toJsonValue(replaceTimes(value)),
	file: (value) => findFile(toText(value)),
	files: findFiles,
};

/** All that may be sent for a value; empty if the item must fail. */
export function listRenderings(input: ProbeInput, value: unknown): unknown[] {
	const { required, clears, form: writing } = input;
	if (clears && (value === '' || value === 0)) return [null];
	// Where Persona requires a map, it accepts an empty one.
	if (required && isBlank(value, writing) && writing !== 'map') return [];
	const rendering = renderers[writing](value, input);
	return rendering === undefined ? [] : [rendering];
}
