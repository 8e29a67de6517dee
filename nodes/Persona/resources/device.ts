import { id, required } from '../fields/kinds';
import type { Resource } from '../engine/types';

/** Devices: the phones and computers that people used for their inquiries. */
export const devices: Resource = {
	name: 'Device',
	value: 'device',
	operations: {
		get: {
			name: 'Get',
			description:
				'Read the fingerprints of a device, by which it is recognized in other inquiries',
			route: 'GET /devices/{device-id}',
		},
		getAll: {
			name: 'Get Many',
			description: 'List the devices of an inquiry session, newest first',
			route: 'GET /devices',
			filter: {
				'inquiry-session-id': required(
					id('Inquiry Session', 'iqse', 'The session. Inquiry Session > Get Many returns the ID.'),
				),
			},
			noIncludeAndFields: true,
			unpaged: true,
			returns: 'list',
		},
	},
};
