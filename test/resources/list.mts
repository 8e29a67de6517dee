import { testExamples } from '../support/testExamples.mts';

const listId = 'lst_1';

testExamples('list', [
	{
		operation: 'create',
		parameters: {
			listType: 'name',
			name: 'Blocked people',
			additionalFields: { allowFuzzyNameFirst: true },
		},
		request: 'POST /list/names',
		body: { data: { attributes: { name: 'Blocked people', 'allow-fuzzy-name-first': true } } },
		response: { data: { type: 'list/name', id: 'lst_1', attributes: { status: 'active' } } },
		items: [{ type: 'list/name', id: 'lst_1', status: 'active' }],
	},
	{
		operation: 'create',
		parameters: { listType: 'governmentIdNumber', name: 'Stolen passports' },
		request: 'POST /list/government-id-numbers',
		body: { data: { attributes: { name: 'Stolen passports' } } },
	},
	{
		operation: 'get',
		parameters: { listId, output: 'allFields', options: { include: ['list-items'] } },
		request: 'GET /lists/lst_1',
		query: { include: 'list-items' },
		response: {
			data: {
				type: 'list/string',
				id: 'lst_1',
				relationships: { 'list-items': { data: [{ type: 'list-item/string', id: 'lin_1' }] } },
			},
			included: [{ type: 'list-item/string', id: 'lin_1', attributes: { value: 'abc123' } }],
		},
		items: [
			{
				type: 'list/string',
				id: 'lst_1',
				listItemIds: ['lin_1'],
				listItems: [{ type: 'list-item/string', id: 'lin_1', value: 'abc123' }],
			},
		],
	},
	{
		operation: 'getAll',
		parameters: { filters: { status: 'archived' } },
		request: 'GET /lists',
		query: { 'filter[status]': 'archived' },
	},
	{ operation: 'archive', parameters: { listId }, request: 'DELETE /lists/lst_1' },
]);
