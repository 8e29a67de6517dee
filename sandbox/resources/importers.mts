import { accountRows, itemRows, newImporter } from '../life/importer.mts';
import { requireOpen } from '../life/list.mts';
import { listKinds } from '../life/listKinds.mts';
import { body, object, type Schema, text } from '../server/body.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found, named } from '../server/find.mts';
import { invalid } from '../server/problem.mts';
import type { JsonObject } from '../store.mts';

const bodyWith = (more: Record<string, Schema>) =>
	body({
		'data*': object({
			'attributes*': object({ 'file*': object({ data: text, filename: text }), ...more }),
		}),
	});

function fileOf({ attributes }: Call): Buffer {
	const { data } = attributes.file as JsonObject;
	if (typeof data !== 'string' || data === '') {
		throw invalid('file.data is required', '/data/attributes/file/data');
	}
	return Buffer.from(data, 'base64');
}

/** Everything under `/importers`, and the imports. */
export const importers: Endpoint[] = [
	{
		permission: 'account.write',
		include: [],
		route: 'POST /importer/accounts',
		body: bodyWith({}),
		handle: (call) => ({
			item: newImporter(call.world, accountRows(call.world), fileOf(call)),
			status: 201,
		}),
	},
	...listKinds
		.filter(({ imported }) => imported)
		.map((kind): Endpoint => ({
			permission: 'list.write',
			include: [],
			route: `POST /importer/list-item/${kind.path}`,
			body: bodyWith({ 'list-id*': text }),
			handle: (call) => {
				const { world, attributes } = call;
				const list = named(call, 'list', attributes['list-id'], 'data.attributes.list_id');
				requireOpen(list, kind);
				return { item: newImporter(world, itemRows(world, kind, list), fileOf(call)), status: 201 };
			},
		})),
	{
		route: 'GET /importers',
		paged: true,
		handle: () => ({ list: { family: 'importer' } }),
	},
	{
		route: 'GET /importers/:id',
		include: [],
		handle: (call) => ({ item: found(call, 'importer') }),
	},
];
