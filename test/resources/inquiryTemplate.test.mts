import { proveExamples } from '../support/examples.mts';

proveExamples('inquiryTemplate', [
	{
		operation: 'get',
		parameters: { inquiryTemplateId: 'itmpl_1' },
		request: 'GET /inquiry-templates/itmpl_1',
	},
	{ operation: 'getAll', request: 'GET /inquiry-templates' },
	{
		operation: 'getVersions',
		parameters: { inquiryTemplateId: 'itmpl_1', options: { fieldsToReturn: 'status' } },
		request: 'GET /inquiry-template-versions',
		query: {
			'filter[inquiry-template-id]': 'itmpl_1',
			'fields[inquiry-template-version]': 'status',
		},
	},
]);
