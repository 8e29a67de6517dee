import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	ResourceMapperValue,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { ApiResponse } from '../transport/apiResponse';
import {
	createIdempotencyKey,
	buildPathWithQuery,
	type Client,
	type ApiRequest,
} from '../transport/client';
import { toNodeError } from '../transport/errors';
import { readUpload } from '../transport/files';
import type {
	Field,
	Fields,
	Variant,
	Variants,
	Operation,
	Resource,
	OperationTable,
} from './types';
import type { JsonApiDocument } from '../transport/jsonApi';
import { commonFields } from './commonFields';
import { encode, isPlainObject, unwrapLocator, toParameterName, toText } from './values';

/** What all items of a run have in common. */
export interface Run {
	node: IExecuteFunctions;
	client: Client;
	table: OperationTable;
	resource: Resource;
	row: Operation;
	/** Tells this run of this node in this execution from any other. */
	idempotencySeed: string;
}

/** The choice among the kinds of a row that leaves it to the ID. */
export const DETECT_VARIANT = 'detect';

/** Where the panel keeps the optional fields of a row that are no filters. */
export const getOptionalGroup = ({ route }: Operation) =>
	route.startsWith('PATCH') ? 'updateFields' : 'additionalFields';

/** Whether Persona takes `include` and `fields` with an operation. */
export const acceptsSelection = ({ noSelection: plain, returns }: Operation) =>
	!plain && returns !== 'file';

/** Whether an operation waits for the user's permission when an AI agent wants it. */
export const isGuarded = ({ guarded, irreversible }: Operation) =>
	guarded === true || irreversible !== undefined;

/** Whether a field stands by itself in the panel, outside any collection. */
export const isTopLevel = (field: Field) =>
	field.required === true || field.topLevel === true || field.columnsMethod !== undefined;

/** One item's view of the node: its parameters, and the way to Persona. */
export class NodeItemContext {
	constructor(
		readonly run: Run,
		readonly itemIndex: number,
	) {}

	/** The value of a parameter for this item, plain also where it was picked from a list. */
	getParameter<T>(name: string, fallback?: T): T {
		return unwrapLocator(this.run.node.getNodeParameter(name, this.itemIndex, fallback)) as T;
	}

	/** The value of one of `settings` or of the row's own, or what it is when nothing is given. */
	getSetting<T>(name: string): T {
		const field = this.run.row.nodeFields?.[name] ?? (commonFields as Fields)[name];
		const buildPath = isTopLevel(field) ? name : `options.${name}`;
		return (this.encoded(field, this.getParameter(buildPath, field.default)) ?? field.default) as T;
	}

	/** Ends this item: what is wrong with a parameter, and how to mend it. */
	fail = (what: string, how: string): never => {
		const { itemIndex } = this;
		throw new NodeOperationError(this.run.node.getNode(), what, { description: how, itemIndex });
	};

	/** The request that the row describes, with this item's values. */
	async buildRequest(): Promise<ApiRequest> {
		const { row } = this.run;
		const [method, route] = row.route.split(' ');
		const getVariant = this.kind();
		const attributes = await this.readFields({ ...row.attributes, ...getVariant?.attributes });
		const data = {
			...(row.variants &&
				getVariant?.apiName &&
				!route.includes('{kind}') && { type: getVariant.apiName }),
			...(await this.readFields(row.data)),
			...((row.attributes ?? getVariant?.attributes) && { attributes }),
		};
		const meta = await this.readFields(row.meta);
		const body = {
			...(Object.keys(data).length > 0 && { data }),
			...(Object.keys(meta).length > 0 && { meta }),
			...row.search?.buildBody(this),
		};
		return {
			method: method as IHttpRequestMethods,
			path: this.path(route),
			query: {
				...(await this.readFields(row.query)),
				...(row.filter && { filter: await this.readFields(row.filter, 'filters') }),
				...this.getSelection(),
			},
			...((row.search || Object.keys(body).length > 0) && { body }),
			...(row.returns === 'file' && { expectsFile: true }),
		};
	}

