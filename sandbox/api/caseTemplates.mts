import type { Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';

/** Case templates, which can only be created in the dashboard. */
export const caseTemplates: Endpoint[] = [
	{
		permission: 'case_template.read',
		route: 'GET /case-templates/:id',
		include: [],
		handle: (request) => ({ object: getTarget(request, 'case-template') }),
	},
];
