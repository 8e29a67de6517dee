import { addListItem } from '../domain/lists/list.mts';
import { type ListKind, listKinds } from '../domain/lists/listKinds.mts';
import { archiveObject } from '../domain/shared/archiveObject.mts';
import { defineBody, defineObject, text } from '../http/bodySchema.mts';
import type { Endpoint } from '../http/endpoint.mts';
import { getReferenced, getTarget } from '../http/lookup.mts';
import { BadRequestError } from '../state/errors.mts';

const include = ['creator'];
const write = { permission: 'list.write', include };

function buildListItemEndpoints(kind: ListKind): Endpoint[] {
	const path = `/list-item/${kind.path}`;
	const type = `list-item/${kind.type}`;
	const members = Object.entries(kind.members).map(([name, { valueType }]) => [
		name,
		{ type: valueType },
	]);
	return [
		{
			...write,
			route: `POST ${path}`,
			body: defineBody({
				data: defineObject({
					attributes: defineObject({ 'list-id': text, ...Object.fromEntries(members) }),
				}),
			}),
			handle: (request) => {
				const { 'list-id': id, ...values } = request.attributes;
				if (id === undefined) throw new BadRequestError('data.attributes.list_id is missing');
				const list = getReferenced(request, 'list', id, 'data.attributes.list_id');
				const creator = { type: 'api-key', id: request.key.id };
				return { object: addListItem(request.state, kind, list, values, creator), status: 201 };
			},
		},
		{
			permission: 'list.read',
			include,
			route: `GET ${path}/:id`,
			handle: (request) => ({ object: getTarget(request, type) }),
		},
		{
			...write,
			route: `DELETE ${path}/:id`,
			handle: (request) => {
				const item = getTarget(request, type);
				archiveObject(item);
				return { object: item };
			},
		},
	];
}

/** Everything under `/list-item`. */
export const listItems: Endpoint[] = listKinds.flatMap(buildListItemEndpoints);
