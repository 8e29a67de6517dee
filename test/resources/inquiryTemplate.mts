import { testExamples } from '../support/testExamples.mts';

const translation = {
	step: 'start',
	component: 'title',
	'attribute-name': 'text',
	'locale-values': [{ locale: 'fr', value: 'Commencer' }],
};

testExamples('inquiryTemplate', [
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
	{
		operation: 'getTranslations',
		parameters: { inquiryTemplateId: 'itmpl_1' },
		request: 'GET /inquiry-templates/itmpl_1/translations',
		response: {
			data: {
				type: 'inquiry-template-translations',
				id: 'itmplv_1',
				attributes: { translations: [translation] },
			},
		},
		items: [
			{
				type: 'inquiry-template-translations',
				id: 'itmplv_1',
				translations: [
					{
						step: 'start',
						component: 'title',
						attributeName: 'text',
						localeValues: [{ locale: 'fr', value: 'Commencer' }],
					},
				],
			},
		],
	},
	{
		operation: 'importTranslations',
		parameters: { inquiryTemplateId: 'itmpl_1', translations: JSON.stringify([translation]) },
		request: 'POST /inquiry-templates/itmpl_1/translations',
		body: { data: { attributes: { translations: [translation] } } },
	},
]);
