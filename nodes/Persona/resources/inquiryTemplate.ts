import { jsonList, required } from '../fields/kinds';
import type { Resource } from '../engine/types';
import { pathIds } from './shared/pathIds';

/** Inquiry templates: the flows of inquiries, and their versions. */
export const inquiryTemplates: Resource = {
	name: 'Inquiry Template',
	value: 'inquiryTemplate',
	node: 'Persona Admin',
	include: ['latest-published-version'],
	productionOnly: true,
	operations: {
		get: {
			name: 'Get',
			description: 'Read the status of a template and which version is published',
			route: 'GET /inquiry-templates/{inquiry-template-id}',
		},
		getAll: {
			name: 'Get Many',
			description:
				'List the templates of your organization with the IDs that creating an inquiry asks for. Needs a production key.',
			route: 'GET /inquiry-templates',
			returns: 'list',
		},
		getVersions: {
			name: 'Get Many Versions',
			action: 'Get many versions of inquiry template',
			description:
				'List the published and draft versions, e.g. to start inquiries with a certain one',
			route: 'GET /inquiry-template-versions',
			filter: { 'inquiry-template-id': required(pathIds['inquiry-template-id']) },
			type: 'inquiry-template-version',
			returns: 'list',
		},
		getTranslations: {
			name: 'Get Translations',
			action: 'Get translations of inquiry template',
			description:
				'Read all texts by language, of the draft if there is one, otherwise of the published version',
			route: 'GET /inquiry-templates/{inquiry-template-id}/translations',
			type: 'inquiry-template-translations',
			include: [],
		},
		importTranslations: {
			name: 'Import Translations',
			action: 'Import translations of inquiry template',
			description:
				'Change texts of the draft by language. Publish the draft in the Persona dashboard.',
			route: 'POST /inquiry-templates/{inquiry-template-id}/translations',
			attributes: {
				translations: required(
					jsonList(
						'Translations',
						'Texts as a JSON list, in the format of the raw output of Get Translations. Texts that are not in the list stay unchanged.',
						'[{"step": "start", "component": "title", "attribute-name": "text", "locale-values": [{"locale": "fr", "value": "Commencer"}]}]',
					),
				),
			},
			type: 'inquiry-template-version',
			include: [],
		},
	},
};
