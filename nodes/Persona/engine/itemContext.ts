import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	ResourceMapperValue,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { Answer } from '../transport/apiResponse';
import { keyOf, urlOf, type Client, type Request } from '../transport/client';
import { toNodeError } from '../transport/errors';
import { upload } from '../transport/files';
import type { Field, Fields, Kind, Kinds, Operation, Resource, Table } from './types';
import type { Document } from '../transport/jsonApi';
import { settings } from './commonFields';
import { encode, isObject, located, parameterName, textOf } from './values';

/** What all items of a run have in common. */
export interface Run {
	node: IExecuteFunctions;
	client: Client;
	table: Table;
	resource: Resource;
	row: Operation;
	/** Tells this run of this node in this execution from any other. */
	seed: string;
}

/** The choice among the kinds of a row that leaves it to the ID. */
export const DETECT = 'detect';

/** Where the panel keeps the optional fields of a row that are no filters. */
export const groupOf = ({ route }: Operation) =>
	route.startsWith('PATCH') ? 'updateFields' : 'additionalFields';

/** Whether Persona takes `include` and `fields` with an operation. */
export const selects = ({ plain, returns }: Operation) => !plain && returns !== 'file';

/** Whether an operation waits for the user's permission when an AI agent wants it. */
export const isGuarded = ({ guarded, irreversible }: Operation) =>
	guarded === true || irreversible !== undefined;

/** Whether a field stands by itself in the panel, outside any collection. */
export const standsAlone = (field: Field) =>
	field.required === true || field.shown === true || field.columns !== undefined;

/** One item's view of the node: its parameters, and the way to Persona. */
export class Session {
	constructor(
		readonly run: Run,
		readonly itemIndex: number,
	) {}

	/** The value of a parameter for this item, plain also where it was picked from a list. */
	parameter<T>(name: string, fallback?: T): T {
		return located(this.run.node.getNodeParameter(name, this.itemIndex, fallback)) as T;
	}

	/** The value of one of `settings` or of the row's own, or what it is when nothing is given. */
	setting<T>(name: string): T {
		const field = this.run.row.own?.[name] ?? (settings as Fields)[name];
		const path = standsAlone(field) ? name : `options.${name}`;
		return (this.encoded(field, this.parameter(path, field.default)) ?? field.default) as T;
	}

	/** Ends this item: what is wrong with a parameter, and how to mend it. */
	refuse = (what: string, how: string): never => {
		const { itemIndex } = this;
		throw new NodeOperationError(this.run.node.getNode(), what, { description: how, itemIndex });
	};

	/** The request that the row describes, with this item's values. */
	async request(): Promise<Request> {
		const { row } = this.run;
		const [method, route] = row.route.split(' ');
		const kind = this.kind();
		const attributes = await this.values({ ...row.attributes, ...kind?.attributes });
		const data = {
			...(row.kinds && kind?.sends && !route.includes('{kind}') && { type: kind.sends }),
			...(await this.values(row.data)),
			...((row.attributes ?? kind?.attributes) && { attributes }),
		};
		const meta = await this.values(row.meta);
		const body = {
			...(Object.keys(data).length > 0 && { data }),
			...(Object.keys(meta).length > 0 && { meta }),
			...row.search?.body(this),
		};
		return {
			method: method as IHttpRequestMethods,
			path: this.path(route),
			query: {
				...(await this.values(row.query)),
				...(row.filter && { filter: await this.values(row.filter, 'filters') }),
				...this.selection(),
			},
			...((row.search || Object.keys(body).length > 0) && { body }),
			...(row.returns === 'file' && { file: true }),
		};
	}

	/** Sends a request and returns the answer of success; any other outcome is thrown as n8n wants it. */
	async answer(request: Request): Promise<Answer> {
		const { client, row, resource, node, seed } = this.run;
		const own = this.setting<string>('idempotencyKey').trim();
		if (!/^[ -~]{0,255}$/.test(own)) {
			this.refuse("'Idempotency Key' cannot be sent", 'Up to 255 characters without accents can.');
		}
		const key = own || keyOf(seed, this.itemIndex, urlOf(request), request.body);
		const answer = await client.answer({ ...request, key });
		if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
		const { permission } = resource;
		throw toNodeError(node.getNode(), answer, {
			itemIndex: this.itemIndex,
			labels: labelsOf(row),
			permission: permission && `${permission}.${request.method === 'GET' ? 'read' : 'write'}`,
			replayed: request.method === 'POST',
			ownKey: own !== '',
		});
	}

	/** Sends a request and returns the document Persona answers with. */
	send = async (request: Request) => (await this.answer(request)).body as Document;

	/** The path of this item's object; items with the same one must not overtake each other. */
	path(route: string): string {
		return route.replace(/{(.+?)}/g, (_, name: string) =>
			name === 'kind' ? (this.kind()?.sends ?? '') : this.id(name),
		);
	}

	/** The ID for a placeholder: in one piece, so that it leads to no other path. */
	id(name: string): string {
		const { displayName: label } = this.run.table.ids[name];
		const value = this.parameter<unknown>(parameterName(name), '') ?? '';
		const id = textOf(value, label, this.refuse).trim();
		if (/^[\w-]{1,99}$/.test(id)) return id;
		if (id === '') this.refuse(`'${label}' is empty`, 'Choose one, or give its ID.');
		return this.refuse(`'${label}' is not an ID`, 'Give the ID alone: letters, digits, _ and -.');
	}

	private kind(): Kind | undefined {
		const { kinds } = this.run.row;
		if (!kinds) return undefined;
		const chosen = this.parameter<string>(kinds.name, '');
		if (kinds.detect && chosen === DETECT) return this.detected(kinds, kinds.detect);
		if (Object.hasOwn(kinds.options, chosen)) return kinds.options[chosen];
		return this.refuse(`'${kinds.label}' is not known`, 'Choose one from its list.');
	}

