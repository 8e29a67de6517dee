import { choice, duration, text, words, expert } from '../../fields/kinds';
import type { Fields } from '../../fields/types';

/** Builds the settings for how Persona writes what it sends. */
export const buildApiSettings = (messages: 'responses' | 'deliveries'): Fields => ({
	'api-version': expert(
		text('API Version', `Version of the Persona API for ${messages}, as YYYY-MM-DD`, '2025-12-08', {
			neverEmpty: true,
		}),
	),
	'api-key-inflection': expert(
		choice(
			'Key Inflection',
			`How attribute names are written in ${messages}: kebab is name-first, camel is nameFirst, snake is name_first`,
			{ camel: 'Camel Case', kebab: 'Kebab Case', snake: 'Snake Case' },
			{ default: 'kebab' },
		),
	),
	'api-attributes-blocklist': expert(
		words(
			'Attribute Blocklist',
			`Attributes to leave out of ${messages}, separated by commas or as a list. An asterisk matches any characters.`,
			'birthdate, address-*, /data/attributes/fields/*-number',
			{ neverEmpty: true },
		),
	),
	'file-access-token-expires-in': duration(
		'File Link Lifetime',
		`How long file links in ${messages} work`,
		'6 hours',
		[1, 259_200],
	),
});
