import type { Call, Endpoint } from '../server/endpoint.mts';
import { found } from '../server/find.mts';
import { isTrusted } from '../server/keys.mts';
import { Problem } from '../server/problem.mts';

const read = { permission: 'user_audit_log.read' };

/** Everything under `/user-audit-logs`. */
export const userAuditLogs: Endpoint[] = [
	{
		...read,
		route: 'GET /user-audit-logs',
		paged: true,
		handle: (call) => {
			requireProduction(call);
			return { list: { family: 'user-audit-log' } };
		},
	},
	{
		...read,
		route: 'GET /user-audit-logs/:id',
		include: ['user'],
		handle: (call) => {
			requireProduction(call);
			return { item: found(call, 'user-audit-log') };
		},
	},
];

function requireProduction({ key }: Call) {
	if (isTrusted(key)) return;
	throw new Problem(403, 'User audit logs can only be accessed with a production API key');
}
