import { testExamples } from '../support/testExamples.mts';

testExamples('accountType', [
	{
		operation: 'get',
		parameters: { accountTypeId: 'acttp_1', options: { fieldsToReturn: 'name' } },
		request: 'GET /account-types/acttp_1',
		query: { 'fields[account-type]': 'name' },
	},
]);
