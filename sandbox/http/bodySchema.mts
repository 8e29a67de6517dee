import { type ApiError, BadRequestError, UnprocessableError } from '../state/errors.mts';

/** A JSON Schema, as Fastify's validator accepts it. */
export type JsonSchema = { [keyword: string]: unknown };

export const text: JsonSchema = { type: 'string' };
export const textOrNull: JsonSchema = { type: ['string', 'null'] };
export const integer: JsonSchema = { type: 'integer' };
export const integerOrNull: JsonSchema = { type: ['integer', 'null'] };
export const boolean: JsonSchema = { type: 'boolean' };
export const textList: JsonSchema = { type: 'array', items: text };
export const anyObject: JsonSchema = { type: 'object' };
export const date: JsonSchema = { type: 'string', format: 'date' };

/** An object with these members and no others. A member named `name*` is required. */
export function defineObject(members: Record<string, JsonSchema>): JsonSchema {
	const names = Object.keys(members);
	return {
		type: 'object',
		additionalProperties: false,
		required: names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)),
		properties: Object.fromEntries(names.map((name) => [name.replace('*', ''), members[name]])),
	};
}

/** The body of a request. Where nothing is required, it may be missing. */
export function defineBody(members: Record<string, JsonSchema>): JsonSchema {
	const schema = defineObject(members);
	const isOptional = (schema.required as string[]).length === 0;
	return isOptional ? { ...schema, type: ['object', 'null'] } : schema;
}

/** A file in a request: its Base64 data and its name. */
export const fileUpload = defineObject({ 'data*': text, 'filename*': text });

/** What the validator reports about one member. */
export interface ValidationIssue {
	keyword: string;
	instancePath: string;
	params: Record<string, unknown>;
	message?: string;
}

/** 400 for what is missing, unknown or of the wrong type; 422 for other invalid values. */
export function toValidationError({
	keyword,
	instancePath,
	params,
	message = 'is invalid',
}: ValidationIssue): ApiError {
	const toPath = (member?: unknown) =>
		toDottedPath(`${instancePath}${member ? `/${String(member)}` : ''}`);
	if (keyword === 'required') {
		return new BadRequestError(`${toPath(params.missingProperty)} is missing`);
	}
	if (keyword === 'additionalProperties') {
		return new BadRequestError(`${toPath(params.additionalProperty)} is not permitted`);
	}
	if (keyword === 'type') return new BadRequestError(`${toPath() || 'body'} ${message}`);
	return new UnprocessableError(`${toPath()} ${message}`, instancePath);
}

/** `/data/attributes/name-first` becomes `data.attributes.name_first`, as in Persona's error messages. */
const toDottedPath = (pointer: string) => pointer.slice(1).replace(/\//g, '.').replace(/-/g, '_');
