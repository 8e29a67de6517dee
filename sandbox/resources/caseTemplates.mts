import type { Endpoint } from '../server/endpoint.mts';
import { found } from '../server/find.mts';

/** Case templates, which only the dashboard can make. */
export const caseTemplates: Endpoint[] = [
	{
		permission: 'case_template.read',
		route: 'GET /case-templates/:id',
		include: [],
		handle: (call) => ({ item: found(call, 'case-template') }),
	},
];
