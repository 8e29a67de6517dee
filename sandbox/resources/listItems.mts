import { addItem, archive } from '../life/list.mts';
import { type ListKind, listKinds } from '../life/listKinds.mts';
import { body, object, text } from '../server/body.mts';
import type { Endpoint } from '../server/endpoint.mts';
import { found, named } from '../server/find.mts';
import { malformed } from '../server/problem.mts';

const include = ['creator'];
const write = { permission: 'list.write', include };

function itemsOf(kind: ListKind): Endpoint[] {
	const path = `/list-item/${kind.path}`;
	const type = `list-item/${kind.type}`;
	const members = Object.entries(kind.members).map(([name, { schema }]) => [name, schema]);
	return [
		{
			...write,
			route: `POST ${path}`,
			body: body({
				data: object({
					attributes: object({ 'list-id': text, ...Object.fromEntries(members) }),
				}),
			}),
			handle: (call) => {
				const { 'list-id': id, ...values } = call.attributes;
				if (id === undefined) throw malformed('data.attributes.list_id is missing');
				const list = named(call, 'list', id, 'data.attributes.list_id');
				const creator = { type: 'api-key', id: call.key.id };
				return { item: addItem(call.world, kind, list, values, creator), status: 201 };
			},
		},
		{
			permission: 'list.read',
			include,
			route: `GET ${path}/:id`,
			handle: (call) => ({ item: found(call, type) }),
		},
		{
			...write,
			route: `DELETE ${path}/:id`,
			handle: (call) => {
				const item = found(call, type);
				archive(item);
				return { item };
			},
		},
	];
}

/** Everything under `/list-item`. */
export const listItems: Endpoint[] = listKinds.flatMap(itemsOf);
