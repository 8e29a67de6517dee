import { choice, count, text, words } from '../../engine/fields';
import type { Fields } from '../../engine/types';

/** How Persona writes what it sends: `answers` of an API key, or `deliveries` of a webhook. */
export const buildApiSettings = (what: 'answers' | 'deliveries'): Fields => ({
	'api-version': text(
		'API Version',
		`Version of Persona's API that ${what} are written in, as YYYY-MM-DD`,
		'2025-12-08',
	),
	'api-key-inflection': choice(
		'Key Inflection',
		`How the names of attributes are written in ${what}: kebab is name-first, camel nameFirst, snake name_first`,
		{ camel: 'Camel Case', kebab: 'Kebab Case', snake: 'Snake Case' },
		{ default: 'kebab' },
	),
	'api-attributes-blocklist': words(
		'Attribute Blocklist',
		`Attributes to keep out of ${what}, separated by commas or as a list. A star stands for any characters.`,
		'birthdate, address-*, /data/attributes/fields/*-number',
	),
	'file-access-token-expires-in': count(
		'File Link Lifetime',
		`Seconds for which the links to files in ${what} work, up to 259200 (3 days), e.g. 21600 for 6 hours`,
		{ default: 21_600, typeOptions: { minValue: 1, maxValue: 259_200 } },
	),
});
