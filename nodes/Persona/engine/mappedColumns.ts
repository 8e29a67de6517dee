import type { IDataObject, ResourceMapperField, ResourceMapperValue } from 'n8n-workflow';
import {
	DAY_LABEL_SUFFIX,
	FILE_LABEL_SUFFIX,
	FILE_OR_JSON_LABEL_SUFFIX,
	convertCell,
} from '../fields/convertCell';
import type { Field } from '../fields/types';
import type { ApiRequest } from '../transport/apiRequest';
import type { ApiResponse } from '../transport/apiResponse';
import { toNodeError } from '../transport/errors';
import type { ListDocument, ObjectDocument } from '../transport/jsonApi';
import { isBlank } from '../utils/isBlank';
import { listNames } from '../utils/listNames';
import { setMember } from '../utils/setMember';
import { toHyphens, trimText } from '../utils/values/trimText';
import { findId, isId } from '../values/idKinds';
import { checkStoredFiles } from './fileMap';
import { isUpdate } from './operationRules';
import type { ColumnSource, ItemContext, Run } from './types';

const LABEL_SUFFIXES = [DAY_LABEL_SUFFIX, FILE_LABEL_SUFFIX, FILE_OR_JSON_LABEL_SUFFIX];

/** The keys of columns by their keys and labels as `normalizeName` has them. */
type ColumnIndex = Map<string, Set<string>>;

/** What is said once at the end of a run, and the columns that were read in it. */
const createMapping = () => ({
	responses: new Map<string, Promise<ApiResponse>>(),
	/** The result of `indexColumns`, which is the same for most items, by all keys and labels. */
	indexes: new Map<string, ColumnIndex>(),
	/** Members of items that the template does not have. */
	unknown: new Set<string>(),
	/** Members of items that are not sent, because several in an item are spelt like the same column. */
	ambiguous: new Set<string>(),
	/** Members of items that are spelt otherwise than their columns, with these. */
	respelt: new Map<string, string>(),
	/** Columns that were empty in an item and so were not changed. */
	unchanged: new Set<string>(),
});

type MappingOfRun = ReturnType<typeof createMapping>;

const mappings = new WeakMap<Run, MappingOfRun>();

function getMapping(run: Run): MappingOfRun {
	const mapping = mappings.get(run) ?? createMapping();
	mappings.set(run, mapping);
	return mapping;
}

type Cell = [column: ResourceMapperField, value: unknown];

/**
 * Reads a map that the user entered column by column, by Persona's keys, each value converted by the
 * type of its column. Columns that the editor has not stored are read from Persona. Fails the item if
 * a value does not fit, and in an update if the expression of a column is empty.
 */
export async function readMappedColumns(
	context: ItemContext,
	parameter: string,
	field: Field,
): Promise<IDataObject> {
	const { mappingMode, value, schema } = context.readParameter<Partial<ResourceMapperValue>>(
		`${parameter}Columns`,
		{},
	);
	const isAutomatic = mappingMode === 'autoMapInputData';
	const isStored = schema !== undefined && schema.length > 0;
	// The user has chosen to map, and nothing more.
	const isUntouched = !isAutomatic && Object.values(value ?? {}).every((cell) => cell === null);
	if (!isStored && isUntouched) return {};
	const columns = isStored ? schema : await fetchColumns(context, field);
	const cells = isAutomatic
		? matchMembers(context, columns, field)
		: readCells(context, columns, value ?? {}, `${parameter}Columns`);
	const filled = cells.filter(([, cell]) => !isEmptyCell(cell, context));
	const files = field.takesFiles && context.hasOption('files');
	const named = files ? Object.keys(context.readSetting<IDataObject>('files')) : [];
	for (const { id, displayName, required } of columns) {
		if (required && !named.includes(id) && !filled.some(([column]) => column.id === id)) {
			context.fail(`'${displayName}' is empty`, 'Persona requires a value here.');
		}
	}
	const values: IDataObject = {};
	for (const [column, cell] of filled) {
		setMember(values, column.id, await readCell(context, column, cell, field));
	}
	return values;
}

/** Whether a column takes the name of a binary field. n8n itself refuses a text in one for an object. */
const canBeFile = ({ displayName }: ResourceMapperField) =>
	displayName.endsWith(FILE_LABEL_SUFFIX) || displayName.endsWith(FILE_OR_JSON_LABEL_SUFFIX);

