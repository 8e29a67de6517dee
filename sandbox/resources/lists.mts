import { archive, newList } from '../life/list.mts';
import { type ListKind, listKinds } from '../life/listKinds.mts';
import { body, flag, object, text } from '../server/body.mts';
import type { Endpoint } from '../server/endpoint.mts';
import { found, passes } from '../server/find.mts';
import { invalid } from '../server/problem.mts';
import type { JsonObject, StoredObject } from '../store.mts';

const include = ['list-items'];
const write = { permission: 'list.write', include };
const read = { permission: 'list.read' };

const creation = (kind: ListKind): Endpoint => ({
	...write,
	route: `POST /list/${kind.path}`,
	body: body({
		data: object({
			attributes: object({
				name: text,
				...(kind.type === 'name' && { 'allow-fuzzy-name-first': flag }),
			}),
		}),
	}),
	handle: ({ world, attributes: { name, 'allow-fuzzy-name-first': fuzzy = false } }) => {
		if (typeof name !== 'string' || name.trim() === '') {
			throw invalid('name is required', '/data/attributes/name');
		}
		const own: JsonObject = kind.type === 'name' ? { 'allow-fuzzy-name-first': fuzzy } : {};
		return { item: newList(world, kind, { name, ...own }), status: 201 };
	},
});

// The description knows no type for lists that only the dashboard makes.
const published = listKinds.filter(({ dashboardOnly }) => !dashboardOnly);

const isPublished = ({ type }: StoredObject) =>
	published.some((kind) => type === `list/${kind.type}`);

/** Everything under `/lists`, and the making of lists. */
export const lists: Endpoint[] = [
	...published.map(creation),
	{
		...read,
		route: 'GET /lists',
		paged: true,
		filter: ['status'],
		handle: ({ filter }) => ({
			list: {
				family: 'list',
				keep: (list) => isPublished(list) && passes(filter.status, list.attributes.status),
			},
		}),
	},
	{
		...read,
		route: 'GET /lists/:id',
		include,
		handle: (call) => ({ item: found(call, 'list') }),
	},
	{
		...write,
		route: 'DELETE /lists/:id',
		handle: (call) => {
			const list = found(call, 'list');
			archive(list);
			return { item: list };
		},
	},
];
