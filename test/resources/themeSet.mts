import { testExamples } from '../support/testExamples.mts';

const themeSetId = 'theset_1';

const styles = { light: { inquiry: { 'primary-color': { unit: 'hex', value: '#3f51b5' } } } };

testExamples('themeSet', [
	{
		operation: 'create',
		parameters: { name: 'Acme Inc', additionalFields: { styles: JSON.stringify(styles) } },
		request: 'POST /theme-sets',
		body: { data: { attributes: { name: 'Acme Inc', styles } } },
	},
	{ operation: 'get', parameters: { themeSetId }, request: 'GET /theme-sets/theset_1' },
	{
		operation: 'getAll',
		parameters: { filters: { status: 'active' } },
		request: 'GET /theme-sets',
		query: { 'filter[status]': 'active' },
	},
	{
		operation: 'update',
		parameters: { themeSetId, updateFields: { name: 'Acme Inc' } },
		request: 'PATCH /theme-sets/theset_1',
		body: { data: { attributes: { name: 'Acme Inc' } } },
	},
	{ operation: 'archive', parameters: { themeSetId }, request: 'DELETE /theme-sets/theset_1' },
]);
