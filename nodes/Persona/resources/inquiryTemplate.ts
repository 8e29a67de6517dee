import { jsonList, required } from '../engine/fields';
import type { Resource } from '../engine/types';
import { pathIds } from './shared/pathIds';

/** Inquiry templates: the flows of inquiries, and their versions. */
export const inquiryTemplates: Resource = {
	name: 'Inquiry Template',
	value: 'inquiryTemplate',
	node: 'Persona Admin',
	type: 'inquiry-template',
	include: ['latest-published-version'],
	productionOnly: true,
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
			filter: { 'inquiry-template-id': required(pathIds['inquiry-template-id']) },
			type: 'inquiry-template-version',
			returns: 'list',
		},
		getTranslations: {
			name: 'Get Translations',
			action: 'Get translations of an inquiry template',
			description:
				'Read all texts by language, of the draft if there is one, otherwise of the published version',
			route: 'GET /inquiry-templates/{inquiry-template-id}/translations',
			type: 'inquiry-template-translations',
			include: [],
			returns: 'item',
		},
		importTranslations: {
			name: 'Import Translations',
			action: 'Import translations of an inquiry template',
			description:
				'Change texts of the draft by language. Publish the draft in the Persona dashboard.',
			route: 'POST /inquiry-templates/{inquiry-template-id}/translations',
			attributes: {
				translations: required(
					jsonList(
						'Translations',
						'Texts as a JSON list, in the format that Get Translations returns without Simplify. Texts that are not in the list stay unchanged.',
						'[{"step": "start", "component": "title", "attribute-name": "text", "locale-values": [{"locale": "fr", "value": "Commencer"}]}]',
					),
				),
			},
			type: 'inquiry-template-version',
			include: [],
			returns: 'item',
		},
	},
};
