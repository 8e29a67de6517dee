import { required, words } from '../fields/kinds';
import type { Resource } from '../engine/types';
import { pathIds } from './shared/pathIds';

/** Inquiry sessions: the visits of a person to the flow, each on one device. */
export const inquirySessions: Resource = {
	name: 'Inquiry Session',
	value: 'inquirySession',
	include: ['device', 'inquiry', 'network'],
	permission: 'inquiry',
	operations: {
		create: {
			name: 'Create',
			description:
				'Allow one more visit to an inquiry, on one device. An inquiry has at most 25 sessions by default.',
			route: 'POST /inquiry-sessions',
			attributes: { 'inquiry-id': required(pathIds['inquiry-id']) },
		},
		get: {
			name: 'Get',
			description: 'Read one visit: device, location, and whether a VPN, proxy or Tor was used',
			route: 'GET /inquiry-sessions/{inquiry-session-id}',
		},
		getAll: {
			name: 'Get Many',
			description:
				'List the visits of inquiries, newest first, e.g. to see when a person came and on which devices',
			route: 'GET /inquiry-sessions',
			filter: { 'inquiry-id': { ...pathIds['inquiry-id'], topLevel: true } },
			returns: 'list',
			noIncludeAndFields: true,
			unpaged: true,
		},
		expire: {
			name: 'Expire',
			description: 'End one visit, so that the person can no longer continue in it',
			route: 'POST /inquiry-sessions/{inquiry-session-id}/expire',
			guarded: true,
		},
		expireAll: {
			name: 'Expire All',
			action: 'Expire all sessions of inquiries',
			description: 'End all visits of these inquiries, e.g. when a link reached the wrong person',
			route: 'POST /inquiry-sessions/expire-all',
			guarded: true,
			meta: {
				'inquiry-ids': required(
					words(
						'Inquiry IDs',
						'IDs of the inquiries, separated by commas or as a list',
						'inq_ABC123, inq_DEF456',
						{ idPrefix: 'inq' },
					),
				),
			},
			include: ['device', 'inquiry', 'network'],
			returns: 'list',
			unpaged: true,
		},
		generateOneTimeLink: {
			name: 'Generate One-Time Link',
			action: 'Generate one time link for inquiry session',
			description:
				'Create a link that opens the inquiry once, in this session. It is valid for 24 hours, unless the template says otherwise.',
			route: 'POST /inquiry-sessions/{inquiry-session-id}/generate-one-time-link',
		},
	},
};
