import type { IDataObject } from 'n8n-workflow';
import { isRecord } from '../utils/isRecord';
import { pickMembers } from '../utils/pickMembers';
import {
	flattenObject,
	flattenValue,
	renameErrorMember,
	toCamelCase,
	toIdName,
	toIdsName,
	type FlattenOptions,
} from './flatten';
import { getBaseType, getIncluded, type JsonApiDocument, type PersonaObject } from './jsonApi';
import { findBriefFields, findSimplifiedFields } from './simplifiedFields';

/** The choices under "Output", whose values are stored in workflows: how much of an object is returned. */
export const OUTPUT_MODES = [
	{
		name: 'Simplified',
		value: 'simplified',
		description:
			'The fields that people work with, the most important first. Personal data stays out unless you ask for it.',
	},
	{
		name: 'All Fields',
		value: 'allFields',
		description: 'Everything that Persona returns, as one flat object. It may have personal data.',
	},
	{
		name: 'Raw',
		value: 'raw',
		description: 'The object of JSON:API as Persona sends it. It may have personal data.',
	},
] as const;

/** How much of an object is returned; the names that a tool selects are picked from all fields. */
export type OutputMode = (typeof OUTPUT_MODES)[number]['value'];

/** How the objects of a response become items. It is stored with an execution that waits. */
export interface Output {
	mode: OutputMode;
	/** Simplified says only how the object stands: the answer to a model that has decided. */
	isBrief?: boolean;
	/** The attributes that the user asked for with "Fields to Return", by type, with commas between them. */
	fields?: Record<string, string>;
	/** The relationships that the user asked for with "Include", with commas between them. */
	include?: string;
}

/**
 * The names under which an attribute or a relationship stands in the flat object. Of
 * `fields.name-first`, Persona returns only that part of `fields`.
 */
function toMemberNames(name: string): string[] {
	const [root] = name.trim().split('.');
	return [toCamelCase(root), toIdName(root), toIdsName(root)];
}

/** Set once an object is no longer what it was; without them its fields would only seem empty. */
const END_TIMES = ['redactedAt', 'archivedAt'];

/** The fields of an object in the simplified output; undefined for all of them. */
function findFields(
	flat: IDataObject,
	type: string,
	{ fields = {}, isBrief }: Output,
): string[] | undefined {
	const asked = [type, getBaseType(type)].find((name) => Object.hasOwn(fields, name));
	if (asked === undefined) {
		const names = isBrief ? findBriefFields(type) : findSimplifiedFields(type);
		return names && [...names, ...END_TIMES.filter((name) => typeof flat[name] === 'string')];
	}
	return ['id', 'type', ...new Set(fields[asked].split(',').flatMap(toMemberNames))];
}

/** What an object becomes: its flat form, or what people work with of that. */
export function flattenForOutput(
	object: PersonaObject,
	output: Output,
	included: PersonaObject[] = [],
): IDataObject {
	const reduce: FlattenOptions['reduce'] = (flat, type, related) => {
		const names = findFields(flat, type, output);
		return names ? pickMembers(flat, [...names, ...related]) : flat;
	};
	const paths = output.include?.split(',') ?? [];
	const isSimplified = output.mode === 'simplified';
	return flattenObject(object, { included, paths, ...(isSimplified && { reduce }) });
}

/** Converts one object of a document to the JSON of an item. */
export function toOutput(
	document: JsonApiDocument,
	object: PersonaObject,
	output: Output,
): IDataObject {
	const { included, meta } = document;
	if (output.mode === 'raw') {
		return renameErrorMember({
			...object,
			...(included ? { included } : {}),
			...(meta && { meta }),
		});
	}
	const flat = flattenForOutput(object, output, getIncluded(document));
	if (!isRecord(meta)) return flat;
	// Metadata that the user asked for, such as a link, belongs before the many attributes.
	const metadata = flattenValue(meta, 'meta');
	if (output.mode === 'simplified') {
		const given = Object.fromEntries(Object.entries(metadata).filter(([, one]) => one !== null));
		return renameErrorMember({ ...given, ...flat, ...given });
	}
	const { id, type, ...others } = flat;
	return renameErrorMember({
		...(id !== undefined && { id }),
		type,
		...metadata,
		...others,
		...metadata,
	});
}
