import type {
	Encoding,
	Field,
	Fields,
	Operation,
	OperationTable,
	Resource,
	Variant,
} from '../../nodes/Persona/engine/types.ts';
import type { OpenApiDocument, OpenApiOperation } from './openApiDocument.mts';
import {
	getSuccessResponse,
	getRequestShapes,
	findOperation,
	getQueryParameters,
	getRowRoutes,
} from './openApiRoutes.mts';
import {
	findShapesAt,
	findRequiredPaths,
	expandShapes,
	getAllowedValues,
	type SchemaShape,
} from './schemaShapes.mts';

/** What is required by Persona's description although a row leaves it open, and why that is right. */
export type AllowedDifferences = Record<string, Record<string, string>>;

/** One row with one of its kinds, and what Persona publishes about it. */
interface RowComparison {
	description: OpenApiDocument;
	name: string;
	resource: Resource;
	row: Operation;
	kind?: Variant;
	operation: OpenApiOperation;
}

/** JSON types that the value of a field may have for Persona. */
const JSON_TYPES: Record<Encoding, string[]> = {
	text: ['string'],
	commaList: ['string'],
	date: ['string'],
	dateTime: ['string'],
	number: ['number', 'integer'],
	toggle: ['boolean'],
	words: ['array'],
	file: ['object'],
	files: ['array'],
	json: ['object'],
	jsonList: ['array'],
	map: ['object'],
};

/** A day and a moment are told apart by Persona, but both are text in JSON. */
const WRONG_FORMAT: Partial<Record<Encoding, string>> = { date: 'date-time', dateTime: 'date' };

/** These have parameters of their own in every panel. */
const ENGINE_PARAMETERS = ['include', 'fields', 'page', 'filter'];

/** Everything in which a table differs from Persona's description, as sentences that name the row. */
export function compareTable(
	table: OperationTable,
	description: OpenApiDocument,
	reasons: AllowedDifferences = {},
): string[] {
	return table.resources.flatMap((resource) =>
		Object.entries(resource.operations).flatMap(([key, row]) =>
			compareRow(table, description, resource, `${resource.value}.${key}`, row, reasons),
		),
	);
}

/** Names of events that Persona does not have, and those that are missing, as sentences. */
export function compareEvents(names: string[], description: OpenApiDocument): string[] {
	const known = listEventNames(description);
	return [
		...names
			.filter((name) => !known.includes(name))
			.map((name) => `'${name}' is no event of Persona`),
		...known.filter((name) => !names.includes(name)).map((name) => `event '${name}' is missing`),
	];
}

/** Names of all events that a webhook can be registered for, without the one for all of them. */
export function listEventNames(description: OpenApiDocument): string[] {
	const schema = { $ref: '#/components/schemas/webhook-request-attributes' };
	const [events] = findShapesAt(description, expandShapes(description, schema), ['enabled-events']);
	return (getAllowedValues(description, events) ?? []).map(String).filter((name) => name !== '*');
}

function compareRow(
	{ ids }: OperationTable,
	description: OpenApiDocument,
	resource: Resource,
	name: string,
	row: Operation,
	reasons: AllowedDifferences,
): string[] {
	const kinds: Array<[string, Variant | undefined]> = row.variants
		? Object.entries(row.variants.options)
		: [['', undefined]];
	const findings = kinds.flatMap(([key, kind]) => {
		const route = row.route.replace('{variant}', String(kind?.apiName));
		const operation = findOperation(description, route);
		const full = kind ? `${name} (${key})` : name;
		if (!operation) return [`${full}: Persona has no route '${route}'`];
		const one: RowComparison = { description, name: full, resource, row, kind, operation };
		return [
			...compareQuery(one),
			...compareBody(one, reasons[name] ?? {}),
			...compareSearch(one),
			...compareResponse(one),
			...compareSelection(one),
		];
	});
	const placeholders = Array.from(row.route.matchAll(/{(.+?)}/g), ([, placeholder]) => placeholder);
	const unknown = placeholders.filter((one) => one !== 'variant' && !(one in ids));
	return [
		...findings,
		...unknown.map((one) => `${name}: the table has no field for '{${one}}'`),
		...(getRowRoutes(row).length === 0
			? [`${name}: its route has a kind, but it has no kinds`]
			: []),
	];
}

