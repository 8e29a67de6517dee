import type { Resource } from '../engine/types';

/** Case templates: the fields and resolutions of their cases. */
export const caseTemplates: Resource = {
	name: 'Case Template',
	value: 'caseTemplate',
	node: 'Persona Admin',
	permission: 'case_template',
	operations: {
		get: {
			name: 'Get',
			description: 'Read the fields that cases of a template have, with their keys and types',
			route: 'GET /case-templates/{case-template-id}',
		},
	},
};
