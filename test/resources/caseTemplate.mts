import { testExamples } from '../support/testExamples.mts';

testExamples('caseTemplate', [
	{
		operation: 'get',
		parameters: { caseTemplateId: 'ctmpl_1', options: { fieldsToReturn: 'name' } },
		request: 'GET /case-templates/ctmpl_1',
		query: { 'fields[case-template]': 'name' },
	},
]);