	/** The only kind whose objects have IDs that begin as this one does. */
	private detected({ label, options }: Kinds, placeholder: string): Kind {
		const id = this.id(placeholder);
		const [kind, ...others] = Object.values(options).filter(
			({ prefix }) => prefix !== undefined && id.startsWith(`${prefix}_`),
		);
		if (kind && others.length === 0) return kind;
		const { displayName } = this.run.table.ids[placeholder];
		const what = `'${label}' cannot be told from the ID '${id}'`;
		return this.refuse(what, `Choose it from the list, or check '${displayName}'.`);
	}

	/** What the user set of these fields, under Persona's names, nested where those have dots. */
	private async values(fields: Fields = {}, group = groupOf(this.run.row)): Promise<IDataObject> {
		const values: IDataObject = {};
		const alone = Object.values(fields).every(standsAlone);
		const optional = alone ? {} : this.parameter<IDataObject>(group, {});
		for (const [name, field] of Object.entries(fields)) {
			const parameter = parameterName(name);
			const given = standsAlone(field) ? this.parameter(parameter, '') : optional[parameter];
			const value = field.columns ? this.mapped(parameter) : located(given);
			const encoded = this.encoded(field, value);
			if (field.required && [encoded ?? []].flat().length === 0) {
				this.refuse(`'${field.displayName}' is empty`, 'Persona needs a value here.');
			}
			if (encoded === undefined) continue;
			nest(values, name.split('.'), await this.withFiles(field, encoded));
		}
		return values;
	}

	/** A value as Persona wants it: null where it takes one away, undefined if there is none. */
	private encoded(field: Field, value: unknown): unknown {
		const { node, row } = this.run;
		const clears = field.clears && row.route.startsWith('PATCH');
		if (clears && (value === '' || value === 0)) return null;
		if (isUnset(value, field, row)) return undefined;
		return encode(field, value, node.getTimezone(), this.refuse);
	}

	/** Puts the files of the item in the place of the names of their binary fields. */
	private async withFiles({ form, displayName }: Field, value: unknown) {
		if (form !== 'file' && form !== 'files') return value;
		const { node } = this.run;
		const read = (name: string) => upload(node, this.itemIndex, name, displayName, this.refuse);
		return Array.isArray(value) ? await Promise.all(value.map(read)) : await read(String(value));
	}

	/** A map, from its columns or from its JSON. */
	private mapped(parameter: string): unknown {
		const mode = this.parameter<string>(`${parameter}Mode`, 'json');
		if (mode !== 'columns') return this.parameter(parameter, {});
		const name = `${parameter}Columns`;
		const { mappingMode, value, schema } = this.parameter<Partial<ResourceMapperValue>>(name);
		const { json } = this.run.node.getInputData()[this.itemIndex];
		const source: IDataObject = mappingMode === 'autoMapInputData' ? json : (value ?? {});
		const kept = (schema ?? []).filter(({ removed }) => !removed).map(({ id }) => id);
		const wanted = ([id, one]: [string, unknown]) => kept.includes(id) && isGiven(one);
		return Object.fromEntries(Object.entries(source).filter(wanted));
	}

	/** What of the answer is wanted: Include and Fields to Return. */
	selection(): IDataObject {
		const { row, resource } = this.run;
		if (!selects(row)) return {};
		const own = this.kind()?.type ?? row.type ?? resource.type;
		const fields = new Map<string, string>();
		for (const entry of this.setting<string[]>('fieldsToReturn')) {
			const [, type = own, name] = /^(?:([\w/-]+):\s*)?([^:]+)$/.exec(entry) ?? [];
			if (!name) this.refuse("'Fields to Return' is no list of names", 'E.g. status, account:tags');
			fields.set(type, fields.has(type) ? `${fields.get(type)},${name}` : name);
		}
		const include = this.setting<string>('include') || undefined;
		return { include, fields: Object.fromEntries(fields) };
	}
}

const isGiven = (value: unknown) => value !== undefined && value !== null && value !== '';

/** Whether there is nothing to send. In an update an empty text is something: it clears. */
function isUnset(value: unknown, { form, type, required }: Field, { route }: Operation) {
	if (typeof value === 'string' && value.trim() === '') {
		const clearing = form === 'text' || form === 'words';
		return required === true || !clearing || !route.startsWith('PATCH');
	}
	if (form === 'words' && Array.isArray(value)) return required === true && value.length === 0;
	if (!isGiven(value)) return true;
	// Where Persona requires a map, it takes an empty one too.
	if (form === 'map' && required) return false;
	if (isObject(value) || Array.isArray(value)) return Object.keys(value).length === 0;
	return type === 'json' && /^\s*(\{\s*\}|\[\s*\])\s*$/.test(String(value));
}

/** Sets `values.query.term` for the names `query` and `term`. */
function nest(values: IDataObject, [name, ...below]: string[], value: unknown) {
	if (below.length === 0) values[name] = value as IDataObject;
	else nest((values[name] ??= {}) as IDataObject, below, value);
}

function labelsOf({ query, filter, data, attributes, meta, kinds }: Operation) {
	const kindFields = Object.values(kinds?.options ?? {}).map((kind) => kind.attributes);
	const fields: Fields = Object.assign({}, ...kindFields, query, filter, data, attributes, meta);
	return new Map(Object.entries(fields).map(([name, { displayName }]) => [name, displayName]));
}

/** The placeholders of a route that the user fills, without the kind, which is chosen. */
export const idsOf = ({ route }: Operation) =>
	Array.from(route.matchAll(/{(.+?)}/g), ([, name]) => name).filter((name) => name !== 'kind');
