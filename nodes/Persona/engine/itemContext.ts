import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { isSuccessStatus, type ApiResponse } from '../transport/apiResponse';
import {
	buildPathWithQuery,
	changesData,
	createIdempotencyKey,
	hasIdempotencyKey,
	type ApiRequest,
} from '../transport/apiRequest';
import { toNodeError } from '../transport/errors';
import type { ListDocument, ObjectDocument } from '../transport/jsonApi';
import type { Output, OutputMode } from '../transport/output';
import { checkUpload, digestFiles, type FileUpload } from '../transport/uploads';
import { toPeriodBounds } from '../utils/calendarPeriod';
import { isIncomplete } from '../utils/values/incompleteText';
import { hasEmptyEntry } from '../utils/parseList';
import { trimText } from '../utils/values/trimText';
import { commonFields, SELECTED_FIELDS } from './commonFields';
import {
	explainEmpty,
	getClearingValue,
	isEmptyValue,
	isMissing,
	LISTS,
	removeEmptyMembers,
} from './emptyValues';
import { addFiles, checkStoredFiles } from './fileMap';
import { parseId } from '../values/idKinds';
import { readMappedColumns } from './mappedColumns';
import {
	acceptsIncludeAndFields,
	DETECT_VARIANT,
	getObjectType,
	getOptionalGroupName,
	getVariantFields,
	isDecision,
	isTopLevel,
	isUpdate,
	toGuardMessage,
	VARIANT_PLACEHOLDER,
} from './operationRules';
import { checkRequirements } from './requirements';
import type { Field, Fields } from '../fields/types';
import type {
	IncludeAndFields,
	ItemContext,
	Operation,
	Resource,
	Run,
	Variant,
	Variants,
} from './types';
import { checkName, failForEmptyEntry, isPlainObject, toText } from '../values/plainValues';
import { encodeValue, toParameterName, unwrapLocator } from '../fields/encodeValue';

/** Where a value comes from, and whether it is sent in the body. */
interface ValueSource {
	/** Path of the parameter, e.g. `filters.status`. */
	path: string;
	/** The collection that the user added the field to; undefined if it is shown directly. */
	group?: string;
	isWritten?: boolean;
	isFilter?: boolean;
}

/** What n8n returns for an option that the user has not added. */
const NOT_ADDED = Symbol('not added');

/** Creates the context of one input item, through which an operation reads its parameters. */
export const createItemContext = (run: Run, itemIndex: number): ItemContext =>
	new NodeItemContext(run, itemIndex);

/** The contract of each public member is in the interface. */
class NodeItemContext implements ItemContext {
	/** Whether the same content always gets the same idempotency key; read with the request. */
	private isKeyFromContent = false;

	private variant?: Variant;

	readonly idsByReference = new Map<string, string>();

	/** Whether the body has files, whose content is read when the request is sent. */
	private hasFiles = false;

	constructor(
		readonly run: Run,
		readonly itemIndex: number,
	) {}

	readonly fail = (message: string, description: string): never => {
		const { itemIndex } = this;
		throw new NodeOperationError(this.run.node.getNode(), message, { description, itemIndex });
	};

	readRaw(path: string): unknown {
		const options = { rawExpressions: true };
		return this.run.node.getNodeParameter(path, this.itemIndex, NOT_ADDED, options);
	}

	requireComplete(label: string, value: unknown, raw: unknown) {
		if (!isIncomplete(value, unwrapLocator(raw))) return;
		this.fail(
			`'${label}' is incomplete: '${value}'`,
			'Its expression found nothing. Check the name of the field in it and the input of this item.',
		);
	}

	readParameter<T>(name: string, fallback?: T): T {
		const value: unknown = this.run.node.getNodeParameter(name, this.itemIndex, fallback);
		return (this.idsByReference.get(name) ?? unwrapLocator(value)) as T;
	}

	readSetting<T>(name: string): T {
		const field = this.run.row.nodeFields?.[name] ?? (commonFields as Fields)[name];
		if (isTopLevel(field)) {
			const value = this.readPlain(field, name, field.default);
			return (this.encodeField(field, value, { path: name }) ?? field.default) as T;
		}
		const path = `options.${name}`;
		const isPlain = field.encoding !== 'duration';
		if (!this.hasOption(name))
			return (isPlain ? field.default : encodeValue(field, field.default, '', this.fail)) as T;
		const value = this.readParameter<unknown>(path, '');
		return this.encodeField(field, value, { path, group: 'options' }) as T;
	}

