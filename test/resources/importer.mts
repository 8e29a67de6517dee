import { testExamples } from '../support/testExamples.mts';
import { toPersonaFile } from '../support/sampleFiles.mts';

testExamples('importer', [
	{
		operation: 'import',
		parameters: { importType: 'account', file: 'people', waitForResult: false },
		request: 'POST /importer/accounts',
		body: { data: { attributes: { file: toPersonaFile('people') } } },
		response: {
			data: { type: 'importer/account', id: 'mprt_1', attributes: { status: 'pending' } },
		},
		items: [{ type: 'importer/account', id: 'mprt_1', status: 'pending' }],
	},
	{
		operation: 'import',
		parameters: { importType: 'name', listId: 'lst_1', file: 'people', waitForResult: false },
		request: 'POST /importer/list-item/names',
		body: { data: { attributes: { 'list-id': 'lst_1', file: toPersonaFile('people') } } },
	},
	{ operation: 'get', parameters: { importerId: 'mprt_1' }, request: 'GET /importers/mprt_1' },
	{ operation: 'getAll', request: 'GET /importers' },
]);
