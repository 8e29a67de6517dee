import type { INodePropertyOptions } from 'n8n-workflow';
import { getObjectType } from '../../nodes/Persona/engine/operationRules.ts';
import type { Encoding, Field, Fields } from '../../nodes/Persona/fields/types.ts';
import type {
	Operation,
	OperationTable,
	Resource,
	Variant,
} from '../../nodes/Persona/engine/types.ts';
import documentedOnly from '../../tools/docs/documentedOnly.json';
import type { OpenApiDocument, OpenApiOperation } from './openApiDocument.mts';
import {
	getSuccessResponse,
	getRequestShapes,
	findOperation,
	getQueryParameters,
	getRowRoutes,
	isDocumentedOnly,
	isUnjudged,
} from './openApiRoutes.mts';
import {
	findShapesAt,
	findRequiredPaths,
	expandShapes,
	getAllowedValues,
	type SchemaShape,
} from './schemaShapes.mts';

/** Members that Persona requires and a row does not: by row, then by member, with the reason. */
export type AllowedDifferences = Record<string, Record<string, string>>;

/** One row with one of its variants, and the operation that Persona publishes for it. */
interface RowComparison {
	description: OpenApiDocument;
	name: string;
	resource: Resource;
	row: Operation;
	variant?: Variant;
	operation: OpenApiOperation;
}

/** The JSON types of a field's value, by its encoding. */
const JSON_TYPES: Record<Encoding, string[]> = {
	text: ['string'],
	commaList: ['string'],
	date: ['string'],
	dateTime: ['string'],
	period: ['string'],
	number: ['number', 'integer'],
	duration: ['number', 'integer'],
	toggle: ['boolean'],
	words: ['array'],
	file: ['object'],
	files: ['array'],
	json: ['object'],
	jsonList: ['array'],
	map: ['object'],
	fileMap: ['object'],
};

/** Persona distinguishes a date from a time, but both are text in JSON. */
const WRONG_FORMAT: Partial<Record<Encoding, string>> = { date: 'date-time', dateTime: 'date' };

/** The engine adds parameters for these to every panel. */
const ENGINE_PARAMETERS = ['include', 'fields', 'page', 'filter'];

/** Compares a table with Persona's description. Returns each difference as a sentence that names the row. */
export function compareTable(
	table: OperationTable,
	description: OpenApiDocument,
	allowed: AllowedDifferences = {},
): string[] {
	return table.resources.flatMap((resource) =>
		Object.entries(resource.operations).flatMap(([key, row]) =>
			compareRow(table, description, resource, `${resource.value}.${key}`, row, allowed),
		),
	);
}

/** Compares names of events with those of Persona. Returns unknown and missing ones as sentences. */
export function compareEvents(names: string[], description: OpenApiDocument): string[] {
	const known = listEventNames(description);
	return [
		...names
			.filter((name) => !known.includes(name))
			.map((name) => `'${name}' is no event of Persona`),
		...known.filter((name) => !names.includes(name)).map((name) => `event '${name}' is missing`),
	];
}

