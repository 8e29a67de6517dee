import { DateTime } from 'luxon';
import { isPlainObject } from '../../../nodes/Persona/values/plainValues.ts';
import { readDuration } from '../../../nodes/Persona/fields/encodeValue.ts';
import { ID_KINDS } from '../../../nodes/Persona/values/idKinds.ts';
import { formatValue } from '../../../nodes/Persona/values/valueFormats.ts';
import { OPERATORS } from '../../../nodes/Persona/operations/search/buildSearchBody.ts';
import { UNIT_SECONDS, type DurationUnit } from '../../../nodes/Persona/utils/duration.ts';
import { hasEmptyEntry } from '../../../nodes/Persona/utils/parseList.ts';
import { trimText } from '../../../nodes/Persona/utils/values/trimText.ts';
import { sentFiles } from './binary.mts';
import type { ProbeInput, InputForm } from './probeInput.mts';
import {
	becomesNull,
	hasBrokenPart,
	hasHole,
	toJsonValue,
	isBlank,
	isMissing,
	isRounded,
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
	const text = String(typeof value === 'object' ? '' : value)
		.trim()
		.toLowerCase();
	return text === 'true' || text === '1' ? true : ['false', '0'].includes(text) ? false : undefined;
}

function toNumberInRange(value: unknown, { minValue = -Infinity, maxValue = Infinity } = {}) {
	const number = toNumber(value);
	return number !== undefined && number >= minValue && number <= maxValue ? number : undefined;
}

/** The seconds of a number in the unit that the panel suggests. */
function toSeconds(value: unknown, { field }: ProbeInput) {
	const { unit } = readDuration(field?.default);
	const seconds = (toNumber(value) ?? NaN) * UNIT_SECONDS[unit as DurationUnit];
	const [minValue, maxValue] = field?.seconds ?? [];
	const rounded = Number.isInteger(seconds) ? seconds : undefined;
	return toNumberInRange(rounded, { minValue, maxValue });
}

/** The words of a list that Persona splits at commas. */
const splitWords = (value: unknown) =>
	toWords(value)
		?.flatMap((word) => word.split(','))
		.map((word) => word.trim())
		.filter((word) => word !== '');

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

const keepNumber = (value: unknown) =>
	typeof value === 'number' && !isRounded(value) ? toNumber(value) : undefined;

const parseObject = (value: unknown) =>
	isPlainObject(parseJson(value)) ? parseJson(value) : undefined;

/** The item's files in place of their names; undefined if one is missing. */
function parseFileMap(value: unknown) {
	const map = parseObject(value);
	const files = Object.entries(map ?? {}).map(([key, name]) => [
		key,
		findFile(typeof name === 'string' ? name : undefined),
	]);
	return map && files.every(([, file]) => file !== undefined)
		? Object.fromEntries(files)
		: undefined;
}

const parseText = (value: unknown) => (typeof value === 'string' ? parseJson(value) : value);

/** Whether anything in a value is empty, or becomes null in JSON. */
function hasEmptyPart(value: unknown): boolean {
	if (Array.isArray(value)) return value.length === 0 || value.some(hasEmptyPart);
	if (isPlainObject(value)) return hasEmptyPart(Object.values(value));
	return isBlank(value, 'text') || (typeof value === 'number' && !Number.isFinite(value));
}

/** Whether a value is a condition, or conditions that are combined, to any depth. */
function isQuery(value: unknown): boolean {
	if (!isPlainObject(value)) return false;
	const { and, or, not, ...condition } = value;
	const [clauses, ...others] = [and, or, not && [not]].filter((one) => one !== undefined);
	const names = Object.keys(condition).sort().join(' ');
	const isKnown = Object.hasOwn(OPERATORS, String(condition.operator));
	if (!clauses) return names === 'attribute operator value' && isKnown;
	return names === '' && others.length === 0 && [clauses].flat().every(isQuery);
}

/** Whether a text tells persons or requests apart, so that it must not be what is made of nothing. */
const tellsApart = ({ form, path, places }: ProbeInput) =>
	form === 'scalar' ||
	['commaList', 'fieldsToReturn', 'files', 'words'].includes(form) ||
	places.some(([at, group]) => at === 'query' && group === 'filter') ||
	/(referenceId|idempotencyKey)$/i.test(path.at(-1) ?? '');

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

function toColumn(value: unknown): unknown {
	const column = toJsonValue(replaceTimes(value));
	return becomesNull(value) || hasHole(value) || hasBrokenPart(column) ? undefined : column;
}

