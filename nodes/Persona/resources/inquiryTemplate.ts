import { required } from '../engine/fields';
import type { Resource } from '../engine/operation';
import { ids } from './ids';

/** Inquiry templates: the flows that inquiries are made from, and their versions. */
export const inquiryTemplates: Resource = {
	name: 'Inquiry Template',
	value: 'inquiryTemplate',
	type: 'inquiry-template',
	include: ['latest-published-version'],
	operations: {
		get: {
			name: 'Get',
			action: 'Get an inquiry template',
			route: 'GET /inquiry-templates/{inquiry-template-id}',
			returns: 'item',
		},
		getAll: {
			name: 'Get Many',
			action: 'Get many inquiry templates',
			route: 'GET /inquiry-templates',
			returns: 'list',
		},
		getVersions: {
			name: 'Get Many Versions',
			action: 'Get many versions of an inquiry template',
			route: 'GET /inquiry-template-versions',
			filter: { 'inquiry-template-id': required(ids['inquiry-template-id']) },
			type: 'inquiry-template-version',
			returns: 'list',
		},
	},
};
