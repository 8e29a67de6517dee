import type {
	Field,
	Fields,
	Kind,
	Operation,
	Resource,
	Table,
} from '../../nodes/Persona/engine/types.ts';
import type { Form } from '../../nodes/Persona/engine/values.ts';
import type { Description, PublishedOperation } from './description.mts';
import { answerOf, bodyShapes, published, queryOf, routesOf } from './openApiRoutes.mts';
import { below, needsOf, shapesOf, valuesOf, type Shape } from './schemaShapes.mts';

/** What is required by Persona's description although a row leaves it open, and why that is right. */
export type Reasons = Record<string, Record<string, string>>;

/** One row with one of its kinds, and what Persona publishes about it. */
interface Case {
	description: Description;
	name: string;
	resource: Resource;
	row: Operation;
	kind?: Kind;
	operation: PublishedOperation;
}

/** JSON types that the value of a field may have for Persona. */
const TYPES: Record<Form, string[]> = {
	text: ['string'],
	commaList: ['string'],
	date: ['string'],
	moment: ['string'],
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
const WRONG_FORMAT: Partial<Record<Form, string>> = { date: 'date-time', moment: 'date' };

/** These have parameters of their own in every panel. */
const DERIVED = ['include', 'fields', 'page', 'filter'];

/** Everything in which a table differs from Persona's description, as sentences that name the row. */
export function judge(table: Table, description: Description, reasons: Reasons = {}): string[] {
	return table.resources.flatMap((resource) =>
		Object.entries(resource.operations).flatMap(([key, row]) =>
			judgeRow(table, description, resource, `${resource.value}.${key}`, row, reasons),
		),
	);
}

/** Names of events that Persona does not have, and those that are missing, as sentences. */
export function judgeEvents(names: string[], description: Description): string[] {
	const known = eventsOf(description);
	return [
		...names
			.filter((name) => !known.includes(name))
			.map((name) => `'${name}' is no event of Persona`),
		...known.filter((name) => !names.includes(name)).map((name) => `event '${name}' is missing`),
	];
}

/** Names of all events that a webhook can be registered for, without the one for all of them. */
export function eventsOf(description: Description): string[] {
	const schema = { $ref: '#/components/schemas/webhook-request-attributes' };
	const [events] = below(description, shapesOf(description, schema), ['enabled-events']);
	return (valuesOf(description, events) ?? []).map(String).filter((name) => name !== '*');
}

function judgeRow(
	{ ids }: Table,
	description: Description,
	resource: Resource,
	name: string,
	row: Operation,
	reasons: Reasons,
): string[] {
	const kinds: Array<[string, Kind | undefined]> = row.kinds
		? Object.entries(row.kinds.options)
		: [['', undefined]];
	const findings = kinds.flatMap(([key, kind]) => {
		const route = row.route.replace('{kind}', String(kind?.sends));
		const operation = published(description, route);
		const full = kind ? `${name} (${key})` : name;
		if (!operation) return [`${full}: Persona has no route '${route}'`];
		const one: Case = { description, name: full, resource, row, kind, operation };
		return [
			...judgeQuery(one),
			...judgeBody(one, reasons[name] ?? {}),
			...judgeSearch(one),
			...judgeAnswer(one),
			...judgeSelection(one),
		];
	});
	const placeholders = Array.from(row.route.matchAll(/{(.+?)}/g), ([, placeholder]) => placeholder);
	const unknown = placeholders.filter((one) => one !== 'kind' && !(one in ids));
	return [
		...findings,
		...unknown.map((one) => `${name}: the table has no field for '{${one}}'`),
		...(routesOf(row).length === 0 ? [`${name}: its route has a kind, but it has no kinds`] : []),
	];
}

function judgeQuery({ description, name, row, operation }: Case): string[] {
	const query = queryOf(description, operation);
	const shapesIn = (parameter: string) =>
		query[parameter]?.schema ? shapesOf(description, query[parameter].schema) : [];
	const filters = shapesIn('filter');
	const needed = [
		...Object.values(query)
			.filter((parameter) => parameter.required && parameter.name !== 'filter')
			.filter((parameter) => !alwaysSent(row.query?.[parameter.name]))
			.map((parameter) => parameter.name),
		...filters
			.flatMap((shape) => shape.required)
			.filter((filter) => !alwaysSent(row.filter?.[filter]))
			.map((filter) => `filter[${filter}]`),
	];
	return [
		...Object.entries(row.query ?? {}).flatMap(([parameter, field]) =>
			judgeField(
				description,
				`${name}: query parameter '${parameter}'`,
				field,
				DERIVED.includes(parameter) ? [] : shapesIn(parameter),
			),
		),
		...Object.entries(row.filter ?? {}).flatMap(([filter, field]) => [
			...judgeField(
				description,
				`${name}: filter '${filter}'`,
				field,
				// Theme sets declare theirs as a parameter of its own.
				[...below(description, filters, filter.split('.')), ...shapesIn(`filter[${filter}]`)],
			),
			...(row.route === 'GET /events' && filter === 'name'
				? unknownOptions(`${name}: filter '${filter}'`, field, eventsOf(description))
				: []),
		]),
		...needed.map((one) => `${name}: Persona requires '${one}', the row does not`),
	];
}

function judgeBody(
	{ description, name, row, kind, operation }: Case,
	reasons: Record<string, string>,
) {
	const attributes: Fields = { ...row.attributes, ...kind?.attributes };
	const fields: Fields = {
		...within('data', row.data),
		...within('data.attributes', attributes),
		...within('meta', row.meta),
	};
	const named = kind?.sends !== undefined && !row.route.includes('{kind}');
	const shapes = bodyShapes(description, operation);
	const bodies = named ? ofType(description, shapes, String(kind.sends)) : shapes;
	if (named && bodies.length === 0) {
		return [`${name}: Persona takes no data of the type '${kind.sends}' here`];
	}
	const sent = [
		...Object.keys(fields).filter((path) => alwaysSent(fields[path])),
		...(row.attributes || kind?.attributes ? ['data.attributes'] : []),
		...(row.data ? ['data'] : []),
		...(named ? ['data.type'] : []),
	];
	const needs = alike(bodies.map((shape) => needsOf(description, shape).map(dotted)));
	return [
		...Object.entries(fields).flatMap(([path, field]) =>
			judgeField(
				description,
				`${name}: '${path}'`,
				field,
				below(description, bodies, path.split('.')),
			),
		),
		...needs
			.filter((path) => !sent.some((one) => one === path || one.startsWith(`${path}.`)))
			.filter((path) => !row.search && !(path in reasons))
			.map((path) => `${name}: Persona requires '${path}', the row does not`),
	];
}

const dotted = (path: string[]) => path.join('.');

const within = (place: string, fields: Fields = {}): Fields =>
	Object.fromEntries(Object.entries(fields).map(([name, field]) => [`${place}.${name}`, field]));

/** What stands in every one of the lists. */
const alike = ([first = [], ...others]: string[][]) =>
	first.filter((one) => others.every((list) => list.includes(one)));

/** The bodies whose `data.type` is this one, and nothing but their shapes of `data`. */
function ofType(description: Description, bodies: Shape[], type: string): Shape[] {
	return bodies.flatMap((body) => {
		const fitting = below(description, [body], ['data']).filter((data) =>
			below(description, [data], ['type']).some(({ values }) => values?.includes(type)),
		);
		return fitting.map((data) => ({
			...body,
			members: { ...body.members, data: schemaOf(data) },
			required: [...new Set([...body.required, 'data'])],
		}));
	});
}

const schemaOf = ({ members, required, open }: Shape) => ({
	type: 'object',
	properties: members,
	required,
	additionalProperties: open,
});

/** Whether a row cannot leave a field out: the user must fill it, or it has a value by itself. */
const alwaysSent = (field?: Field) =>
	field !== undefined &&
	(field.required === true ||
		(field.shown === true && ['boolean', 'number', 'options'].includes(field.type)));

function judgeField(
	description: Description,
	what: string,
	field: Field,
	shapes: Shape[],
): string[] {
	if (shapes.length === 0) return [`${what} is not in Persona's description`];
	const types = shapes.flatMap((shape) => shape.types);
	const fits = types.length === 0 || TYPES[field.form].some((type) => types.includes(type));
	const values = shapes.flatMap((shape) => valuesOf(description, shape) ?? []);
	return [
		...(fits ? [] : [`${what} is sent as ${field.form}, Persona takes ${types.join(' or ')}`]),
		...(shapes.every(({ format }) => format !== undefined && format === WRONG_FORMAT[field.form])
			? [`${what} is sent as a ${field.form}, Persona takes a ${shapes[0].format}`]
			: []),
		...(values.length > 0 ? unknownOptions(what, field, values) : []),
	];
}

function unknownOptions(what: string, field: Field, values: unknown[]): string[] {
	const options = (field.options ?? []).flatMap((option) =>
		'value' in option ? [option.value] : [],
	);
	return options
		.filter((option) => !values.includes(option))
		.map((option) => `${what} offers '${String(option)}', which Persona does not know`);
}

/** Searchable attributes stand in a table of the operation's text alone. */
function judgeSearch({ name, row, operation }: Case): string[] {
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
const gathers = ({ execute, plain }: Operation) => execute !== undefined && plain === true;

function judgeAnswer({ description, name, row, operation }: Case): string[] {
	if (gathers(row)) return [];
	const { mediaType, shapes } = answerOf(description, operation);
	const data = below(description, shapes, ['data']);
	const isFile = mediaType !== 'application/json';
	const isList = data.some(({ types }) => types.includes('array'));
	const answers = isFile ? 'file' : isList ? 'list' : 'item';
	const returns = row.returns === 'files' ? 'item' : row.returns;
	const body = bodyShapes(description, operation);
	const paged =
		'page' in queryOf(description, operation) || below(description, body, ['page']).length > 0;
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
function judgeSelection({ description, name, resource, row, kind, operation }: Case): string[] {
	if (row.returns === 'file' || gathers(row)) return [];
	const query = queryOf(description, operation);
	const takes = (parameter: string) => parameter in query;
	if (row.plain) {
		const taken = ['include', 'fields'].filter(takes);
		return taken.map((parameter) => `${name}: Persona takes '${parameter}', the row is plain`);
	}
	const { shapes } = answerOf(description, operation);
	const data = below(description, shapes, ['data']).flatMap((shape) =>
		shape.items ? shapesOf(description, shape.items) : [shape],
	);
	const types = below(description, data, ['type']).flatMap(({ values = [] }) => values.map(String));
	const type = kind?.type ?? row.type ?? resource.type;
	const include = row.include ?? (row.returns === 'list' ? [] : (resource.include ?? []));
	return [
		...(takes('fields') ? [] : [`${name}: Persona takes no 'fields' here`]),
		...(types.some((known) => known === type || known.startsWith(`${type}/`))
			? []
			: [`${name}: Persona answers with ${types.join(', ')}, not with '${type}'`]),
		...(takes('include') || include.length === 0 ? [] : [`${name}: Persona takes no 'include'`]),
		...include
			.filter((path) => !relates(description, data, path.split('.')))
			.map((path) => `${name}: '${path}' is no relationship of '${type}'`),
	];
}

/** Whether objects of these shapes have a relationship, through others where the path says so. */
function relates(description: Description, objects: Shape[], [first, ...rest]: string[]): boolean {
	const related = below(description, objects, ['relationships', first]);
	if (related.length === 0 || rest.length === 0) return related.length > 0;
	const types = below(description, related, ['data', 'type']).flatMap(({ values = [] }) => values);
	return types.some((type) => {
		const schema = { $ref: `#/components/schemas/${String(type).replaceAll('/', '-')}` };
		return relates(description, shapesOf(description, schema), rest);
	});
}
