import type { Endpoint } from '../server/endpoint.mts';
import { found, named, passes, relatedId } from '../server/find.mts';

const guarded = { templatesOnly: true } as const;

/** Everything under `/inquiry-templates` and `/inquiry-template-versions`. */
export const inquiryTemplates: Endpoint[] = [
	{
		...guarded,
		route: 'GET /inquiry-templates',
		paged: true,
		handle: () => ({ list: { family: 'inquiry-template' } }),
	},
	{
		...guarded,
		route: 'GET /inquiry-templates/:id',
		include: ['latest-published-version'],
		handle: (call) => ({ item: found(call, 'inquiry-template') }),
	},
	{
		...guarded,
		route: 'GET /inquiry-template-versions',
		paged: true,
		filter: ['inquiry-template-id*'],
		handle: (call) => {
			const id = call.filter['inquiry-template-id'];
			named(call, 'inquiry-template', id, 'filter.inquiry_template_id');
			return {
				list: {
					family: 'inquiry-template-version',
					keep: (version) => passes(id, relatedId(version, 'inquiry-template')),
				},
			};
		},
	},
];