function compareQuery({ description, name, row, operation }: RowComparison): string[] {
	const query = getQueryParameters(description, operation);
	const getShapes = (parameter: string) =>
		query[parameter]?.schema ? expandShapes(description, query[parameter].schema) : [];
	const filters = getShapes('filter');
	const needed = [
		...Object.values(query)
			.filter((parameter) => parameter.required && parameter.name !== 'filter')
			.filter((parameter) => !isAlwaysSent(row.query?.[parameter.name]))
			.map((parameter) => parameter.name),
		...filters
			.flatMap((shape) => shape.required)
			.filter((filter) => !isAlwaysSent(row.filter?.[filter]))
			.map((filter) => `filter[${filter}]`),
	];
	return [
		...Object.entries(row.query ?? {}).flatMap(([parameter, field]) =>
			compareField(
				description,
				`${name}: query parameter '${parameter}'`,
				field,
				ENGINE_PARAMETERS.includes(parameter) ? [] : getShapes(parameter),
			),
		),
		...Object.entries(row.filter ?? {}).flatMap(([filter, field]) => [
			...compareField(
				description,
				`${name}: filter '${filter}'`,
				field,
				// Theme sets declare theirs as a parameter of its own.
				[
					...findShapesAt(description, filters, filter.split('.')),
					...getShapes(`filter[${filter}]`),
				],
			),
			...(row.route === 'GET /events' && filter === 'name'
				? findUnknownOptions(`${name}: filter '${filter}'`, field, listEventNames(description))
				: []),
		]),
		...needed.map((one) => `${name}: Persona requires '${one}', the row does not`),
	];
}

function compareBody(
	{ description, name, row, kind, operation }: RowComparison,
	reasons: Record<string, string>,
) {
	const attributes: Fields = { ...row.attributes, ...kind?.attributes };
	const fields: Fields = {
		...prefixNames('data', row.data),
		...prefixNames('data.attributes', attributes),
		...prefixNames('meta', row.meta),
	};
	const named = kind?.apiName !== undefined && !row.route.includes('{variant}');
	const shapes = getRequestShapes(description, operation);
	const bodies = named ? filterByType(description, shapes, String(kind.apiName)) : shapes;
	if (named && bodies.length === 0) {
		return [`${name}: Persona takes no data of the type '${kind.apiName}' here`];
	}
	const sent = [
		...Object.keys(fields).filter((path) => isAlwaysSent(fields[path])),
		...(row.attributes || kind?.attributes ? ['data.attributes'] : []),
		...(row.data ? ['data'] : []),
		...(named ? ['data.type'] : []),
	];
	const needs = findCommon(
		bodies.map((shape) => findRequiredPaths(description, shape).map(joinPath)),
	);
	return [
		...Object.entries(fields).flatMap(([path, field]) =>
			compareField(
				description,
				`${name}: '${path}'`,
				field,
				findShapesAt(description, bodies, path.split('.')),
			),
		),
		...needs
			.filter((path) => !sent.some((one) => one === path || one.startsWith(`${path}.`)))
			.filter((path) => !row.search && !(path in reasons))
			.map((path) => `${name}: Persona requires '${path}', the row does not`),
	];
}

const joinPath = (path: string[]) => path.join('.');

const prefixNames = (place: string, fields: Fields = {}): Fields =>
	Object.fromEntries(Object.entries(fields).map(([name, field]) => [`${place}.${name}`, field]));

/** What stands in every one of the lists. */
const findCommon = ([first = [], ...others]: string[][]) =>
	first.filter((one) => others.every((list) => list.includes(one)));

/** The bodies whose `data.type` is this one, and nothing but their shapes of `data`. */
function filterByType(
	description: OpenApiDocument,
	bodies: SchemaShape[],
	type: string,
): SchemaShape[] {
	return bodies.flatMap((body) => {
		const fitting = findShapesAt(description, [body], ['data']).filter((data) =>
			findShapesAt(description, [data], ['type']).some(({ values }) => values?.includes(type)),
		);
		return fitting.map((data) => ({
			...body,
			members: { ...body.members, data: toSchema(data) },
			required: [...new Set([...body.required, 'data'])],
		}));
	});
}

const toSchema = ({ members, required, open }: SchemaShape) => ({
	type: 'object',
	properties: members,
	required,
	additionalProperties: open,
});

/** Whether a row cannot leave a field out: the user must fill it, or it has a value by itself. */
const isAlwaysSent = (field?: Field) =>
	field !== undefined &&
	(field.required === true ||
		(field.topLevel === true && ['boolean', 'number', 'options'].includes(field.type)));

function compareField(
	description: OpenApiDocument,
	what: string,
	field: Field,
	shapes: SchemaShape[],
): string[] {
	if (shapes.length === 0) return [`${what} is not in Persona's description`];
	const types = shapes.flatMap((shape) => shape.types);
	const fits =
		types.length === 0 || JSON_TYPES[field.encoding].some((type) => types.includes(type));
	const values = shapes.flatMap((shape) => getAllowedValues(description, shape) ?? []);
	return [
		...(fits ? [] : [`${what} is sent as ${field.encoding}, Persona takes ${types.join(' or ')}`]),
		...(shapes.every(
			({ format }) => format !== undefined && format === WRONG_FORMAT[field.encoding],
		)
			? [`${what} is sent as a ${field.encoding}, Persona takes a ${shapes[0].format}`]
			: []),
		...(values.length > 0 ? findUnknownOptions(what, field, values) : []),
	];
}

