import { askForConsent, become, connectionOf, OWN_ORGANIZATION } from '../life/sharing.mts';
import { one } from '../server/answer.mts';
import { body, object, text } from '../server/body.mts';
import type { Endpoint } from '../server/endpoint.mts';
import { found, passes } from '../server/find.mts';
import { conflict, invalid, Problem } from '../server/problem.mts';

const type = 'connect/connection';

/** Everything under `/connect/connections`; Persona names no permission for it. */
export const connections: Endpoint[] = [
	{
		route: 'POST /connect/connections',
		body: body({
			'data*': object({ 'attributes*': object({ 'destination-organization-id*': text }) }),
		}),
		handle: ({ world, attributes, key }) => {
			const to = String(attributes['destination-organization-id']);
			if (to === OWN_ORGANIZATION) {
				const pointer = '/data/attributes/destination-organization-id';
				throw invalid('data.attributes.destination_organization_id is your own', pointer);
			}
			const creator = one({ type: 'api-key', id: key.id });
			const given = connectionOf(OWN_ORGANIZATION, to, 'pending');
			const connection = world.create(type, 'cxn', given, { creator });
			askForConsent(world, connection);
			return { item: connection, status: 201 };
		},
	},
	{
		route: 'GET /connect/connections',
		paged: true,
		filter: ['status', 'destination-organization-id'],
		handle: ({ filter }) => ({
			list: {
				family: 'connect',
				keep: (each) =>
					each.type === type &&
					passes(filter.status, each.attributes.status) &&
					passes(
						filter['destination-organization-id'],
						each.attributes['destination-organization-id'],
					),
			},
		}),
	},
	{
		route: 'GET /connect/connections/:id',
		handle: (call) => ({ item: found(call, type) }),
	},
	{
		route: 'POST /connect/connections/:id/deactivate',
		noFields: true,
		handle: (call) => {
			const connection = found(call, type);
			if (connection.attributes.status === 'inactive') throw conflict('Connection is inactive');
			become(connection, 'inactive');
			return { item: connection };
		},
	},
	{
		route: 'POST /connect/connections/:id/reactivate',
		noFields: true,
		handle: (call) => {
			const connection = found(call, type);
			const { status, 'source-organization-id': source } = connection.attributes;
			if (source !== OWN_ORGANIZATION) {
				throw new Problem(403, 'Only the source organization can reactivate a connection');
			}
			if (status !== 'inactive') throw conflict('Connection is not inactive');
			askForConsent(call.world, connection);
			return { item: connection };
		},
	},
];
