import { DateTime } from 'luxon';
import { isObject } from '../../../nodes/Persona/engine/values.ts';
import { files } from './binary.mts';
import type { Input, Writing } from './input.mts';
import { inJson, isBlank, jsonOf, numberOf, textOf, timeOf, wordsOf } from './plainValues.mts';

const trimmed = (value: unknown) => textOf(value)?.trim();

const matching = (value: unknown, pattern: RegExp) =>
	pattern.test(trimmed(value) ?? '') ? trimmed(value) : undefined;

function toggle(value: unknown): boolean | undefined {
	return [true, false].find((state) => value === state || value === String(state));
}

function inRange(value: unknown, { minValue = -Infinity, maxValue = Infinity } = {}) {
	const number = numberOf(value);
	return number !== undefined && number >= minValue && number <= maxValue ? number : undefined;
}

/** Names by their type, which is `own` where none is given; those of one type are one text. */
function fieldsToReturn(value: unknown, own = '') {
	const types = new Map<string, string[]>();
	for (const word of wordsOf(value) ?? []) {
		const [type, name, ...others] = word.includes(':') ? word.split(':') : [own, word];
		if (!/^[\w/-]+$/.test(type) || name.trim() === '' || others.length > 0) return undefined;
		types.set(type, [...(types.get(type) ?? []), name.trim()]);
	}
	const texts = Array.from(types, ([type, names]) => [type, names.join(',')]);
	return texts.length > 0 ? Object.fromEntries(texts) : undefined;
}

/** The file of this name, unless the item has none or an empty one. */
const fileOf = (name?: string) =>
	name !== undefined && Object.hasOwn(files, name) ? files[name] : undefined;

function filesOf(value: unknown) {
	const found = wordsOf(value)?.map(fileOf);
	return found?.every((file) => file !== undefined) ? found : undefined;
}

const numeric = (value: unknown) => (typeof value === 'number' ? numberOf(value) : undefined);

const object = (value: unknown) => (isObject(jsonOf(value)) ? jsonOf(value) : undefined);

function objects(value: unknown) {
	const list = jsonOf(value);
	return Array.isArray(list) && list.every(isObject) ? list : undefined;
}

const sizeOf = (size?: number) => (size === undefined ? undefined : { size });

function size(value: unknown) {
	const limit = inRange(value, { minValue: 1 });
	return sizeOf(limit && Math.min(100, Math.ceil(limit)));
}

function sizeWhenAll(value: unknown) {
	const all = toggle(value);
	return sizeOf(all === undefined ? undefined : all ? 100 : 50);
}

/** What stands in the request for a value; undefined if it has to be refused. */
const written: Record<Writing, (value: unknown, input: Input) => unknown> = {
	text: textOf,
	name: trimmed,
	scalar: (value) => (typeof value === 'boolean' ? value : (numeric(value) ?? trimmed(value))),
	id: (value) => matching(value, /^[\w-]{1,99}$/),
	idempotencyKey: (value) => matching(value, /^[ -~]{1,255}$/),
	match: (value) => ['and', 'or'].find((one) => one === value),
	words: wordsOf,
	commaList: (value) => wordsOf(value)?.join(','),
	fieldsToReturn: (value, { type }) => fieldsToReturn(value, type),
	toggle,
	returnAll: sizeWhenAll,
	number: (value, { range }) => inRange(value, range),
	limit: size,
	date: (value) => timeOf(value, (time) => time.toISODate()),
	moment: (value) => timeOf(value, (time) => time.toUTC().toISO()),
	json: object,
	map: object,
	jsonList: objects,
	column: (value) => (DateTime.isDateTime(value) ? String(value) : inJson(value)),
	file: (value) => fileOf(textOf(value)),
	files: filesOf,
};

/** All that may stand in the request for a value; nothing if it has to be refused. */
export function renderings(input: Input, value: unknown): unknown[] {
	const { required, clears, writing } = input;
	if (clears && (value === '' || value === 0)) return [null];
	// Where Persona requires a map, it takes an empty one too.
	if (required && isBlank(value, writing) && writing !== 'map') return [];
	const rendering = written[writing](value, input);
	return rendering === undefined ? [] : [rendering];
}
