import { required, text } from '../../fields/kinds';
import type { Operation } from '../../engine/types';

/** Row that checks whether a value is on a list. */
export const checkValue: Operation = {
	name: 'Check Value',
	action: 'Check value against list items',
	description:
		'Check whether a value is on a list. Case, accents and the format of names, numbers and addresses do not matter. Similar values do not match. onList is null if that cannot be said: basis and note tell why, and possible has the items that may be the same.',
	route: 'GET /lists/{list-id}',
	nodeFields: {
		value: required(
			text(
				'Value',
				'Value to look for, of the type of the list: an email address or a domain, a phone number with country code, a country, an IP address, a text, the number of an ID, the first and last name of a person (the family name may be first before a comma and in Chinese, Japanese and Korean letters; another order, or a name with more or fewer words, may be the same), or latitude and longitude separated by a comma. Case, blanks and formatting do not matter; only in lists of strings and of fields must the text be the same, case included.',
				'jane.doe@example.com',
			),
		),
		countryCode: text(
			'Country Code of Phone Number',
			'Country code of phone numbers that have none, here and on the list; without it, the answer for such a number may be unknown',
			'49',
		),
		idClass: text(
			'ID Class',
			'Type of government ID that a number must belong to: pp for passport, dl for driver license; any type without it',
			'pp',
		),
	},
	noIncludeAndFields: true,
	prepare: async (context) =>
		await (await import('./prepareCheckValue')).prepareCheckValue(context),
};
