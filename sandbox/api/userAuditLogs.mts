import { hasOrganizationAccess } from '../http/authentication.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import { ApiError } from '../state/errors.mts';

const read = { permission: 'user_audit_log.read' };

/** Everything under `/user-audit-logs`. */
export const userAuditLogs: Endpoint[] = [
	{
		...read,
		route: 'GET /user-audit-logs',
		paged: true,
		handle: (request) => {
			requireProduction(request);
			return { collection: { family: 'user-audit-log' } };
		},
	},
	{
		...read,
		route: 'GET /user-audit-logs/:id',
		include: ['user'],
		handle: (request) => {
			requireProduction(request);
			return { object: getTarget(request, 'user-audit-log') };
		},
	},
];

function requireProduction({ key }: ApiRequest) {
	if (hasOrganizationAccess(key)) return;
	throw new ApiError(403, 'User audit logs can only be accessed with a production API key');
}
