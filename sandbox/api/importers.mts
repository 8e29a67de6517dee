import {
	createAccountImport,
	createImporter,
	createListItemImport,
} from '../domain/imports/importer.mts';
import { requireActiveList } from '../domain/lists/list.mts';
import { listKinds } from '../domain/lists/listKinds.mts';
import { defineBody, defineObject, type JsonSchema, text } from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getReferenced, getTarget } from '../http/lookup.mts';
import { UnprocessableError } from '../state/errors.mts';
import type { JsonObject } from '../state/json.mts';

const defineImportBody = (more: Record<string, JsonSchema>) =>
	defineBody({
		'data*': defineObject({
			'attributes*': defineObject({
				'file*': defineObject({ data: text, filename: text }),
				...more,
			}),
		}),
	});

function readFile({ attributes }: ApiRequest): Buffer {
	const { data } = attributes.file as JsonObject;
	if (typeof data !== 'string' || data === '') {
		throw new UnprocessableError('file.data is required', '/data/attributes/file/data');
	}
	return Buffer.from(data, 'base64');
}

/** Everything under `/importers` and `/importer`. */
export const importers: Endpoint[] = [
	{
		// https://docs.withpersona.com/api-reference/versioning/changelog/2026/10/14
		permission: ['importer.write', 'account.write'],
		acceptsForm: true,
		include: [],
		route: 'POST /importer/accounts',
		body: defineImportBody({}),
		handle: (request) => ({
			object: createImporter(request.state, createAccountImport(request.state), readFile(request)),
			status: 201,
		}),
	},
	...listKinds
		.filter(({ isImportable }) => isImportable)
		.map((kind): Endpoint => ({
			permission: 'importer.write',
			acceptsForm: true,
			include: [],
			route: `POST /importer/list-item/${kind.path}`,
			body: defineImportBody({ 'list-id*': text }),
			handle: (request) => {
				const { state, attributes } = request;
				const list = getReferenced(
					request,
					'list',
					attributes['list-id'],
					'data.attributes.list_id',
				);
				requireActiveList(list, kind);
				return {
					object: createImporter(state, createListItemImport(state, kind, list), readFile(request)),
					status: 201,
				};
			},
		})),
	{
		route: 'GET /importers',
		paged: true,
		handle: () => ({ collection: { family: 'importer' } }),
	},
	{
		route: 'GET /importers/:id',
		include: [],
		handle: (request) => ({ object: getTarget(request, 'importer') }),
	},
];