	hasOption(name: string): boolean {
		return this.readRaw(`options.${name}`) !== NOT_ADDED;
	}

	readId(placeholder: string): string {
		const field = this.run.table.ids[placeholder];
		const { displayName: label } = field;
		const value = this.readParameter<unknown>(toParameterName(placeholder), '') ?? '';
		if (typeof value === 'boolean') checkName(value, label, this.fail);
		const text = trimText(toText(value, label, this.fail));
		if (text === '') this.fail(`'${label}' is empty`, 'Choose one, or enter its ID.');
		return parseId(text, field, this.fail);
	}

	readIncludeAndFields(): IncludeAndFields {
		const { row, resource } = this.run;
		if (!acceptsIncludeAndFields(row)) return {};
		const mainType = getObjectType(resource, row, this.readVariant());
		const fields = new Map<string, string>();
		for (const entry of this.readSetting<string[]>('fieldsToReturn')) {
			const [, type = mainType, name] = /^(?:([\w/-]+):\s*)?([^:]+)$/.exec(entry) ?? [];
			if (!name)
				this.fail("'Fields to Return' is not a list of names", 'E.g. status, account:tags');
			fields.set(type, fields.has(type) ? `${fields.get(type)},${name}` : name);
		}
		const include = this.readInclude();
		return { include, fields: Object.fromEntries(fields) };
	}

	/** The paths of "Include", each once. Fails for one that Persona does not describe. */
	private readInclude(): string | undefined {
		const { row, resource } = this.run;
		const paths = [...new Set(this.readSetting<string>('include').split(','))];
		const known = row.include ?? resource.include ?? [];
		for (const path of paths.filter((given) => given !== '')) {
			const [first, ...rest] = path.split('.');
			if (known.includes(first) && rest.every((name) => /^[a-z\d]+(-[a-z\d]+)*$/.test(name)))
				continue;
			this.fail(
				`'Include' has an unknown value: '${path.slice(0, 60)}'`,
				`It can be ${known.join(', ')}. A dot leads on to what is related to that object.`,
			);
		}
		return paths.join(',') || undefined;
	}

	readOutput(): Output {
		const { isTool, row } = this.run;
		const mode = this.readSetting<string>('output');
		// The engine picks the selected fields of all.
		const isSelected = mode === SELECTED_FIELDS.value;
		return {
			mode: isSelected ? 'allFields' : (mode as OutputMode),
			...(mode === 'simplified' && isTool && isDecision(row) && { isBrief: true }),
			...this.readIncludeAndFields(),
		};
	}

	buildPath(path: string): string {
		return path.replace(/{(.+?)}/g, (_, name: string) =>
			name === VARIANT_PLACEHOLDER ? (this.readVariant()?.apiName ?? '') : this.readId(name),
		);
	}

	async buildRequest(): Promise<ApiRequest> {
		const { row } = this.run;
		const [method, path] = row.route.split(' ');
		const body = await this.buildBody(path);
		const request: ApiRequest = {
			method: method as IHttpRequestMethods,
			path: this.buildPath(path),
			query: {
				...(await this.readFields(row.query, {})),
				...(row.filter && {
					filter: await this.readFields(row.filter, { group: 'filters', isFilter: true }),
				}),
				...this.readIncludeAndFields(),
			},
			...((row.search || Object.keys(body).length > 0) && { body }),
			...(this.hasFiles && { files: row.acceptsForm ? 'form' : 'json' }),
			...(row.returns === 'file' && { expects: 'pdf' }),
			...(row.returns === 'list' && { expects: 'list' }),
		};
		checkRequirements(row, this.readVariant(), request, this.fail);
		if (hasIdempotencyKey(request)) request.idempotencyKey = this.readIdempotencyKey();
		return request;
	}

	async request(request: ApiRequest): Promise<ApiResponse> {
		const { row, resource, node } = this.run;
		const response = await this.send(request);
		if (isSuccessStatus(response.statusCode)) return response;
		throw toNodeError(node.getNode(), response, {
			itemIndex: this.itemIndex,
			labels: getLabels(row),
			permission: getPermission(resource, row, request, this.readVariant()),
			productionOnly: resource.productionOnly,
			known: row.search && `Persona searches by ${row.search.known}.`,
			request,
			hasCustomKey: request.idempotencyKey !== undefined,
			isKeyFromContent: this.isKeyFromContent,
		});
	}

	readonly requestDocument = async (request: ApiRequest) =>
		(await this.request({ expects: 'object', ...request })).body as ObjectDocument;

