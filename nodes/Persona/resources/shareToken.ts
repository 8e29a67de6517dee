import { choice, duration, jsonList, required, text, toggle } from '../fields/kinds';
import type { Resource } from '../engine/types';
import { pathIds } from './shared/pathIds';

const connectionId = {
	...pathIds['connection-id'],
	description: 'The connection to the other organization, e.g. cxn_ABC123',
};

/** Share tokens: objects that one organization shares with another. */
export const shareTokens: Resource = {
	name: 'Share Token',
	value: 'shareToken',
	node: 'Persona Admin',
	type: 'connect/share-token',
	operations: {
		create: {
			name: 'Create',
			description:
				'Share an account, inquiry, transaction or verification with another organization',
			route: 'POST /connect/share-tokens',
			attributes: {
				'connection-id': required(connectionId),
				'source-id': required(
					text(
						'Object ID',
						'ID of the account, inquiry, transaction or verification to share',
						'inq_ABC123',
					),
				),
				'expires-in-seconds': duration(
					'Expires In',
					'Time from now until the unused token expires. By default, 14 days.',
					'14 days',
					[60, 1_814_400],
				),
			},
			guarded: true,
		},
		get: {
			name: 'Get',
			description:
				'Read the status of a token, optionally with the data of its object before it is redeemed',
			route: 'GET /connect/share-tokens/{share-token-id}',
			query: {
				'peek-source-data': toggle(
					'Peek Source Data',
					'return the data of the object that the other organization lets you preview, for tokens that your organization received',
				),
			},
		},
		getAll: {
			name: 'Get Many',
			description: 'List the tokens that your organization created or received, newest first',
			route: 'GET /connect/share-tokens',
			filter: {
				'connection-id': connectionId,
				direction: choice(
					'Direction',
					'Whether your organization received the token or created it',
					{ inbound: 'Inbound', outbound: 'Outbound' },
				),
				status: choice('Status', 'Status of the tokens', {
					created: 'Created',
					expired: 'Expired',
					failed: 'Failed',
					pending: 'Pending',
					redeemed: 'Redeemed',
				}),
			},
			returns: 'list',
		},
		expire: {
			name: 'Expire',
			description: 'Revoke a token that has not been redeemed yet',
			route: 'POST /connect/share-tokens/{share-token-id}/expire',
			irreversible:
				'Expiring ends the token for good: it can no longer be redeemed. Share the object again if needed.',
		},
		redeem: {
			name: 'Redeem',
			description:
				'Copy the shared object into a new object or an existing one. Persona has finished when Get returns the status redeemed, a moment later.',
			route: 'POST /connect/share-tokens/{share-token-id}/redeem',
			attributes: {
				'destination-id': text(
					'Destination ID',
					'ID of the account, inquiry or transaction to fill; leave it out for a new inquiry or verification',
					'inq_ABC123',
					{ topLevel: true },
				),
			},
			meta: {
				'field-mappings': jsonList(
					'Field Mappings',
					'Fields of the destination to fill from source fields with another name, as a JSON list. Fields with equal names need no mapping.',
					'[{"source-field-name": "address_street_1", "destination-field-name": "street_address"}]',
				),
			},
			guarded: true,
		},
	},
};
