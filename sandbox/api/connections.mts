import {
	buildConnectionAttributes,
	changeStatus,
	OWN_ORGANIZATION,
	requestConsent,
} from '../domain/connect/sharing.mts';
import { defineBody, defineObject, text } from '../http/bodySchema.mts';
import type { Endpoint } from '../http/endpoint.mts';
import { getTarget, matchesFilter } from '../http/lookup.mts';
import { ApiError, ConflictError, UnprocessableError } from '../state/errors.mts';
import { toOne } from '../state/relationships.mts';

const type = 'connect/connection';

/** Everything under `/connect/connections`. Persona documents no permission for it. */
export const connections: Endpoint[] = [
	{
		route: 'POST /connect/connections',
		body: defineBody({
			'data*': defineObject({
				'attributes*': defineObject({ 'destination-organization-id*': text }),
			}),
		}),
		handle: ({ state, attributes, key }) => {
			const destinationId = String(attributes['destination-organization-id']);
			if (destinationId === OWN_ORGANIZATION) {
				const pointer = '/data/attributes/destination-organization-id';
				const message = 'data.attributes.destination_organization_id is your own';
				throw new UnprocessableError(message, pointer);
			}
			const creator = toOne({ type: 'api-key', id: key.id });
			const connection = state.createObject(
				type,
				'cxn',
				buildConnectionAttributes(OWN_ORGANIZATION, destinationId, 'pending'),
				{ creator },
			);
			requestConsent(state, connection);
			return { object: connection, status: 201 };
		},
	},
	{
		route: 'GET /connect/connections',
		paged: true,
		filter: ['status', 'destination-organization-id'],
		handle: ({ filter }) => ({
			collection: {
				family: 'connect',
				isListed: (each) =>
					each.type === type &&
					matchesFilter(filter.status, each.attributes.status) &&
					matchesFilter(
						filter['destination-organization-id'],
						each.attributes['destination-organization-id'],
					),
			},
		}),
	},
	{
		route: 'GET /connect/connections/:id',
		handle: (request) => ({ object: getTarget(request, type) }),
	},
	{
		route: 'POST /connect/connections/:id/deactivate',
		noFields: true,
		handle: (request) => {
			const connection = getTarget(request, type);
			if (connection.attributes.status === 'inactive') {
				throw new ConflictError('Connection is inactive');
			}
			changeStatus(connection, 'inactive');
			return { object: connection };
		},
	},
	{
		route: 'POST /connect/connections/:id/reactivate',
		noFields: true,
		handle: (request) => {
			const connection = getTarget(request, type);
			const { status, 'source-organization-id': source } = connection.attributes;
			if (source !== OWN_ORGANIZATION) {
				throw new ApiError(403, 'Only the source organization can reactivate a connection');
			}
			if (status !== 'inactive') throw new ConflictError('Connection is not inactive');
			requestConsent(request.state, connection);
			return { object: connection };
		},
	},
];