	readonly requestList = async (request: ApiRequest) =>
		(await this.request({ ...request, expects: 'list' })).body as ListDocument;

	deriveIdempotencyKey(request: ApiRequest): string {
		const { idempotencySeed, contentSeed } = this.run;
		const path = buildPathWithQuery(request);
		const content = [path, request.body];
		if (request.idempotencyKey) return createIdempotencyKey(request.idempotencyKey, ...content);
		if (this.isKeyFromContent) return createIdempotencyKey(contentSeed, ...content);
		return createIdempotencyKey(idempotencySeed, this.itemIndex, ...content);
	}

	/**
	 * Reads the user's own idempotency key, undefined if there is none, and how to make one otherwise.
	 */
	private readIdempotencyKey(): string | undefined {
		this.isKeyFromContent = this.readSetting('makeIdempotencyKey') === 'fromContent';
		const key = this.readSetting<string>('idempotencyKey').trim();
		if (/^[ -~]{0,255}$/.test(key)) return key || undefined;
		return this.fail(
			"'Idempotency Key' is not valid",
			'Use at most 255 ASCII characters: no accents and no emoji.',
		);
	}

	/** Sends a request; one that creates or decides something gets its idempotency key. */
	private async send(request: ApiRequest): Promise<ApiResponse> {
		const { client, requestsByKey } = this.run;
		if (!hasIdempotencyKey(request)) return await client.request(request);
		const idempotencyKey = request.idempotencyKey ?? (await this.deriveRequestKey(request));
		const sendWithKey = async () => await client.request({ ...request, idempotencyKey });
		if (!request.idempotencyKey && !this.isKeyFromContent) return await sendWithKey();
		// Other items may have the same key. Persona does not document what it does with a request while
		// another one with its key is under way.
		const earlier = requestsByKey.get(idempotencyKey);
		const response = earlier ? earlier.then(sendWithKey) : sendWithKey();
		requestsByKey.set(idempotencyKey, response);
		await response;
		if (requestsByKey.get(idempotencyKey) === response) requestsByKey.delete(idempotencyKey);
		return await response;
	}

	/** Derives the key of a request. n8n's store names the same content differently each time. */
	private async deriveRequestKey(request: ApiRequest): Promise<string> {
		if (!request.files) return this.deriveIdempotencyKey(request);
		const body = await digestFiles(request.body ?? {});
		return this.deriveIdempotencyKey({ ...request, body });
	}

	/** Builds the body of the row's request. It is empty if there is nothing to send. */
	private async buildBody(path: string): Promise<IDataObject> {
		const { row } = this.run;
		const variant = this.readVariant();
		const isTypeSent = !path.includes(`{${VARIANT_PLACEHOLDER}}`);
		const fields = await this.readFields({ ...row.attributes, ...variant?.attributes });
		const attributes = variant?.alignAttributes?.(fields) ?? fields;
		const data = {
			...(row.variants && variant?.apiName && isTypeSent && { type: variant.apiName }),
			...(await this.readFields(row.data)),
			...((row.attributes ?? variant?.attributes) && { attributes }),
		};
		const meta = await this.readFields({ ...row.meta, ...variant?.meta });
		const given = [attributes, meta, data].flatMap((group) => Object.keys(group));
		// A model that fills in nothing would read the unchanged object as a success.
		if (this.run.isTool && isUpdate(row) && !given.some((name) => name !== 'attributes')) {
			this.fail('No value was given to change', 'Give a value for at least one field.');
		}
		return {
			...(Object.keys(data).length > 0 && { data }),
			...(Object.keys(meta).length > 0 && { meta }),
			...row.search?.buildBody(this),
		};
	}

	/** The variant that the user chose, read once; undefined for a row without variants. */
	private readVariant(): Variant | undefined {
		return (this.variant ??= this.findVariant());
	}

	private findVariant(): Variant | undefined {
		const { variants } = this.run.row;
		if (!variants) return undefined;
		const { name, label, detect, options } = variants;
		const chosen = this.readParameter<string>(name, '');
		if (detect && chosen === DETECT_VARIANT) return this.detectVariant(variants, detect);
		if (Object.hasOwn(options, chosen)) return options[chosen];
		return this.fail(`'${label}' has an unknown value`, 'Choose one from the list.');
	}

