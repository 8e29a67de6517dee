import { testExamples } from '../support/testExamples.mts';

testExamples('userAuditLog', [
	{
		operation: 'get',
		parameters: { userAuditLogId: 'ual_1', options: { include: ['user'] } },
		request: 'GET /user-audit-logs/ual_1',
		query: { include: 'user' },
	},
	{
		operation: 'getAll',
		parameters: { options: { fieldsToReturn: 'path, created-at' } },
		request: 'GET /user-audit-logs',
		query: { 'fields[user-audit-log]': 'path,created-at' },
	},
]);
