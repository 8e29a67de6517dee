import type { IDataObject } from 'n8n-workflow';
import type { ApiRequest } from '../transport/apiRequest';
import type { FailItem } from '../transport/errors';
import { isBlank } from '../utils/isBlank';
import { isRecord } from '../utils/isRecord';
import { getVariantFields } from './operationRules';
import type { Fields } from '../fields/types';
import type { Operation, Requirement, Variant } from './types';

/**
 * Requires each of two fields if the other one has a value. `problem` is the headline of the error;
 * `firstValue` is the value of the first one that needs the second one, by default any.
 */
export const buildPairRequirements = (
	problem: string,
	first: string,
	second: string,
	firstValue?: string,
): Requirement[] => [
	{ problem, when: { field: first, is: firstValue }, oneOf: [[second]] },
	{ problem, when: { field: second }, oneOf: [[first]] },
];

const getNested = (values: IDataObject, path: string): unknown =>
	path
		.split('.')
		.reduce<unknown>(
			(value, name) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined),
			values,
		);

const hasValue = (value: unknown) =>
	typeof value === 'string' ? !isBlank(value) : (value ?? null) !== null;

/** Joins with commas, and with a word before the last one. */
const join = (parts: string[], word: string) =>
	[parts.slice(0, -1).join(', '), ...parts.slice(-1)]
		.filter((part) => part !== '')
		.join(` ${word} `);

/** Says which fields are needed, as the panel names them. */
function describeFields(
	{ oneOf = [], namedBy }: Requirement,
	fields: Fields,
	values: IDataObject,
): string {
	if (namedBy) return describeNamed(String(values[namedBy]), fields, fields[namedBy].displayName);
	const groups = oneOf.map((names) => {
		const labels = names.map((name) => `'${fields[name].displayName}'`);
		return labels.length > 1 ? `all of ${join(labels, 'and')}` : labels.join();
	});
	return `Fill in ${join(groups, 'or')}.`;
}

/** Says where to enter the value of an attribute, or of a member of a map, that has this key. */
function describeNamed(key: string, fields: Fields, namingLabel: string): string {
	const name = Object.keys(fields).find((field) => spellWithDashes(field) === spellWithDashes(key));
	const map = Object.values(fields).find(({ encoding }) => encoding === 'map');
	const place = name
		? `Fill in '${fields[name].displayName}'`
		: `Add a value for '${key}' under '${map?.displayName}'`;
	return `${place}, or change '${namingLabel}'.`;
}

/** Persona's keys have dashes, and those that customers define have underscores as well. */
const spellWithDashes = (key: string) => key.replaceAll('_', '-');

/**
 * Finds the value of the attribute, or of the member of a map among them, whose key is in a field of
 * `meta`. Undefined if the row has no such field, or the request no such value.
 */
export function findNamedValue(
	{ requirements, attributes: fields = {} }: Operation,
	{ body = {} }: ApiRequest,
): unknown {
	const namedBy = requirements?.find((requirement) => requirement.namedBy)?.namedBy;
	const { data, meta } = body as Record<string, IDataObject | undefined>;
	if (!namedBy || !meta || !isRecord(data?.attributes)) return undefined;
	const { attributes } = data;
	const key = spellWithDashes(String(meta[namedBy]));
	const maps = Object.keys(attributes).filter((name) => fields[name]?.encoding === 'map');
	return [attributes, ...maps.map((name) => attributes[name])]
		.flatMap((group) => Object.entries(Object(group)) as Array<[string, unknown]>)
		.find(([name, value]) => spellWithDashes(name) === key && hasValue(value))?.[1];
}

function isMet({ when, oneOf = [] }: Requirement, values: IDataObject): boolean {
	if (when) {
		const value = getNested(values, when.field);
		const isAsked = when.is === undefined ? hasValue(value) : value === when.is;
		if (!isAsked) return true;
	}
	return oneOf.some((names) => names.every((name) => hasValue(getNested(values, name))));
}

/** Calls `fail` for the first of Persona's requirements that the values of a request do not meet. */
export function checkRequirements(
	row: Operation,
	variant: Variant | undefined,
	request: ApiRequest,
	fail: FailItem,
) {
	const { query, body: { data, meta } = {} } = request;
	const values: IDataObject = Object.assign(
		{},
		...[query?.filter, query, data, isRecord(data) && data.attributes, meta].filter(isRecord),
	);
	const fields: Fields = {
		...{ ...row.filter, ...row.query, ...row.data, ...row.meta },
		...{ ...row.attributes, ...getVariantFields(variant) },
	};
	const missing = [...(row.requirements ?? []), ...(variant?.requirements ?? [])].find(
		(requirement) =>
			requirement.namedBy
				? findNamedValue(row, request) === undefined
				: !isMet(requirement, values),
	);
	if (missing) fail(missing.problem, describeFields(missing, fields, values));
}