	/** Finds the only variant whose IDs have the prefix of this one. */
	private detectVariant({ label, options }: Variants, placeholder: string): Variant {
		const id = this.readId(placeholder);
		const [variant, ...others] = Object.values(options).filter(
			({ prefix }) => prefix !== undefined && id.startsWith(`${prefix}_`),
		);
		if (variant && others.length === 0) return variant;
		const { displayName } = this.run.table.ids[placeholder];
		return this.fail(
			`'${label}' cannot be detected from the ID '${id}'`,
			`Choose it from the list, or check '${displayName}'.`,
		);
	}

	/**
	 * Reads the values of these fields that the user gave, by Persona's names; a dot in a name nests
	 * it.
	 */
	private async readFields(
		fields: Fields = {},
		place: Omit<ValueSource, 'path'> = { isWritten: true },
	): Promise<IDataObject> {
		const values: IDataObject = {};
		const { group = getOptionalGroupName(this.run.row) } = place;
		const isGroupNeeded = !Object.values(fields).every(isTopLevel);
		const optionalValues = isGroupNeeded ? this.readParameter<IDataObject>(group, {}) : {};
		for (const [name, field] of Object.entries(fields)) {
			const parameter = toParameterName(name);
			const isAdded = isTopLevel(field) || Object.hasOwn(optionalValues, parameter);
			if (!isAdded && !field.takesFiles) continue;
			const [path, given] = isTopLevel(field)
				? [parameter, await this.readTopLevel(field, parameter)]
				: [`${group}.${parameter}`, optionalValues[parameter]];
			const source = { ...place, path, group: isTopLevel(field) ? undefined : group };
			const encoded = isAdded ? this.encodeField(field, given, source) : undefined;
			const value = await this.readFiles(field, encoded, parameter);
			if (value !== undefined && field.guarded && !this.run.isAllowedToDecide) {
				this.fail(toGuardMessage(`Set '${field.displayName}'`), '');
			}
			if (value === undefined || field.columnsOnly) continue;
			if (field.encoding === 'period') {
				this.addPeriod(values, name, String(value), fields);
				continue;
			}
			setNested(values, name.split('.'), value);
		}
		return values;
	}

	/** Adds the start and the end of a named period, unless the user gave one of them as well. */
	private addPeriod(values: IDataObject, name: string, chosen: string, fields: Fields) {
		const names = [`${name}-start`, `${name}-end`];
		const given = names.find((one) => Object.hasOwn(values, one));
		if (given) {
			const [period, other] = [name, given].map((one) => `'${fields[one].displayName}'`);
			this.fail(`${period} and ${other} exclude each other`, 'Remove one of them.');
		}
		const [from, end] = toPeriodBounds(chosen, this.run.node.getTimezone());
		values[names[0]] = from;
		// Persona's filter includes its end.
		if (end) values[names[1]] = new Date(Date.parse(end) - 1).toISOString();
	}

	/** Reads a field that is shown directly; a map also column by column. */
	private async readTopLevel(field: Field, path: string): Promise<unknown> {
		return field.columnsMethod ? await this.readMap(path, field) : this.readPlain(field, path, '');
	}

	/** Reads a field that is shown directly and has one value; a duration has its unit beside it. */
	private readPlain({ encoding }: Field, path: string, fallback: unknown): unknown {
		const value = this.readParameter<unknown>(path, fallback);
		if (encoding !== 'duration' || isPlainObject(value)) return value;
		return { duration: { amount: value, unit: this.readParameter(`${path}Unit`, '') } };
	}

	/** Converts a value for Persona: null removes what Persona has, undefined sends nothing. */
	private encodeField(field: Field, given: unknown, source: ValueSource): unknown {
		const { node, row, isTool } = this.run;
		const { path, isFilter = false } = source;
		const isToolMap = field.encoding === 'map' && isTool;
		const plain = this.idsByReference.get(path) ?? unwrapLocator(given);
		const value = isToolMap && isPlainObject(plain) ? removeEmptyMembers(plain) : plain;
		if (isEmptyValue(value, field)) return this.resolveEmpty(field, value, source);
		this.checkTexts(field, value, path, isFilter);
		const encoded = encodeValue(field, value, node.getTimezone(), this.fail);
		if (field.clearable && encoded === 0 && isUpdate(row)) return null;
		if (!isToolMap) return encoded;
		const map = removeEmptyMembers(encoded as IDataObject);
		return isEmptyValue(map, field) ? this.resolveEmpty(field, map, source) : map;
	}

