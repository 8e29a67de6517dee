import { date, jsonList, required, text } from '../../engine/fields';
import type { Fields } from '../../engine/types';

const countryCode = text('Country Code', 'Country as two letters (ISO 3166-1 alpha-2)', 'US');

/** The address of a person or a business. */
export const addressFields = {
	'address-street-1': text('Address Street 1', 'Street and number', '123 Main St'),
	'address-street-2': text('Address Street 2', 'Apartment, suite, unit or floor', 'Apt 1'),
	'address-city': text('Address City', 'City or town', 'San Francisco'),
	'address-subdivision': text(
		'Address Subdivision',
		'State, province or region, not abbreviated',
		'California',
	),
	'address-postal-code': text('Address Postal Code', 'ZIP or postal code', '94111'),
};

/** The identity and the contact details of a person. */
export const personFields = {
	'name-first': text('First Name', 'Given name of the person', 'Jane'),
	'name-middle': text('Middle Name', 'Middle name of the person', 'Marie'),
	'name-last': text('Last Name', 'Family name of the person', 'Doe'),
	birthdate: date('Birthdate', 'Date of birth'),
	'phone-number': text('Phone Number', 'With country code', '+14155551234'),
	'email-address': text('Email Address', 'A single email address', 'jane.doe@example.com', {
		placeholder: 'name@email.com',
	}),
	'social-security-number': text(
		'Social Security Number',
		'US social security number, with dashes',
		'123-45-6789',
	),
	'country-code': countryCode,
};

/** All attributes of the queries of reports. */
const reportFields = {
	...personFields,
	...addressFields,
	'address-country-code': { ...countryCode, displayName: 'Address Country Code' },
	addressee: text('Addressee', 'Name of a person at this address', 'Jane Doe'),
	'associated-people': jsonList(
		'Associated People',
		'Officers and agents of the business, as a JSON list. Each has name-full, or name-first and name-last, and may have a list of titles.',
		'[{"name-full": "Jane Doe", "titles": ["CEO"]}]',
	),
	'business-name': text('Business Name', 'Legal or trade name', 'Acme Inc'),
	'crypto-address': text(
		'Crypto Address',
		'Address of the wallet',
		'1Fz29BQp82pE3vXXcsZoMNQ3KSHfMzfMe3',
	),
	ein: text('EIN', 'US employer identification number', '12-3456789'),
	'identification-number': text(
		'Identification Number',
		'Any number that identifies the person and is not a social security number',
		'A1234567',
	),
	term: text('Search Term', 'Full name, instead of its parts', 'Jane Marie Doe'),
	website: text('Website', 'Address of the website', 'https://example.com'),
};

type ReportFieldName = keyof typeof reportFields;

/**
 * Builds the query of a report type from names of attributes. An asterisk marks those that Persona
 * requires, a question mark those that are optional but at the top level of the panel.
 */
export const buildReportQuery = (
	...names: Array<ReportFieldName | `${ReportFieldName}*` | `${ReportFieldName}?`>
): Fields =>
	Object.fromEntries(
		names.map((name) => {
			const attribute = name.replace(/[*?]$/, '') as ReportFieldName;
			const field = reportFields[attribute];
			if (name.endsWith('*')) return [`query.${attribute}`, required(field)];
			return [`query.${attribute}`, name.endsWith('?') ? { ...field, topLevel: true } : field];
		}),
	);
