import type { IDataObject } from 'n8n-workflow';
import { toNodeError } from '../transport/errors';
import { getAttributes, type ListDocument, type PersonaObject } from '../transport/jsonApi';
import { isBlank } from '../utils/isBlank';
import { findId, ID_KINDS, isId, REFERENCE_LISTS, type IdPrefix } from '../values/idKinds';
import { REFERENCE_ID_MODE } from '../fields/locatorModes';
import {
	getBodyFields,
	getIdPlaceholders,
	getOptionalGroupName,
	getVariantFields,
	isTopLevel,
} from './operationRules';
import type { Field, Fields } from '../fields/types';
import type { ItemContext, Run } from './types';
import { formatValue } from '../values/valueFormats';
import { checkName, isPlainObject, toText } from '../values/plainValues';
import { toParameterName, unwrapLocator } from '../fields/encodeValue';

/** How many objects are looked up at the same time. */
const CONCURRENCY = 10;

/** Enough to see whether several objects have the same reference ID. */
const PAGE_SIZE = 10;

/** A parameter in which the user chose "By Reference ID". */
interface Reference {
	path: string;
	field: Omit<Field, 'idPrefix'> & { idPrefix: IdPrefix };
}

/** Lists the parameters in which the user chose "By Reference ID". They are the same for all items. */
function listReferences(context: ItemContext): Reference[] {
	const { row, table } = context.run;
	const { query, filter, variants } = row;
	const listPaths = (fields: Fields, group: string) =>
		Object.entries(fields).map(([name, field]) => ({
			field,
			path: (isTopLevel(field) ? '' : `${group}.`) + toParameterName(name),
		}));
	const variant = variants && variants.options[String(context.readRaw(variants.name))];
	const sent = { ...query, ...getBodyFields(row), ...getVariantFields(variant) };
	const candidates = [
		...getIdPlaceholders(row).map((name) => ({
			field: table.ids[name],
			path: toParameterName(name),
		})),
		...listPaths(filter ?? {}, 'filters'),
		...listPaths(sent, getOptionalGroupName(row)),
	];
	return candidates.filter((candidate): candidate is Reference => {
		const stored = context.readRaw(candidate.path);
		return isPlainObject(stored) && stored.mode === REFERENCE_ID_MODE;
	});
}

/** Reads the reference ID of an item. Fails the item if Persona could not filter by it. */
function readReference(context: ItemContext, path: string, label: string): string {
	const { run, itemIndex, fail } = context;
	const value = unwrapLocator(run.node.getNodeParameter(path, itemIndex, '')) ?? '';
	checkName(value, label, fail);
	const text = toText(value, label, fail);
	if (isBlank(text)) fail(`'${label}' is empty`, 'Enter the reference ID.');
	const reference = String(formatValue('identifier', text, label, fail));
	context.requireComplete(label, reference, context.readRaw(path));
	if (!reference.includes(',')) return reference;
	return fail(
		`'${label}' contains a comma`,
		"Persona would read it as several reference IDs. Choose 'By ID' instead.",
	);
}

/** Returns the ID of the only object that has this reference ID. Fails the item for none and several. */
async function findByReference(
	{ run, itemIndex, fail }: ItemContext,
	{ field: { displayName: label, idPrefix } }: Reference,
	reference: string,
	fetchList: (path: string, query: IDataObject) => ReturnType<Run['client']['request']>,
): Promise<string> {
	const kind = ID_KINDS[idPrefix];
	const list = REFERENCE_LISTS[idPrefix];
	if (!list) return fail(`'${label}' has no reference ID`, "Choose 'By ID'.");
	const filter = { 'reference-id': reference };
	const response = await fetchList(list.path, { filter, page: { size: PAGE_SIZE } });
	if (response.statusCode !== 200 && response.statusCode !== 404) {
		const permission = `${list.permission}.read`;
		throw toNodeError(run.node.getNode(), response, { itemIndex, permission });
	}
	const { data } = response.statusCode === 200 ? (response.body as ListDocument) : { data: [] };
	const isHidden = ({ attributes }: PersonaObject) =>
		!Object.hasOwn(attributes ?? {}, 'reference-id');
	if (data.some(isHidden)) {
		return fail(
			`'${label}' cannot be found by reference ID: this API key does not show reference IDs`,
			"So it is not known whether the object is the right one. Choose 'By ID', or let the key show them: 'Attribute Blocklist' of the key hides them.",
		);
	}
	// What Persona's filter does with capitals and blanks is not published.
	const matches = data.filter((object) => getAttributes(object)['reference-id'] === reference);
	if (matches.length === 1) return matches[0].id;
	if (matches.length > 1) {
		return fail(
			`'${label}' is not clear: several objects have the reference ID '${reference}'`,
			"Choose 'By ID'. Get Many finds them by 'Reference ID'.",
		);
	}
	const id = findId(reference);
	const isPersonaId = id !== reference || (isId(reference) && reference.startsWith(`${idPrefix}_`));
	return fail(
		`'${label}' was not found: the reference ID '${reference}' belongs to none`,
		isPersonaId
			? `It looks like the ID of ${kind} in Persona, or an address: choose 'By ID' or 'By URL'.`
			: `Your own ID of ${kind} is expected here. Persona's begins with ${idPrefix}_: choose 'By ID' for that.`,
	);
}

/**
 * Finds the objects that items name by reference ID, several at a time, and enters their IDs into the
 * contexts. Only reads. Returns the errors of the items whose objects were not found.
 */
export async function findReferences(
	run: Run,
	contexts: ItemContext[],
): Promise<Map<ItemContext, Error>> {
	const errors = new Map<ItemContext, Error>();
	const references = contexts.slice(0, 1).flatMap(listReferences);
	if (references.length === 0) return errors;
	const responses = new Map<string, ReturnType<Run['client']['request']>>();
	const fetchList = async (path: string, query: IDataObject) => {
		const key = JSON.stringify([path, query]);
		const pending =
			responses.get(key) ?? run.client.request({ method: 'GET', path, query, expects: 'list' });
		responses.set(key, pending);
		return await pending;
	};
	const queue = [...contexts];
	const work = async () => {
		for (let context = queue.shift(); context; context = queue.shift()) {
			if (run.client.isCancelled) return;
			try {
				for (const reference of references) {
					const { path, field } = reference;
					const text = readReference(context, path, field.displayName);
					const id = await findByReference(context, reference, text, fetchList);
					context.idsByReference.set(path, id);
				}
			} catch (error) {
				errors.set(context, error as Error);
			}
		}
	};
	await Promise.all(Array.from({ length: CONCURRENCY }, work));
	return errors;
}