/** The names of all events that a webhook can be registered for, without `*`. */
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
	allowed: AllowedDifferences,
): string[] {
	if (isUnjudged(description, row)) return [];
	const variants: Array<[string, Variant | undefined]> = row.variants
		? Object.entries(row.variants.options)
		: [['', undefined]];
	const findings = variants.flatMap(([key, variant]) => {
		const route = row.route.replace('{variant}', String(variant?.apiName));
		const operation = findOperation(description, route);
		const full = variant ? `${name} (${key})` : name;
		if (!operation) return [`${full}: Persona has no route '${route}'`];
		const one: RowComparison = { description, name: full, resource, row, variant, operation };
		return [
			...compareQuery(one),
			...compareBody(one, allowed[name] ?? {}),
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
			? [`${name}: its route has a placeholder for a variant, but it has no variants`]
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
		...Object.entries(row.filter ?? {})
			.flatMap(([filter, field]) => listSentFilters(filter, field))
			.flatMap(([filter, field]) => [
				...compareField(
					description,
					`${name}: filter '${filter}'`,
					field,
					// Theme sets declare theirs as a separate parameter.
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
	{ description, name, row, variant, operation }: RowComparison,
	allowed: Record<string, string>,
) {
	const attributes: Fields = Object.fromEntries(
		Object.entries({ ...row.attributes, ...variant?.attributes }).filter(
			([, { columnsOnly }]) => !columnsOnly,
		),
	);
	const fields: Fields = {
		...prefixNames('data', row.data),
		...prefixNames('data.attributes', attributes),
		...prefixNames('meta', { ...row.meta, ...variant?.meta }),
	};
	const named = variant?.apiName !== undefined && !row.route.includes('{variant}');
	const shapes = getRequestShapes(description, operation);
	const bodies = named ? filterByType(description, shapes, String(variant.apiName)) : shapes;
	if (named && bodies.length === 0) {
		return [`${name}: Persona takes no data of the type '${variant.apiName}' here`];
	}
	const sent = [
		...Object.keys(fields).filter((path) => isAlwaysSent(fields[path])),
		...(row.attributes || variant?.attributes ? ['data.attributes'] : []),
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
			.filter((path) => !row.search && !(path in allowed))
			.map((path) => `${name}: Persona requires '${path}', the row does not`),
	];
}

const joinPath = (path: string[]) => path.join('.');

const prefixNames = (place: string, fields: Fields = {}): Fields =>
	Object.fromEntries(Object.entries(fields).map(([name, field]) => [`${place}.${name}`, field]));

/** The entries that all lists have. */
const findCommon = ([first = [], ...others]: string[][]) =>
	first.filter((one) => others.every((list) => list.includes(one)));

/** The bodies whose `data.type` can be this one, with only the fitting shapes of `data`. */
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

/** Whether a field is always sent: the user must fill it, or it has a default. */
const isAlwaysSent = (field?: Field) =>
	field !== undefined &&
	(field.required === true ||
		(field.topLevel === true && ['boolean', 'number', 'options'].includes(field.type)));

/** The filters that are sent for a field: for a period its start and its end. */
const listSentFilters = (name: string, field: Field): Array<[string, Field]> =>
	field.encoding === 'period'
		? ['start', 'end'].map((part) => [`${name}-${part}`, { ...field, options: [] }])
		: [[name, field]];

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
	const documented: unknown[] = documentedOnly.events.map(({ name }) => name);
	return options
		.filter((option) => !values.includes(option) && !documented.includes(option))
		.map((option) => `${what} offers '${String(option)}', which Persona does not know`);
}

/** The description lists searchable attributes only in a table in the text of the operation. */
function compareSearch({ name, row, operation }: RowComparison): string[] {
	const searches = row.route.endsWith('/search');
	if (!row.search) return searches ? [`${name}: a search has no 'search' attributes`] : [];
	const text = operation.description ?? '';
	const known = Array.from(text.matchAll(/^\| `([^`]+)` \|/gm), ([, attribute]) => attribute);
	const searched = [...Object.keys(row.search.attributes), ...(row.search.others ?? [])];
	const [note = ''] = /^\*\*Note:\*\*[^*]+ cannot be used in `sort`/m.exec(text) ?? [];
	const sorted = (row.nodeFields?.sortBy?.options ?? []) as INodePropertyOptions[];
	return [
		...searched
			.filter((attribute) => !known.includes(attribute))
			.map((attribute) => `${name}: Persona cannot search for '${attribute}'`),
		...known
			.filter((attribute) => !searched.includes(attribute))
			.map((attribute) => `${name}: the search refuses '${attribute}'`),
		...Object.entries(row.search.values ?? {}).flatMap(([attribute, values]) => {
			const [line = ''] = new RegExp(`^\\| \`${attribute}\` \\|.+$`, 'm').exec(text) ?? [];
			const published = Array.from(line.matchAll(/`([^`]+)`/g), ([, value]) => value).slice(1);
			return published.join() === values.join()
				? []
				: [`${name}: '${attribute}' is compared with ${published.join(', ')}`];
		}),
		...sorted
			.filter(({ value }) => note.includes(`\`${String(value)}\``))
			.map(({ value }) => `${name}: Persona cannot sort by '${String(value)}'`),
	];
}

/** Whether a row combines several responses into its item, and selects their attributes itself. */
const isMultiStep = ({ prepare, nodeFields, noIncludeAndFields: plain }: Operation) =>
	prepare !== undefined && !nodeFields?.waitForResult && plain === true;

function compareResponse({ description, name, row, operation }: RowComparison): string[] {
	if (isMultiStep(row)) return [];
	const { mediaType, shapes } = getSuccessResponse(description, operation);
	const data = findShapesAt(description, shapes, ['data']);
	const isFile = mediaType !== 'application/json';
	const isList = data.some(({ types }) => types.includes('array'));
	const responds = isFile ? 'file' : isList ? 'list' : 'object';
	const returns = row.returns === 'files' ? 'object' : (row.returns ?? 'object');
	const body = getRequestShapes(description, operation);
	const paged =
		'page' in getQueryParameters(description, operation) ||
		findShapesAt(description, body, ['page']).length > 0;
	return [
		...(returns === responds
			? []
			: [`${name}: the row returns '${returns}', Persona responds with '${responds}'`]),
		...(responds === 'list' && paged === (row.unpaged === true)
			? [`${name}: Persona takes ${paged ? 'a' : 'no'} 'page' here`]
			: []),
	];
}

/** Compares `include` and `fields`: whether Persona accepts them, and what they can name. */
function compareSelection({
	description,
	name,
	resource,
	row,
	variant,
	operation,
}: RowComparison): string[] {
	if (row.returns === 'file' || isMultiStep(row)) return [];
	const query = getQueryParameters(description, operation);
	const isAccepted = (parameter: string) => parameter in query;
	if (row.noIncludeAndFields) {
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
	const type = getObjectType(resource, row, variant);
	const include = row.include ?? (row.returns === 'list' ? [] : (resource.include ?? []));
	// What only the documentation has is described without the type of its objects.
	const isUntyped = types.length === 0 && isDocumentedOnly(row.route);
	return [
		...(isAccepted('fields') ? [] : [`${name}: Persona takes no 'fields' here`]),
		...(isUntyped || types.some((known) => known === type || known.startsWith(`${type}/`))
			? []
			: [`${name}: Persona responds with ${types.join(', ')}, not with '${type}'`]),
		...(isAccepted('include') || include.length === 0
			? []
			: [`${name}: Persona takes no 'include'`]),
		...include
			.filter((path) => !hasRelationship(description, data, path.split('.')))
			.map((path) => `${name}: '${path}' is no relationship of '${type}'`),
	];
}

/** Whether objects of these shapes have the relationship of a path, which may lead through others. */
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
