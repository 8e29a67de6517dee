import { choice, number, text, words } from '../../engine/fields';
import type { Fields } from '../../engine/types';

/** How Persona writes what it sends: `responses` of an API key, or `deliveries` of a webhook. */
export const buildApiSettings = (what: 'responses' | 'deliveries'): Fields => ({
	'api-version': text(
		'API Version',
		`Version of the Persona API for ${what}, as YYYY-MM-DD`,
		'2025-12-08',
	),
	'api-key-inflection': choice(
		'Key Inflection',
		`How attribute names are written in ${what}: kebab is name-first, camel is nameFirst, snake is name_first`,
		{ camel: 'Camel Case', kebab: 'Kebab Case', snake: 'Snake Case' },
		{ default: 'kebab' },
	),
	'api-attributes-blocklist': words(
		'Attribute Blocklist',
		`Attributes to leave out of ${what}, separated by commas or as a list. An asterisk matches any characters.`,
		'birthdate, address-*, /data/attributes/fields/*-number',
	),
	'file-access-token-expires-in': number(
		'File Link Lifetime',
		`How long file links in ${what} work, in seconds, up to 259200 (3 days), e.g. 21600 for 6 hours`,
		{ default: 21_600, typeOptions: { minValue: 1, maxValue: 259_200 } },
	),
});
