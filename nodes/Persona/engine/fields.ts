import type { INodeProperties } from 'n8n-workflow';
import type { Field, DisplayRules } from './types';
import { toParameterName } from './values';
import { compareByName } from '../utils/compareByName';

type More = Partial<Field>;

type Labels = Record<string, string>;

/** An AI model reads the description alone, so the example of the placeholder stands there too. */
const appendExample = (description: string, sample: string) =>
	description.endsWith('.') ? `${description} E.g. ${sample}.` : `${description}, e.g. ${sample}`;

/** One line of text. */
export function text(label: string, description?: string, sample?: string, more?: More): Field {
	return {
		displayName: label,
		encoding: 'text',
		type: 'string',
		default: '',
		...(description && { description: sample ? appendExample(description, sample) : description }),
		...(sample && { placeholder: `e.g. ${sample}` }),
		...more,
	};
}

/** A switch; the description continues "Whether to …". */
export const toggle = (label: string, description: string, more: More = {}) =>
	text(label, `Whether to ${description}`, undefined, {
		encoding: 'toggle',
		type: 'boolean',
		default: false,
		...more,
	});

/** A number. */
export const count = (label: string, description: string, more: More = {}) =>
	text(label, description, undefined, { encoding: 'number', type: 'number', default: 0, ...more });

/** One of a fixed set of values; `labels` are those of the panel by the value Persona knows. */
export function choice(label: string, description = '', labels: Labels, more?: More): Field {
	const options = toOptions(labels);
	const first = options[0]?.value;
	return text(label, description, undefined, { type: 'options', options, default: first, ...more });
}

/** Several of a fixed set of values, sent as one text with commas between them. */
export const choices = (label: string, description: string, labels: Labels, more: More = {}) =>
	text(label, appendExample(description, Object.keys(labels).slice(0, 2).join(', ')), undefined, {
		encoding: 'commaList',
		type: 'multiOptions',
		options: toOptions(labels),
		default: [],
		...more,
	});

/** A list of words, written with commas between them or given as an array; sent as an array. */
export const words = (label: string, description: string, sample?: string, more: More = {}) =>
	text(label, description, sample, { encoding: 'words', ...more });

/** A list of words as above, sent as one text with commas between them. */
export const commaList = (label: string, description: string, sample?: string, more: More = {}) =>
	text(label, description, sample, { encoding: 'commaList', ...more });

/** JSON written in the panel or given as an object. */
export const json = (label: string, description: string, more: More = {}) =>
	text(label, description, undefined, { encoding: 'json', type: 'json', default: '{}', ...more });

/** A list of objects, written as JSON or given as an array. */
export const jsonList = (label: string, description: string, sample: string, more: More = {}) =>
	text(label, description, sample, { encoding: 'jsonList', type: 'json', default: '[]', ...more });

/** A day, sent as YYYY-MM-DD exactly as it is written, whatever the time zone. */
export const date = (label: string, description: string, more: More = {}) =>
	text(label, description, '1994-04-12', { encoding: 'date', type: 'dateTime', ...more });

/** A point in time; without an offset it is read in the workflow's time zone. Sent in UTC. */
export const dateTime = (label: string, description: string, more: More = {}) =>
	text(label, description, '2025-06-30T14:00:00Z', {
		encoding: 'dateTime',
		type: 'dateTime',
		...more,
	});

/** A file of the item; the user names the binary field that holds it. */
export const file = (label: string, description: string, more: More = {}) =>
	text(label, description, 'data', {
		encoding: 'file',
		hint: 'The name of the input binary field containing the file to be uploaded',
		...more,
	});

/** Several files of the item, by the names of their binary fields with commas between them. */
export const files = (label: string, description: string, more: More = {}) =>
	text(label, description, 'data, data2', {
		encoding: 'files',
		hint: 'The names of the input binary fields containing the files to be uploaded',
		...more,
	});

/** Keys and values that the customer defines in Persona: mapped one by one, or as JSON. */
export const map = (label: string, description: string, columns?: string) =>
	json(label, description, { encoding: 'map', columnsMethod: columns });

/** The ID of an object; with `pick`, a method of `pickers.ts`, it can be chosen from a list. */
export function id(what: string, prefix: string, description: string, pick?: string): Field {
	const sample = `${prefix}_ABC123`;
	if (!pick) return text(`${what} ID`, description, sample);
	const typeOptions = { searchListMethod: pick, searchable: true };
	const placeholder = `e.g. ${sample}`;
	return text(what, appendExample(description, sample), undefined, {
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		modes: [
			{ displayName: 'From List', name: 'list', type: 'list', typeOptions },
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder },
		],
	});
}

/** The same field, which must be filled and stands by itself in the panel. */
export const required = (field: Field): Field => ({ ...field, required: true });

/** n8n's options from labels by value, sorted by label. */
export const toOptions = (labels: Labels) =>
	Object.entries(labels)
		.map(([value, name]) => ({ name, value }))
		.sort(compareByName);

/** A sentence in the panel. */
export const notice = (line: string) => text(line, undefined, undefined, { type: 'notice' });

/** What a field has beyond n8n's own properties. */
const ENGINE_KEYS = ['encoding', 'topLevel', 'columnsMethod', 'clearable'];

/** A field as n8n's property. */
export const buildProperty = (
	name: string,
	field: Field,
	show?: DisplayRules,
): INodeProperties => ({
	...(Object.fromEntries(
		Object.entries(field).filter(([key]) => !ENGINE_KEYS.includes(key)),
	) as unknown as INodeProperties),
	name: toParameterName(name),
	...(show && { displayOptions: { show } }),
});
