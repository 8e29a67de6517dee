import { choice, required, text } from '../fields/kinds';
import type { Resource } from '../engine/types';

const organizationId = text(
	'Destination Organization ID',
	'The organization that may receive shared data. Ask it for its ID.',
	'org_ABC123',
	{ idPrefix: 'org' },
);

/** Connections: the organizations that share with each other through Persona Connect. */
export const connections: Resource = {
	name: 'Connection',
	value: 'connection',
	node: 'Persona Admin',
	type: 'connect/connection',
	operations: {
		create: {
			name: 'Create',
			description:
				'Invite another organization to share data. The connection is pending until it accepts.',
			route: 'POST /connect/connections',
			attributes: { 'destination-organization-id': required(organizationId) },
			guarded: true,
		},
		get: {
			name: 'Get',
			description: 'Read whether the other organization has accepted, and what it shares',
			route: 'GET /connect/connections/{connection-id}',
		},
		getAll: {
			name: 'Get Many',
			description: 'List the connections from and to your organization, newest first',
			route: 'GET /connect/connections',
			filter: {
				'destination-organization-id': organizationId,
				status: choice('Status', 'Status of the connections', {
					active: 'Active',
					inactive: 'Inactive',
					pending: 'Pending',
				}),
			},
			returns: 'list',
		},
		deactivate: {
			name: 'Deactivate',
			description: 'Stop sharing through a connection until it is reactivated',
			route: 'POST /connect/connections/{connection-id}/deactivate',
			guarded: true,
			noIncludeAndFields: true,
		},
		reactivate: {
			name: 'Reactivate',
			description:
				'Share again through a connection that is inactive. The other organization must accept it again.',
			route: 'POST /connect/connections/{connection-id}/reactivate',
			noIncludeAndFields: true,
			guarded: true,
		},
	},
};
