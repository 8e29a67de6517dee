import { choice, json, required, text } from '../engine/fields';
import type { Resource } from '../engine/types';

const name = text('Name', 'What the theme set is called in Persona', 'Acme Inc');

const styles = json(
	'Styles',
	'Settings, light and dark as a JSON object; what is not given looks as Persona has it, also in an update, e.g. {"light": {"inquiry": {"primary-color": {"unit": "hex", "value": "#3f51b5"}}}}',
);

/** Theme sets: colors, fonts and shapes of what a person sees in an inquiry. */
export const themeSets: Resource = {
	name: 'Theme Set',
	value: 'themeSet',
	type: 'theme-set',
	operations: {
		create: {
			name: 'Create',
			action: 'Create a theme set',
			route: 'POST /theme-sets',
			attributes: { name: required(name), styles },
			returns: 'item',
		},
		get: {
			name: 'Get',
			action: 'Get a theme set',
			route: 'GET /theme-sets/{theme-set-id}',
			returns: 'item',
		},
		getAll: {
			name: 'Get Many',
			action: 'Get many theme sets',
			route: 'GET /theme-sets',
			filter: {
				status: choice('Status', 'Whether the theme sets are in use, e.g. active', {
					active: 'Active',
					archived: 'Archived',
				}),
			},
			returns: 'list',
		},
		update: {
			name: 'Update',
			action: 'Update a theme set',
			description: 'Change name or styles; given styles replace all there are',
			route: 'PATCH /theme-sets/{theme-set-id}',
			attributes: { name, styles },
			returns: 'item',
		},
		archive: {
			name: 'Archive',
			action: 'Archive a theme set',
			description: 'Take a theme set off all templates; it can still be read',
			route: 'DELETE /theme-sets/{theme-set-id}',
			irreversible:
				'Archiving takes the theme set off all inquiry templates for good, whose flows then look as Persona has it. It can still be read.',
			returns: 'item',
		},
	},
};