	/** Fails where a text that names something, or an entry of a list, lacks something. */
	private checkTexts(field: Field, value: unknown, path: string, isFilter: boolean) {
		const { displayName, encoding, neverEmpty } = field;
		const isList = LISTS.includes(encoding);
		if (isFilter || isList || /(referenceId|idempotencyKey|startAfter)$/i.test(path)) {
			this.requireComplete(displayName, value, this.readRaw(path));
		}
		const isReplacing = neverEmpty ?? getClearingValue(field, this.run.row) !== undefined;
		if (isList && isReplacing && hasEmptyEntry(value)) failForEmptyEntry(displayName, this.fail);
		if (encoding !== 'text' || !/(id|key|tagName|startAfter)$/i.test(path)) return;
		checkName(value, displayName, this.fail);
	}

	/**
	 * Decides what an empty value means, by the rules in `emptyValues.ts`: returns what to send,
	 * undefined for nothing. Fails the item if the user gave a value and it is empty.
	 */
	private resolveEmpty(field: Field, value: unknown, source: ValueSource): unknown {
		const { row, isTool } = this.run;
		const { group, isWritten = false, isFilter = false } = source;
		if (!this.isGiven(field, source)) return undefined;
		if (isTool && isWritten && !field.required && !field.neverEmpty) return undefined;
		const clearing = isWritten ? getClearingValue(field, row) : undefined;
		if (clearing !== undefined && !isMissing(value)) return clearing;
		const place = { group, isFilter, isTool, clearing };
		return this.fail(`'${field.displayName}' is empty`, explainEmpty(field, place));
	}

	/**
	 * Whether the user gave an empty value: added its field, emptied one that was filled, or entered an
	 * expression, which n8n stores with an equals sign.
	 */
	private isGiven(field: Field, { path, group }: ValueSource): boolean {
		if (group !== undefined || field.required) return true;
		const stored = unwrapLocator(this.readRaw(path));
		if (stored === NOT_ADDED) return false;
		const isExpression = typeof stored === 'string' && stored.startsWith('=');
		const isPreset = field.type !== 'resourceLocator' && !isEmptyValue(field.default, field);
		return isExpression || isPreset;
	}

	async readFile(binaryField: string, label: string): Promise<FileUpload> {
		this.hasFiles = true;
		return await checkUpload(this.run.node, this.itemIndex, binaryField, label, this.fail);
	}

	/**
	 * Replaces the names of binary fields with the files of the item, and adds those of the option
	 * "Files" to a map; any other value is unchanged.
	 */
	private async readFiles(field: Field, value: unknown, parameter: string): Promise<unknown> {
		const { encoding, displayName, takesFiles } = field;
		if (takesFiles) {
			const isMapped = field.columnsMethod !== undefined && this.isMapped(parameter);
			// The columns say which values are files.
			if (!isMapped) checkStoredFiles(field, value, displayName, this.fail);
			return this.hasOption('files') ? await addFiles(this, field, value) : value;
		}
		if (value === undefined || (encoding !== 'file' && encoding !== 'files')) return value;
		const readFile = async (name: string) => await this.readFile(name, displayName);
		return Array.isArray(value)
			? await Promise.all(value.map(readFile))
			: await readFile(String(value));
	}

	private isMapped(parameter: string): boolean {
		return this.readParameter<string>(`${parameter}Mode`, 'columns') === 'columns';
	}

	/** Reads a map that the user entered column by column or as JSON. */
	private async readMap(parameter: string, field: Field): Promise<unknown> {
		return this.isMapped(parameter)
			? await readMappedColumns(this, parameter, field)
			: this.readParameter(parameter, {});
	}
}

/** The permission that a request of an operation needs; undefined if Persona documents none. */
function getPermission(
	{ permission }: Resource,
	row: Operation,
	request: ApiRequest,
	variant?: Variant,
) {
	if (!changesData(request)) return permission && `${permission}.read`;
	return variant?.permission ?? row.permission ?? (permission && `${permission}.write`);
}

/** Sets a nested member: `values.query.term` for the names `query` and `term`. */
function setNested(values: IDataObject, [name, ...rest]: string[], value: unknown) {
	if (rest.length === 0) values[name] = value as IDataObject;
	else setNested((values[name] ??= {}) as IDataObject, rest, value);
}

/**
 * Returns the labels of all fields of a row by Persona's names, so that an error can name a field.
 */
function getLabels({ query, filter, data, attributes, meta, variants }: Operation) {
	const variantFields = Object.values(variants?.options ?? {}).map(getVariantFields);
	const fields: Fields = Object.assign({}, ...variantFields, query, filter, data, attributes, meta);
	return new Map(Object.entries(fields).map(([name, { displayName }]) => [name, displayName]));
}
