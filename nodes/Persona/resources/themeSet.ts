import { choice, json, required, text } from '../fields/kinds';
import type { Resource } from '../engine/types';

const name = text('Name', 'Name of the theme set in Persona', 'Acme Inc', { neverEmpty: true });

const styles = json(
	'Styles',
	'Settings, light and dark, as a JSON object. Styles that you omit use the defaults of Persona, even in an update.',
	'{"light": {"inquiry": {"primary-color": {"unit": "hex", "value": "#3f51b5"}}}}',
);

/** Theme sets: colors, fonts and shapes of what a person sees in an inquiry. */
export const themeSets: Resource = {
	name: 'Theme Set',
	value: 'themeSet',
	node: 'Persona Admin',
	operations: {
		create: {
			name: 'Create',
			description: 'Define the colors, fonts and shapes that people see in an inquiry',
			route: 'POST /theme-sets',
			attributes: { name: required(name), styles },
		},
		get: {
			name: 'Get',
			description: 'Read all styles, e.g. before an update, which replaces them',
			route: 'GET /theme-sets/{theme-set-id}',
		},
		getAll: {
			name: 'Get Many',
			description: 'Look up the themes with the IDs that inquiries and templates use',
			route: 'GET /theme-sets',
			filter: {
				status: choice('Status', 'Status of the theme sets, e.g. active', {
					active: 'Active',
					archived: 'Archived',
				}),
			},
			returns: 'list',
		},
		update: {
			name: 'Update',
			description: 'Change the name or styles. New styles replace all existing ones.',
			route: 'PATCH /theme-sets/{theme-set-id}',
			attributes: { name, styles },
		},
		archive: {
			name: 'Archive',
			description: 'Remove a theme set from all templates. It can still be read.',
			route: 'DELETE /theme-sets/{theme-set-id}',
			irreversible:
				'Archiving removes the theme set from all inquiry templates for good. Their flows then use the default theme of Persona. The theme set can still be read.',
		},
	},
};