	/** Sends a request and returns the answer of success; any other outcome is thrown as n8n wants it. */
	async request(request: ApiRequest): Promise<ApiResponse> {
		const { client, row, resource, node, idempotencySeed: seed } = this.run;
		const own = this.getSetting<string>('idempotencyKey').trim();
		if (!/^[ -~]{0,255}$/.test(own)) {
			this.fail("'Idempotency Key' cannot be sent", 'Up to 255 characters without accents can.');
		}
		const key =
			own || createIdempotencyKey(seed, this.itemIndex, buildPathWithQuery(request), request.body);
		const answer = await client.request({ ...request, idempotencyKey: key });
		if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
		const { permission } = resource;
		throw toNodeError(node.getNode(), answer, {
			itemIndex: this.itemIndex,
			labels: getLabels(row),
			permission: permission && `${permission}.${request.method === 'GET' ? 'read' : 'write'}`,
			mayBeReplayed: request.method === 'POST',
			hasCustomKey: own !== '',
		});
	}

	/** Sends a request and returns the document Persona answers with. */
	requestDocument = async (request: ApiRequest) =>
		(await this.request(request)).body as JsonApiDocument;

	/** The path of this item's object; items with the same one must not overtake each other. */
	path(route: string): string {
		return route.replace(/{(.+?)}/g, (_, name: string) =>
			name === 'kind' ? (this.kind()?.apiName ?? '') : this.getId(name),
		);
	}

	/** The ID for a placeholder: in one piece, so that it leads to no other path. */
	getId(name: string): string {
		const { displayName: label } = this.run.table.ids[name];
		const value = this.getParameter<unknown>(toParameterName(name), '') ?? '';
		const id = toText(value, label, this.fail).trim();
		if (/^[\w-]{1,99}$/.test(id)) return id;
		if (id === '') this.fail(`'${label}' is empty`, 'Choose one, or give its ID.');
		return this.fail(`'${label}' is not an ID`, 'Give the ID alone: letters, digits, _ and -.');
	}

	private kind(): Variant | undefined {
		const { variants: kinds } = this.run.row;
		if (!kinds) return undefined;
		const chosen = this.getParameter<string>(kinds.name, '');
		if (kinds.detect && chosen === DETECT_VARIANT) return this.detectVariant(kinds, kinds.detect);
		if (Object.hasOwn(kinds.options, chosen)) return kinds.options[chosen];
		return this.fail(`'${kinds.label}' is not known`, 'Choose one from its list.');
	}

	/** The only kind whose objects have IDs that begin as this one does. */
	private detectVariant({ label, options }: Variants, placeholder: string): Variant {
		const id = this.getId(placeholder);
		const [kind, ...others] = Object.values(options).filter(
			({ prefix }) => prefix !== undefined && id.startsWith(`${prefix}_`),
		);
		if (kind && others.length === 0) return kind;
		const { displayName } = this.run.table.ids[placeholder];
		const what = `'${label}' cannot be told from the ID '${id}'`;
		return this.fail(what, `Choose it from the list, or check '${displayName}'.`);
	}

	/** What the user set of these fields, under Persona's names, nested where those have dots. */
	private async readFields(
		fields: Fields = {},
		group = getOptionalGroup(this.run.row),
	): Promise<IDataObject> {
		const values: IDataObject = {};
		const alone = Object.values(fields).every(isTopLevel);
		const optional = alone ? {} : this.getParameter<IDataObject>(group, {});
		for (const [name, field] of Object.entries(fields)) {
			const parameter = toParameterName(name);
			const given = isTopLevel(field) ? this.getParameter(parameter, '') : optional[parameter];
			const value = field.columnsMethod ? this.readMap(parameter) : unwrapLocator(given);
			const encodeField = this.encoded(field, value);
			if (field.required && [encodeField ?? []].flat().length === 0) {
				this.fail(`'${field.displayName}' is empty`, 'Persona needs a value here.');
			}
			if (encodeField === undefined) continue;
			setNested(values, name.split('.'), await this.readFiles(field, encodeField));
		}
		return values;
	}

