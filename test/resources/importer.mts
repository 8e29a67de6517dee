import { testExamples } from '../support/testExamples.mts';

testExamples('importer', [
	{
		operation: 'import',
		parameters: { importType: 'account', file: 'people', waitForResult: false },
		request: 'POST /importer/accounts',
		form: { 'data[attributes][file]': 'people' },
		response: {
			data: { type: 'importer/account', id: 'mprt_1', attributes: { status: 'pending' } },
		},
		items: [{ type: 'importer/account', id: 'mprt_1', status: 'pending' }],
	},
	{
		operation: 'import',
		parameters: { importType: 'name', listId: 'lst_1', file: 'people', waitForResult: false },
		request: 'POST /importer/list-item/names',
		form: { 'data[attributes][list-id]': 'lst_1', 'data[attributes][file]': 'people' },
	},
	{ operation: 'get', parameters: { importerId: 'mprt_1' }, request: 'GET /importers/mprt_1' },
	{ operation: 'getAll', request: 'GET /importers' },
]);
