import type { Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';

const read = { permission: 'user_audit_log.read', productionOnly: true } as const;

/** Everything under `/user-audit-logs`. */
export const userAuditLogs: Endpoint[] = [
	{
		...read,
		route: 'GET /user-audit-logs',
		paged: true,
		handle: () => ({ collection: { family: 'user-audit-log' } }),
	},
	{
		...read,
		route: 'GET /user-audit-logs/:id',
		include: ['user'],
		handle: (request) => ({ object: getTarget(request, 'user-audit-log') }),
	},
];