/** An ID; what an expression makes of nothing is none, nor is one of another kind. */
function toId(value: unknown, { field }: ProbeInput): string | undefined {
	const id = typeof value === 'boolean' ? '' : trimText(toText(value) ?? '');
	const kinds: Record<string, string> = ID_KINDS;
	const kind = kinds[id.split('_')[0]];
	const expected = [field?.idPrefix ?? []].flat().map((prefix) => kinds[prefix]);
	const isOther = id.includes('_') && kind && expected.length > 0 && !expected.includes(kind);
	if (isOther) return undefined;
	return /^(?!(undefined|null|NaN)$)[\w-]{1,99}$/.test(id) ? id : undefined;
}

/** A value as it is sent; undefined if the item must fail. */
const renderers: Record<InputForm, (value: unknown, input: ProbeInput) => unknown> = {
	text: toText,
	name: toTrimmedText,
	scalar: (value) =>
		typeof value === 'boolean' ? value : (keepNumber(value) ?? toTrimmedText(replaceTimes(value))),
	id: toId,
	idempotencyKey: (value) => matchText(value, /^[ -~]{1,255}$/),
	match: (value) => ['and', 'or'].find((one) => one === value),
	words: toWords,
	commaList: (value) => splitWords(value)?.join(','),
	fieldsToReturn: (value, { type }) => toFieldsToReturn(value, type),
	toggle: toBoolean,
	returnAll: returnAllToPageSize,
	number: (value, { range }) => toNumberInRange(value, range),
	duration: toSeconds,
	limit: limitToPageSize,
	date: formatDay,
	dateTime: formatInstant,
	period: toText,
	json: parseObject,
	map: parseObject,
	fileMap: parseFileMap,
	jsonList: parseObjects,
	query: (value) =>
		hasEmptyPart(parseText(value)) || !isQuery(parseText(value)) ? undefined : parseObject(value),
	column: (value) => (DateTime.isDateTime(value) ? String(value) : toColumn(value)),
	file: (value) => findFile(toText(value)),
	files: findFiles,
};

/** A text in the form of its kind, whose own tests say what is right; undefined if it has none. */
function writeInFormat({ field, label }: ProbeInput, text: string): string | undefined {
	if (!field?.format) return text;
	const { format } = field;
	try {
		return formatValue(format, text, label, (message) => {
			throw new Error(message);
		});
	} catch {
		return undefined;
	}
}

/** A text or an ID in the form of its kind; undefined if it is none. */
function writeWord(input: ProbeInput, word: string): string | undefined {
	const text = input.field?.idPrefix ? toId(word, input) : word;
	return text === undefined ? undefined : writeInFormat(input, text);
}

function formatRendering(input: ProbeInput, rendering: unknown): unknown {
	const { format, idPrefix } = input.field ?? {};
	const isText = typeof rendering === 'string';
	if ((!format && !idPrefix) || (!isText && !Array.isArray(rendering))) return rendering;
	if (isText && input.form !== 'commaList') return writeWord(input, rendering);
	const words = isText ? rendering.split(',') : rendering.map(String);
	const written = words.map((word) => writeWord(input, word));
	if (!written.every((word) => word !== undefined)) return undefined;
	return isText ? written.join(',') : written;
}

/** Whether a list replaces what Persona has, or protects something, and has an empty entry. */
const hasGap = ({ clears, field, form }: ProbeInput, value: unknown) =>
	['commaList', 'files', 'words'].includes(form) &&
	(Array.isArray(clears) || field?.neverEmpty === true) &&
	hasEmptyEntry(value);

/** Whether a text that names something is none: a comparison, brackets, or nothing but quotes. */
const isNoName = ({ path, form }: ProbeInput, value: unknown) =>
	['text', 'idempotencyKey'].includes(form) &&
	/(id|key|tagName)$/i.test(path.filter((name) => name !== 'value').at(-1) ?? '') &&
	(typeof value === 'boolean' || /^(\[.*\]|\{.*\}|["'`]+)$/s.test(trimText(toText(value) ?? '')));

/** All that may be sent for a value; empty if the item must fail. */
export function listRenderings(input: ProbeInput, value: unknown): unknown[] {
	const { required, clears, choices, form: writing } = input;
	const isBlankMap = writing === 'map' && required && value !== undefined && value !== null;
	if (writing !== 'column' && isBlank(value, writing) && !isBlankMap) {
		return clears === undefined || isMissing(value) ? [] : [clears];
	}
	if (tellsApart(input) && (value === 'null' || value === 'NaN')) return [];
	if (hasGap(input, value) || isNoName(input, value)) return [];
	const rendering = formatRendering(input, renderers[writing](value, input));
	const words = splitWords(rendering) ?? [];
	const isChoice = words.length > 0 && words.every((word) => choices?.includes(word));
	if (choices && !isChoice) return [];
	if (input.zeroClears && rendering === 0) return [null];
	return rendering === undefined ? [] : [rendering];
}
