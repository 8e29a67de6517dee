import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { ApiRequest } from '../transport/apiRequest';
import { createFileItem, downloadFiles, toDownloadItem } from '../transport/files';
import type { JsonApiDocument, ListDocument, PersonaObject } from '../transport/jsonApi';
import { MAX_PAGE_SIZE } from '../transport/pagination';
import { toOutput, type Output } from '../transport/output';
import { fetchList } from '../transport/fetchList';
import { parseId } from '../values/idKinds';
import { handleItemErrors } from './itemErrors';
import { getIdPlaceholders, getObjectType } from './operationRules';
import { selectFields } from './selectFields';
import type { ItemContext, Operation, PreparedItem, PrepareItem } from './types';

/** Replaces Infinity when estimating requests: more results than a run ever reads. */
const UNLIMITED_RESULTS = 1e11;

/**
 * Prepares an item as its row says: by the row's own `prepare`, or for what the row `returns`. Sends
 * nothing that changes anything. Throws if a parameter is invalid.
 */
export async function prepare(
	context: ItemContext,
	{ prepare: prepareRow, returns }: Operation = context.run.row,
): Promise<PreparedItem> {
	const prepared = await (prepareRow ?? PREPARE_BY_RETURN_TYPE[returns ?? 'object'])(context);
	return returns?.startsWith('file') ? prepared : selectFields(context, prepared);
}

/** Converts an object of a response to the JSON of an item, if need be as its row says. */
export function toJson(
	{ run: { row } }: ItemContext,
	document: JsonApiDocument,
	object: PersonaObject,
	output: Output,
): IDataObject {
	return row.flatten && output.mode !== 'raw'
		? row.flatten(object, output.mode)
		: toOutput(document, object, output);
}

/**
 * Prepares one request that returns one object: the one of the row, or another one built from it.
 * Throws if a parameter is invalid.
 */
export async function prepareRequest(
	context: ItemContext,
	changeRequest: (request: ApiRequest) => ApiRequest = (request) => request,
): Promise<PreparedItem> {
	const output = context.readOutput();
	const request = changeRequest(await context.buildRequest());
	const run = async () => {
		const document = await context.requestDocument(request);
		return [{ json: toJson(context, document, document.data, output) }];
	};
	return { request, run };
}

/**
 * Prepares a list: its pages, up to the limit of the item, with a hint at results beyond it. A list
 * without objects is returned as `buildFromEmpty` makes of its only page. Throws if a parameter is
 * invalid.
 */
export async function prepareList(
	context: ItemContext,
	buildFromEmpty: (document: ListDocument) => PersonaObject[] = () => [],
): Promise<PreparedItem> {
	const { node, client, row, resource, table } = context.run;
	const isUnlimited = row.unpaged ?? context.readSetting<boolean>('returnAll');
	const limit = isUnlimited ? Infinity : Math.ceil(context.readSetting<number>('limit'));
	const furtherRequests = Math.ceil(Math.min(limit, UNLIMITED_RESULTS) / MAX_PAGE_SIZE) - 1;
	const output = context.readOutput();
	const given = context.readSetting<string>('startAfter').trim();
	// The cursor is the ID of an object, where its kind has IDs that are known.
	const { idPrefix } = table.ids[`${getObjectType(resource, row)}-id`] ?? {};
	const startAfter =
		given && idPrefix
			? parseId(given, { displayName: 'Start After', idPrefix }, context.fail)
			: given;
	const request = await context.buildRequest();
	const run = async () => {
		let page: ListDocument | undefined;
		const send = async (sent: ApiRequest) => (page = await context.requestList(sent));
		const toItem = (object: PersonaObject, document: ListDocument) => ({
			json: toJson(context, document, object, output),
		});
		const options = { limit, startAfter, unpaged: row.unpaged, filters: row.filter };
		client.rateLimiter.expectedRequests += furtherRequests;
		const { results, hasMore } = await fetchList(send, request, toItem, options);
		client.rateLimiter.expectedRequests -= furtherRequests;
		if (hasMore) {
			node.addExecutionHints?.({
				message: `Persona has more than these ${limit} results. Increase 'Limit' or turn on 'Return All' to get more.`,
				location: 'outputPane',
			});
		}
		if (!page || results.length > 0) return results;
		const document = page;
		return buildFromEmpty(document).map((object) => ({
			json: toOutput(document, object, output),
		}));
	};
	return { run };
}

/** Prepares a file that Persona itself returns, which is always a PDF. */
async function prepareFile(context: ItemContext): Promise<PreparedItem> {
	const { node, resource, row } = context.run;
	const binaryField = context.readSetting<string>('binaryPropertyName');
	const id = context.readId(getIdPlaceholders(row)[0]);
	const request = await context.buildRequest();
	const run = async () => {
		const response = await context.request(request);
		const json = { id, fileName: `${resource.value}-${id}.pdf` };
		return [await createFileItem(node, json, response, binaryField)];
	};
	return { run };
}

/** Prepares the files that an object and its included objects link to: one item for each. */
async function prepareFiles(context: ItemContext): Promise<PreparedItem> {
	const { node, client } = context.run;
	const binaryField = context.readSetting<string>('binaryPropertyName');
	const request = await context.buildRequest();
	const run = async () => {
		const items: INodeExecutionData[] = [];
		const fetchObject = async () => await context.requestDocument(request);
		for await (const download of downloadFiles(client, fetchObject)) {
			const toItems = async () => [await toDownloadItem(node, download, binaryField, context.fail)];
			items.push(...(await handleItemErrors(context, toItems)));
		}
		return items;
	};
	return { run };
}

const PREPARE_BY_RETURN_TYPE: Record<'object' | NonNullable<Operation['returns']>, PrepareItem> = {
	object: async (context) => await prepareRequest(context),
	list: async (context) => await prepareList(context),
	file: prepareFile,
	files: prepareFiles,
};
