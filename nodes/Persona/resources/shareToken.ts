import { choice, count, jsonList, required, text, toggle } from '../engine/fields';
import type { Resource } from '../engine/types';
import { pathIds } from './shared/pathIds';

const connectionId = {
	...pathIds['connection-id'],
	description: 'The connection to the other organization, e.g. cxn_ABC123',
};

/** Share tokens: single objects that one organization lets another have. */
export const shareTokens: Resource = {
	name: 'Share Token',
	value: 'shareToken',
	type: 'connect/share-token',
	operations: {
		create: {
			name: 'Create',
			action: 'Create a share token',
			description: 'Let another organization have an account, inquiry, transaction or verification',
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
				'expires-in-seconds': count(
					'Expires In',
					'Seconds from now until the token ends unused, from 60 to 1814400 (21 days), e.g. 86400 for a day; 14 days unless given',
					{ default: 1_209_600, typeOptions: { minValue: 60, maxValue: 1_814_400 } },
				),
			},
			guarded: true,
			returns: 'item',
		},
		get: {
			name: 'Get',
			action: 'Get a share token',
			description: 'Read how far a token is, also what its object holds before it is redeemed',
			route: 'GET /connect/share-tokens/{share-token-id}',
			query: {
				'peek-source-data': toggle(
					'Peek Source Data',
					'return what the other organization lets be seen of the object, for tokens that your organization was given',
				),
			},
			returns: 'item',
		},
		getAll: {
			name: 'Get Many',
			action: 'Get many share tokens',
			description: 'List the tokens that your organization gave or was given, newest first',
			route: 'GET /connect/share-tokens',
			filter: {
				'connection-id': connectionId,
				direction: choice('Direction', 'Whether your organization was given the token or gave it', {
					inbound: 'Inbound',
					outbound: 'Outbound',
				}),
				status: choice('Status', 'How far the token is', {
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
			action: 'Expire a share token',
			description: 'Take back a token that was not redeemed yet',
			route: 'POST /connect/share-tokens/{share-token-id}/expire',
			irreversible: 'An expired token cannot be redeemed for good; share the object anew if needed',
			returns: 'item',
		},
		redeem: {
			name: 'Redeem',
			action: 'Redeem a share token',
			description:
				'Take over the shared object: as a new one, or into one that you have. Persona is done when Get says redeemed, a moment later.',
			route: 'POST /connect/share-tokens/{share-token-id}/redeem',
			attributes: {
				'destination-id': text(
					'Destination ID',
					'ID of the account, inquiry or transaction to fill; leave it empty for a new inquiry or verification',
					'inq_ABC123',
					{ topLevel: true },
				),
			},
			meta: {
				'field-mappings': jsonList(
					'Field Mappings',
					'Fields of the destination to fill from those with another name, as a JSON list; equal names need none',
					'[{"source-field-name": "address_street_1", "destination-field-name": "street_address"}]',
				),
			},
			guarded: true,
			returns: 'item',
		},
	},
};