function findUnknownOptions(what: string, field: Field, values: unknown[]): string[] {
	const options = (field.options ?? []).flatMap((option) =>
		'value' in option ? [option.value] : [],
	);
	return options
		.filter((option) => !values.includes(option))
		.map((option) => `${what} offers '${String(option)}', which Persona does not know`);
}

/** Searchable attributes stand in a table of the operation's text alone. */
function compareSearch({ name, row, operation }: RowComparison): string[] {
	const searches = row.route.endsWith('/search');
	if (!row.search) return searches ? [`${name}: a search has no 'search' attributes`] : [];
	const text = operation.description ?? '';
	const known = Array.from(text.matchAll(/^\| `([^`]+)` \|/gm), ([, attribute]) => attribute);
	return Object.keys(row.search.attributes)
		.filter((attribute) => !known.includes(attribute))
		.filter((attribute) => !known.includes(attribute.replace(/\..*/, '.*')))
		.map((attribute) => `${name}: Persona cannot search for '${attribute}'`);
}

/** An outcome makes its item of several answers and asks for what it needs of them by itself. */
const isMultiStep = ({ execute, noSelection: plain }: Operation) =>
	execute !== undefined && plain === true;

function compareResponse({ description, name, row, operation }: RowComparison): string[] {
	if (isMultiStep(row)) return [];
	const { mediaType, shapes } = getSuccessResponse(description, operation);
	const data = findShapesAt(description, shapes, ['data']);
	const isFile = mediaType !== 'application/json';
	const isList = data.some(({ types }) => types.includes('array'));
	const answers = isFile ? 'file' : isList ? 'list' : 'item';
	const returns = row.returns === 'files' ? 'item' : row.returns;
	const body = getRequestShapes(description, operation);
	const paged =
		'page' in getQueryParameters(description, operation) ||
		findShapesAt(description, body, ['page']).length > 0;
	return [
		...(returns === answers
			? []
			: [`${name}: the row returns '${row.returns}', Persona answers with '${answers}'`]),
		...(answers === 'list' && paged === (row.unpaged === true)
			? [`${name}: Persona takes ${paged ? 'a' : 'no'} 'page' here`]
			: []),
	];
}

/** `include` and `fields`: whether Persona takes them, and what they may name. */
function compareSelection({
	description,
	name,
	resource,
	row,
	kind,
	operation,
}: RowComparison): string[] {
	if (row.returns === 'file' || isMultiStep(row)) return [];
	const query = getQueryParameters(description, operation);
	const isAccepted = (parameter: string) => parameter in query;
	if (row.noSelection) {
		const taken = ['include', 'fields'].filter(isAccepted);
		return taken.map((parameter) => `${name}: Persona takes '${parameter}', the row is plain`);
	}
	const { shapes } = getSuccessResponse(description, operation);
	const data = findShapesAt(description, shapes, ['data']).flatMap((shape) =>
		shape.items ? expandShapes(description, shape.items) : [shape],
	);
	const types = findShapesAt(description, data, ['type']).flatMap(({ values = [] }) =>
		values.map(String),
	);
	const type = kind?.type ?? row.type ?? resource.type;
	const include = row.include ?? (row.returns === 'list' ? [] : (resource.include ?? []));
	return [
		...(isAccepted('fields') ? [] : [`${name}: Persona takes no 'fields' here`]),
		...(types.some((known) => known === type || known.startsWith(`${type}/`))
			? []
			: [`${name}: Persona answers with ${types.join(', ')}, not with '${type}'`]),
		...(isAccepted('include') || include.length === 0
			? []
			: [`${name}: Persona takes no 'include'`]),
		...include
			.filter((path) => !hasRelationship(description, data, path.split('.')))
			.map((path) => `${name}: '${path}' is no relationship of '${type}'`),
	];
}

/** Whether objects of these shapes have a relationship, through others where the path says so. */
function hasRelationship(
	description: OpenApiDocument,
	objects: SchemaShape[],
	[first, ...rest]: string[],
): boolean {
	const related = findShapesAt(description, objects, ['relationships', first]);
	if (related.length === 0 || rest.length === 0) return related.length > 0;
	const types = findShapesAt(description, related, ['data', 'type']).flatMap(
		({ values = [] }) => values,
	);
	return types.some((type) => {
		const schema = { $ref: `#/components/schemas/${String(type).replaceAll('/', '-')}` };
		return hasRelationship(description, expandShapes(description, schema), rest);
	});
}
