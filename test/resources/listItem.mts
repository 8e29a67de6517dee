import { listTypePaths } from '../../nodes/Persona/resources/shared/listTypes.ts';
import { runNode } from '../support/runNode.mts';
import { testExamples } from '../support/testExamples.mts';

const listId = 'lst_1';

const jane = { status: 'active', 'name-first': 'Jane', 'name-last': 'Doe' };

testExamples('listItem', [
	{
		operation: 'create',
		parameters: {
			listType: 'emailAddress',
			listId,
			value: 'jane.doe@example.com',
			matchType: 'domain',
		},
		request: 'POST /list-item/email-addresses',
		body: {
			data: {
				attributes: {
					'list-id': 'lst_1',
					value: 'example.com',
					'match-type': 'domain',
				},
			},
		},
	},
	{
		operation: 'create',
		parameters: {
			listType: 'geolocation',
			listId,
			latitude: 0,
			longitude: -122.3977409,
			radiusMeters: 500,
		},
		request: 'POST /list-item/geolocations',
		body: {
			data: {
				attributes: {
					'list-id': 'lst_1',
					latitude: 0,
					longitude: -122.3977409,
					'radius-meters': 500,
				},
			},
		},
	},
	{
		operation: 'create',
		parameters: { listType: 'name', listId, nameFirst: 'Jane', nameLast: 'Doe' },
		request: 'POST /list-item/names',
		body: {
			data: {
				attributes: { 'list-id': 'lst_1', 'name-first': 'Jane', 'name-last': 'Doe' },
			},
		},
	},
	{
		operation: 'addMany',
		parameters: { listType: 'name', listId, nameFirst: 'Jane', nameLast: 'Doe' },
		request: 'POST /list-item/names',
		body: {
			data: {
				attributes: { 'list-id': 'lst_1', 'name-first': 'Jane', 'name-last': 'Doe' },
			},
		},
		items: [
			{
				...{ listId, listType: 'name', method: 'oneByOne', given: 1 },
				...{ added: 1, duplicate: 0, refused: 0, problems: [], repetitions: [] },
			},
		],
	},
	{
		operation: 'checkValue',
		parameters: { listId, value: 'JANE DOE', output: 'allFields' },
		request: 'GET /lists/lst_1',
		query: { include: 'list-items' },
		response: {
			data: {
				...{ type: 'list/name', id: 'lst_1', attributes: { name: 'Blocked people' } },
				relationships: { 'list-items': { data: [{ type: 'list-item/name', id: 'lin_1' }] } },
			},
			included: [{ type: 'list-item/name', id: 'lin_1', attributes: jane }],
		},
		items: [
			{
				...{ onList: true, listId, listName: 'Blocked people', listType: 'name' },
				value: 'JANE DOE',
				matches: [
					{
						...{ type: 'list-item/name', id: 'lin_1' },
						...{ status: 'active', nameFirst: 'Jane', nameLast: 'Doe' },
					},
				],
				...{ checked: 1, pending: 0, unreadable: 0, missing: 0, note: null, possible: [] },
				basis: 'Compared with 1 active item: 1 of them the same',
			},
		],
	},
	{
		operation: 'get',
		parameters: { listType: 'string', listItemId: 'lin_1' },
		request: 'GET /list-item/strings/lin_1',
	},
	...Object.values(listTypePaths)
		.filter(({ prefix }) => prefix !== 'lin')
		.map(({ apiName, prefix }) => ({
			operation: 'get',
			parameters: { listType: 'detect', listItemId: `${prefix}_1` },
			request: `GET /list-item/${apiName}/${prefix}_1`,
		})),
	{
		operation: 'archive',
		parameters: { listType: 'detect', listItemId: 'ligin_1' },
		request: 'DELETE /list-item/government-id-numbers/ligin_1',
	},
]);

describe('the type of a list item', () => {
	it.each([
		['lin_1', 'cannot be detected from the ID'],
		['li_1', 'cannot be detected from the ID'],
		['inq_1', "'List Item' has the wrong kind of ID"],
	])('is not detected from %j', async (listItemId, message) => {
		const { error } = await runNode({
			parameters: {
				resource: 'listItem',
				operation: 'archive',
				listType: 'detect',
				listItemId,
			},
			// No server listens on this port: no request may be sent.
			credentials: { baseUrl: 'http://127.0.0.1:9' },
		});
		expect(error?.message).toMatch(message);
	});
});