/** Whether a text begins like JSON: a list, an object, a text in quotes or a number. */
const looksLikeJson = (text: string) => /^\s*([[{"\d-]|(true|false|null)\s*$)/.test(text);

/** Reads the value of a column: a file of the item, or what its type makes of the value. */
async function readCell(
	context: ItemContext,
	column: ResourceMapperField,
	cell: unknown,
	field: Field,
): Promise<unknown> {
	const { run, itemIndex, fail } = context;
	const { displayName: label } = column;
	const isFile = canBeFile(column);
	const isText = column.type === 'string' && !isFile;
	const check = (value: unknown) => {
		if (!isText) checkStoredFiles(field, value, label, fail);
	};
	check(cell);
	if (typeof cell === 'string' && isFile) {
		const name = trimText(cell);
		const { binary = {} } = run.node.getInputData()[itemIndex];
		const isJson = looksLikeJson(cell);
		if (Object.hasOwn(binary, name) || (!isJson && label.endsWith(FILE_LABEL_SUFFIX))) {
			return await context.readFile(name, label);
		}
		if (!isJson)
			fail(
				`'${label}' is not valid JSON, and this item has no binary field of that name`,
				`Write JSON as {"name": "value"}, or name one of the item's binary fields: ${listNames(Object.keys(binary)) || 'none'}.`,
			);
	}
	const typed: ResourceMapperField = isFile ? { ...column, type: 'object' } : column;
	const value = convertCell(typed, cell, run.node.getTimezone(), fail);
	check(value);
	return value;
}

/** Whether a cell holds nothing. A model that fills in a tool also means nothing by an empty list. */
const isEmptyCell = (value: unknown, { run }: ItemContext) =>
	value === undefined ||
	value === null ||
	(typeof value === 'string' && isBlank(value)) ||
	(Array.isArray(value) && value.length === 0 && run.isTool);

/** The cells of a map that the user filled in. n8n stores null for one that was not touched. */
function readCells(
	context: ItemContext,
	columns: ResourceMapperField[],
	values: IDataObject,
	name: string,
): Cell[] {
	const { isTool, node, row } = context.run;
	const stored = node.getNodeParameter(name, context.itemIndex, {}, { rawExpressions: true });
	const storedValues = (stored as Partial<ResourceMapperValue>).value ?? {};
	const mustBeFilled = isUpdate(row) && !isTool;
	const cells: Cell[] = [];
	for (const [key, value] of Object.entries(values)) {
		const column = columns.find(({ id }) => id === key);
		if (column?.removed) continue;
		if (!isEmptyCell(value, context)) {
			cells.push([column ?? failUnknown(context, key), value]);
		} else if (column && mustBeFilled && !isEmptyCell(storedValues[key], context)) {
			context.fail(
				`'${column.displayName}' is empty`,
				"To leave it unchanged, remove the field from the mapping. To clear it, choose 'Using JSON' and write null.",
			);
		}
	}
	return cells;
}

const failUnknown = (context: ItemContext, key: string) =>
	context.fail(
		`'${key}' is not a field that Persona has`,
		'Refresh the list of fields in the mapping, or remove this one.',
	);

/** A name as people and programs vary it: without case, invisible marks, blanks, dashes and underscores. */
const normalizeName = (name: string) =>
	toHyphens(name)
		.replace(/[\p{Cc}\p{Cf}\s_-]/gu, '')
		.toLowerCase();

function indexColumns(columns: ResourceMapperField[], { indexes }: MappingOfRun): ColumnIndex {
	const key = columns.map(({ id, displayName }) => `${id}\n${displayName}`).join('\n');
	const known = indexes.get(key);
	if (known) return known;
	const idsByName: ColumnIndex = new Map();
	for (const { id, displayName } of columns) {
		const suffix = LABEL_SUFFIXES.find((one) => displayName.endsWith(one)) ?? '';
		const label = displayName.slice(0, displayName.length - suffix.length);
		const names = [id, displayName, label].map(normalizeName);
		for (const name of names) {
			idsByName.set(name, (idsByName.get(name) ?? new Set()).add(id));
		}
	}
	indexes.set(key, idsByName);
	return idsByName;
}

/**
 * The members of the item that are columns: by their exact key, else by the only one that is spelt like
 * the key or the label.
 */
function matchMembers(context: ItemContext, columns: ResourceMapperField[], field: Field): Cell[] {
	const { run, itemIndex, fail } = context;
	const { json, binary = {} } = run.node.getInputData()[itemIndex];
	const mapping = getMapping(run);
	const ids = new Set(columns.map(({ id }) => id));
	const others = new Set(Object.keys(json).filter((name) => !ids.has(name)));
	const namesByColumn = new Map<string, string[]>();
	const ambiguous = new Set<string>();
	const idsByName = indexColumns(columns, mapping);
	for (const name of others) {
		const [id, ...more] = idsByName.get(normalizeName(name)) ?? [];
		if (id === undefined) continue;
		if (more.length > 0 || Object.hasOwn(json, id)) ambiguous.add(name);
		else namesByColumn.set(id, [...(namesByColumn.get(id) ?? []), name]);
	}
	const cells: Cell[] = [];
	/** The binary field of the item with the name of a column, else the only one that is spelt like it. */
	const findBinaryField = (id: string): string | undefined => {
		if (Object.hasOwn(binary, id)) return id;
		const alike = Object.keys(binary).filter((name) => {
			const [first, ...more] = idsByName.get(normalizeName(name)) ?? [];
			return first === id && more.length === 0;
		});
		return alike.length === 1 ? alike[0] : undefined;
	};
	for (const column of columns) {
		const alike = namesByColumn.get(column.id) ?? [];
		if (alike.length > 1) alike.forEach((name) => ambiguous.add(name));
		const name = Object.hasOwn(json, column.id) ? column.id : alike[0];
		if (alike.length > 1) continue;
		if (name === undefined) {
			const binaryField = canBeFile(column) && findBinaryField(column.id);
			if (binaryField) cells.push([column, binaryField]);
			continue;
		}
		if (name !== column.id) mapping.respelt.set(name, column.id);
		if (isEmptyCell(json[name], context)) mapping.unchanged.add(column.id);
		cells.push([column, json[name]]);
		others.delete(name);
	}
	if (cells.length === 0) {
		const known = columns.map(({ id }) => id);
		fail(
			`'${field.displayName}' finds no field of Persona in the item`,
			`Persona has the fields ${listNames(known)}. Rename those of the item${ambiguous.size > 0 ? `, where several are spelt alike (${listNames(ambiguous)})` : ''}, or choose 'Map Each Column Manually'.`,
		);
	}
	for (const name of others) {
		(ambiguous.has(name) ? mapping.ambiguous : mapping.unknown).add(name);
	}
	return cells;
}

/** Says what the automatic mapping of a run left out or read under another name, if anything. */
export function hintAtMapping(run: Run): void {
	const { unknown, ambiguous, respelt, unchanged } = getMapping(run);
	const pairs = [...respelt].map(([name, column]) => `'${name}' as ${column}`);
	const sentences = [
		unknown.size > 0 && `Not sent, since Persona has no such field: ${listNames(unknown)}.`,
		ambiguous.size > 0 &&
			`Not sent, since several in an item are spelt like the same field: ${listNames(ambiguous)}.`,
		pairs.length > 0 && `Sent under the name that Persona has: ${listNames(pairs)}.`,
		unchanged.size > 0 &&
			isUpdate(run.row) &&
			`Empty in some items, and not changed there: ${listNames(unchanged)}.`,
	].filter((sentence) => sentence !== false);
	if (sentences.length === 0) return;
	const message = ['Fields were mapped automatically.', ...sentences].join(' ');
	run.node.addExecutionHints?.({ message, location: 'outputPane' });
}

/** Reads the columns from Persona, each document once in a run. Fails the item if that is impossible. */
async function fetchColumns(context: ItemContext, field: Field): Promise<ResourceMapperField[]> {
	const { run, fail } = context;
	const { displayName: label, columnsMethod = '' } = field;
	const fetchBody = async (request: Omit<ApiRequest, 'method'>) => {
		const { responses } = getMapping(run);
		const key = JSON.stringify(request);
		const pending = responses.get(key) ?? run.client.request({ ...request, method: 'GET' });
		responses.set(key, pending);
		const response = await pending;
		if (response.statusCode === 200) return response.body;
		if (![401, 403].includes(response.statusCode)) {
			throw toNodeError(run.node.getNode(), response, { itemIndex: context.itemIndex });
		}
		return fail(
			`This API key cannot read which columns '${label}' has`,
			"Choose 'Using JSON'. Or use a key that may read them, and choose 'Map Each Column Manually' so that the columns are stored.",
		);
	};
	const source: ColumnSource = {
		readId(parameter, prefix) {
			const value = context.readParameter<unknown>(parameter, '');
			const id = typeof value === 'string' ? findId(value.trim(), prefix) : undefined;
			return id !== undefined && isId(id) ? id : undefined;
		},
		fetchObject: async (request) => (await fetchBody(request)) as ObjectDocument,
		fetchList: async (request) =>
			(await fetchBody({ ...request, expects: 'list' })) as ListDocument,
	};
	const columns = await run.table.columnReaders[columnsMethod](source);
	if (columns && columns.length > 0) return columns;
	return columns
		? fail(`Persona has no fields for '${label}'`, "Choose 'Using JSON' to enter values anyway.")
		: fail(
				`It is not known which columns '${label}' has`,
				"Choose the template or type of the object, or choose 'Using JSON'.",
			);
}