	/** A value as Persona wants it: null where it takes one away, undefined if there is none. */
	private encoded(field: Field, value: unknown): unknown {
		const { node, row } = this.run;
		const clears = field.clearable && row.route.startsWith('PATCH');
		if (clears && (value === '' || value === 0)) return null;
		if (isUnset(value, field, row)) return undefined;
		return encode(field, value, node.getTimezone(), this.fail);
	}

	/** Puts the files of the item in the place of the names of their binary fields. */
	private async readFiles({ encoding: form, displayName }: Field, value: unknown) {
		if (form !== 'file' && form !== 'files') return value;
		const { node } = this.run;
		const read = (name: string) => readUpload(node, this.itemIndex, name, displayName, this.fail);
		return Array.isArray(value) ? await Promise.all(value.map(read)) : await read(String(value));
	}

	/** A map, from its columns or from its JSON. */
	private readMap(parameter: string): unknown {
		const mode = this.getParameter<string>(`${parameter}Mode`, 'json');
		if (mode !== 'columns') return this.getParameter(parameter, {});
		const name = `${parameter}Columns`;
		const { mappingMode, value, schema } = this.getParameter<Partial<ResourceMapperValue>>(name);
		const { json } = this.run.node.getInputData()[this.itemIndex];
		const source: IDataObject = mappingMode === 'autoMapInputData' ? json : (value ?? {});
		const kept = (schema ?? []).filter(({ removed }) => !removed).map(({ id }) => id);
		const wanted = ([id, one]: [string, unknown]) => kept.includes(id) && hasValue(one);
		return Object.fromEntries(Object.entries(source).filter(wanted));
	}

	/** What of the answer is wanted: Include and Fields to Return. */
	getSelection(): IDataObject {
		const { row, resource } = this.run;
		if (!acceptsSelection(row)) return {};
		const own = this.kind()?.type ?? row.type ?? resource.type;
		const fields = new Map<string, string>();
		for (const entry of this.getSetting<string[]>('fieldsToReturn')) {
			const [, type = own, name] = /^(?:([\w/-]+):\s*)?([^:]+)$/.exec(entry) ?? [];
			if (!name) this.fail("'Fields to Return' is no list of names", 'E.g. status, account:tags');
			fields.set(type, fields.has(type) ? `${fields.get(type)},${name}` : name);
		}
		const include = this.getSetting<string>('include') || undefined;
		return { include, fields: Object.fromEntries(fields) };
	}
}

const hasValue = (value: unknown) => value !== undefined && value !== null && value !== '';

/** Whether there is nothing to send. In an update an empty text is something: it clears. */
function isUnset(value: unknown, { encoding: form, type, required }: Field, { route }: Operation) {
	if (typeof value === 'string' && value.trim() === '') {
		const clearing = form === 'text' || form === 'words';
		return required === true || !clearing || !route.startsWith('PATCH');
	}
	if (form === 'words' && Array.isArray(value)) return required === true && value.length === 0;
	if (!hasValue(value)) return true;
	// Where Persona requires a map, it takes an empty one too.
	if (form === 'map' && required) return false;
	if (isPlainObject(value) || Array.isArray(value)) return Object.keys(value).length === 0;
	return type === 'json' && /^\s*(\{\s*\}|\[\s*\])\s*$/.test(String(value));
}

/** Sets `values.query.term` for the names `query` and `term`. */
function setNested(values: IDataObject, [name, ...below]: string[], value: unknown) {
	if (below.length === 0) values[name] = value as IDataObject;
	else setNested((values[name] ??= {}) as IDataObject, below, value);
}

function getLabels({ query, filter, data, attributes, meta, variants: kinds }: Operation) {
	const kindFields = Object.values(kinds?.options ?? {}).map((kind) => kind.attributes);
	const fields: Fields = Object.assign({}, ...kindFields, query, filter, data, attributes, meta);
	return new Map(Object.entries(fields).map(([name, { displayName }]) => [name, displayName]));
}

/** The placeholders of a route that the user fills, without the kind, which is chosen. */
export const getPathIds = ({ route }: Operation) =>
	Array.from(route.matchAll(/{(.+?)}/g), ([, name]) => name).filter((name) => name !== 'kind');
