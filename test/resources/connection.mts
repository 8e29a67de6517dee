import { testExamples } from '../support/testExamples.mts';

const connectionId = 'cxn_1';

testExamples('connection', [
	{
		operation: 'create',
		parameters: { destinationOrganizationId: 'org_2' },
		request: 'POST /connect/connections',
		body: { data: { attributes: { 'destination-organization-id': 'org_2' } } },
	},
	{ operation: 'get', parameters: { connectionId }, request: 'GET /connect/connections/cxn_1' },
	{
		operation: 'getAll',
		parameters: { filters: { status: 'active', destinationOrganizationId: 'org_2' } },
		request: 'GET /connect/connections',
		query: { 'filter[status]': 'active', 'filter[destination-organization-id]': 'org_2' },
	},
	{
		operation: 'deactivate',
		parameters: { connectionId },
		request: 'POST /connect/connections/cxn_1/deactivate',
	},
	{
		operation: 'reactivate',
		parameters: { connectionId },
		request: 'POST /connect/connections/cxn_1/reactivate',
	},
]);
