import type { IDataObject } from 'n8n-workflow';
import type { ApiRequest } from '../transport/apiRequest';
import type { FailItem } from '../transport/errors';
import { isRecord } from '../utils/isRecord';
import type { Fields, Operation, Requirement, Variant } from './types';

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
		.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), values);

const hasValue = (value: unknown) => value !== undefined && value !== null && value !== '';

/** Joins with commas, and with a word before the last one. */
const join = (parts: string[], word: string) =>
	[parts.slice(0, -1).join(', '), ...parts.slice(-1)]
		.filter((part) => part !== '')
		.join(` ${word} `);

/** Names the fields of which one is needed, as the panel names them. */
function describeFields({ oneOf }: Requirement, fields: Fields): string {
	const groups = oneOf.map((names) => {
		const labels = names.map((name) => `'${fields[name].displayName}'`);
		return labels.length > 1 ? `all of ${join(labels, 'and')}` : labels.join();
	});
	return join(groups, 'or');
}

function isMet({ when, oneOf }: Requirement, values: IDataObject): boolean {
	if (when) {
		const value = getNested(values, when.field);
		const isAsked = when.is === undefined ? hasValue(value) : value === when.is;
		if (!isAsked) return true;
	}
	return oneOf.some((names) => names.every((name) => hasValue(getNested(values, name))));
}

/** Calls `fail` for the first of Persona's requirements that the values of a request do not meet. */
export function checkRequirements(
	{ requirements = [], ...row }: Operation,
	variant: Variant | undefined,
	{ query, body = {} }: ApiRequest,
	fail: FailItem,
) {
	const { data, meta } = body;
	const values: IDataObject = Object.assign(
		{},
		...[query?.filter, query, data, isRecord(data) && data.attributes, meta].filter(isRecord),
	);
	const fields: Fields = {
		...{ ...row.filter, ...row.query, ...row.data, ...row.meta },
		...{ ...row.attributes, ...variant?.attributes },
	};
	const missing = [...requirements, ...(variant?.requirements ?? [])].find(
		(requirement) => !isMet(requirement, values),
	);
	if (missing) fail(missing.problem, `Fill in ${describeFields(missing, fields)}.`);
}
