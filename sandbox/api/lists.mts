import { createList } from '../domain/lists/list.mts';
import { type ListKind, listKinds } from '../domain/lists/listKinds.mts';
import { archiveObject } from '../domain/shared/archiveObject.mts';
import { boolean, defineBody, defineObject, text } from '../http/bodySchema.mts';
import type { Endpoint } from '../http/endpoint.mts';
import { getTarget, matchesFilter } from '../http/lookup.mts';
import { UnprocessableError } from '../state/errors.mts';
import type { JsonObject } from '../state/json.mts';
import { toMany } from '../state/relationships.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';

const include = ['list-items'];
const write = { permission: 'list.write', include };
const read = { permission: 'list.read' };

const buildCreateEndpoint = (kind: ListKind): Endpoint => ({
	...write,
	route: `POST /list/${kind.path}`,
	body: defineBody({
		data: defineObject({
			attributes: defineObject({
				name: text,
				...(kind.type === 'name' && { 'allow-fuzzy-name-first': boolean }),
			}),
		}),
	}),
	handle: ({ state, attributes: { name, 'allow-fuzzy-name-first': isFuzzy = false } }) => {
		if (typeof name !== 'string' || name.trim() === '') {
			throw new UnprocessableError('name is required', '/data/attributes/name');
		}
		const settings: JsonObject = kind.type === 'name' ? { 'allow-fuzzy-name-first': isFuzzy } : {};
		return { object: createList(state, kind, { name, ...settings }), status: 201 };
	},
});

// Persona's description has no type for lists that can only be created in the dashboard.
const PUBLISHED_KINDS = listKinds.filter(({ isDashboardOnly }) => !isDashboardOnly);

const isPublished = ({ type }: StoredObject) =>
	PUBLISHED_KINDS.some((kind) => type === `list/${kind.type}`);

/** The list with as much of its items as the sandbox is set to show. */
const showList = ({ listItems }: SandboxState, list: StoredObject): StoredObject =>
	listItems === 'none' ? { ...list, relationships: { 'list-items': toMany([]) } } : list;

/** Everything under `/lists` and `/list`. */
export const lists: Endpoint[] = [
	...PUBLISHED_KINDS.map(buildCreateEndpoint),
	{
		...read,
		route: 'GET /lists',
		paged: true,
		filter: ['status'],
		handle: ({ filter }) => ({
			collection: {
				family: 'list',
				isListed: (list) =>
					isPublished(list) && matchesFilter(filter.status, list.attributes.status),
			},
		}),
	},
	{
		...read,
		route: 'GET /lists/:id',
		include,
		handle: (request) => ({ object: showList(request.state, getTarget(request, 'list')) }),
	},
	{
		...write,
		route: 'DELETE /lists/:id',
		handle: (request) => {
			const list = getTarget(request, 'list');
			archiveObject(list);
			return { object: showList(request.state, list) };
		},
	},
];
