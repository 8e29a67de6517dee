import type { Resource } from '../engine/types';

/** User audit logs: what members of your organization did in the Persona dashboard. */
export const userAuditLogs: Resource = {
	name: 'User Audit Log',
	value: 'userAuditLog',
	node: 'Persona Admin',
	include: ['user'],
	permission: 'user_audit_log',
	productionOnly: true,
	operations: {
		get: {
			name: 'Get',
			description: 'Read one action of a member in the dashboard. Needs a production key.',
			route: 'GET /user-audit-logs/{user-audit-log-id}',
		},
		getAll: {
			name: 'Get Many',
			description:
				'List the actions of members in the dashboard in the last 6 months, newest first. Needs a production key.',
			route: 'GET /user-audit-logs',
			returns: 'list',
		},
	},
};
