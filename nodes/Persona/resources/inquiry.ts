import { map, required, text, toggle, words } from '../engine/fields';
import type { Resource } from '../engine/operation';
import { ids } from './ids';

/** Inquiries: one person's or business's verification from start to decision. */
export const inquiries: Resource = {
	name: 'Inquiry',
	value: 'inquiry',
	type: 'inquiry',
	include: ['account', 'documents', 'reports', 'verifications'],
	permission: 'inquiry',
	operations: {
		create: {
			name: 'Create',
			action: 'Create an inquiry',
			route: 'POST /inquiries',
			attributes: {
				'inquiry-template-id': required(ids['inquiry-template-id']),
				fields: map('Fields', 'Values to prefill, by the keys of the template', 'inquiryFields'),
				note: text('Note', 'Free text kept with the inquiry', 'Sign-up from the mobile app'),
				tags: words('Tags', 'Tags to put on the inquiry, separated by commas', 'vip, mobile'),
			},
			meta: {
				'auto-create-one-time-link': toggle('Create One-Time Link', 'return a link', {
					shown: true,
				}),
			},
			returns: 'item',
		},
		approve: {
			name: 'Approve',
			action: 'Approve an inquiry',
			route: 'POST /inquiries/{inquiry-id}/approve',
			meta: { comment: text('Comment', 'Shown to reviewers', 'All good', { shown: true }) },
			returns: 'item',
		},
	},
};
