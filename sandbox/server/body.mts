import { malformed, Problem } from './problem.mts';

/** A JSON Schema, as the validator of the web framework takes it. */
export type Schema = { [keyword: string]: unknown };

export const text: Schema = { type: 'string' };
export const textOrNull: Schema = { type: ['string', 'null'] };
export const integer: Schema = { type: 'integer' };
export const integerOrNull: Schema = { type: ['integer', 'null'] };
export const flag: Schema = { type: 'boolean' };
export const words: Schema = { type: 'array', items: text };
export const anyMap: Schema = { type: 'object' };
export const date: Schema = { type: 'string', format: 'date' };

/** An object with just these members; a name that ends in `*` is required. */
export function object(members: Record<string, Schema>): Schema {
	const names = Object.keys(members);
	return {
		type: 'object',
		additionalProperties: false,
		required: names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)),
		properties: Object.fromEntries(names.map((name) => [name.replace('*', ''), members[name]])),
	};
}

/** The body of a request; `{}` and no body at all are the same where nothing is required. */
export function body(members: Record<string, Schema>): Schema {
	const schema = object(members);
	const optional = (schema.required as string[]).length === 0;
	return optional ? { ...schema, type: ['object', 'null'] } : schema;
}

/** What the validator says about one member. */
export interface Complaint {
	keyword: string;
	instancePath: string;
	params: Record<string, unknown>;
	message?: string;
}

/** The answer to a complaint: 400 for what is missing, foreign or of the wrong type; 422 for bad values. */
export function problemOf({
	keyword,
	instancePath,
	params,
	message = 'is invalid',
}: Complaint): Problem {
	const path = (extra?: unknown) => dotted(`${instancePath}${extra ? `/${String(extra)}` : ''}`);
	if (keyword === 'required') return malformed(`${path(params.missingProperty)} is missing`);
	if (keyword === 'additionalProperties') {
		return malformed(`${path(params.additionalProperty)} is not permitted`);
	}
	if (keyword === 'type') return malformed(`${path() || 'body'} ${message}`);
	return new Problem(422, `${path()} ${message}`, {
		title: 'Record invalid',
		pointer: instancePath,
	});
}

/** `/data/attributes/name-first` as Persona's error texts write it. */
const dotted = (pointer: string) => pointer.slice(1).replace(/\//g, '.').replace(/-/g, '_');
