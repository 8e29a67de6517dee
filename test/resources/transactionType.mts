import { testExamples } from '../support/testExamples.mts';

testExamples('transactionType', [
	{
		operation: 'get',
		parameters: { transactionTypeId: 'txntp_1', options: { fieldsToReturn: 'name' } },
		request: 'GET /transaction-types/txntp_1',
		query: { 'fields[transaction-type]': 'name' },
	},
]);
