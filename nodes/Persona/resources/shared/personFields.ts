import { date, formattedText, jsonList, required } from '../../engine/fields';
import type { Fields } from '../../engine/types';

const trimmed = (label: string, description: string, sample: string) =>
	formattedText('trimmedText', label, description, sample);

const countryCode = formattedText(
	'countryCode',
	'Country Code',
	'Country as two letters (ISO 3166-1 alpha-2)',
	'US',
);

// For accounts, and in its examples for some reports, Persona also takes numbers without country code.
const phoneNumber = formattedText(
	'anyPhoneNumber',
	'Phone Number',
	'Phone number, best with country code',
	'+14155551234',
);

/** The phone number of a report whose example in Persona's description has a country code. */
const internationalPhoneNumber = formattedText(
	'phoneNumber',
	'Phone Number',
	'Phone number with country code',
	'+14155551234',
);

/** The address of a person or a business. */
export const addressFields = {
	'address-street-1': trimmed('Address Street 1', 'Street and number', '123 Main St'),
	'address-street-2': trimmed('Address Street 2', 'Apartment, suite, unit or floor', 'Apt 1'),
	'address-city': trimmed('Address City', 'City or town', 'San Francisco'),
	'address-subdivision': trimmed(
		'Address Subdivision',
		'State, province or region, not abbreviated',
		'California',
	),
	'address-postal-code': trimmed('Address Postal Code', 'ZIP or postal code', '94111'),
};

/** The identity and the contact details of a person. */
export const personFields = {
	'name-first': trimmed('First Name', 'Given name of the person', 'Jane'),
	'name-middle': trimmed('Middle Name', 'Middle name of the person', 'Marie'),
	'name-last': trimmed('Last Name', 'Family name of the person', 'Doe'),
	birthdate: date('Birthdate', 'Date of birth'),
	'phone-number': phoneNumber,
	'email-address': formattedText(
		'emailAddress',
		'Email Address',
		'A single email address',
		'jane.doe@example.com',
		{ placeholder: 'name@email.com' },
	),
	'social-security-number': formattedText(
		'socialSecurityNumber',
		'Social Security Number',
		'US social security number',
		'123-45-6789',
	),
	'country-code': countryCode,
};

/** All attributes of the queries of reports. */
const reportFields = {
	...personFields,
	...addressFields,
	'address-country-code': { ...countryCode, displayName: 'Address Country Code' },
	addressee: trimmed('Addressee', 'Name of a person at this address', 'Jane Doe'),
	'associated-people': jsonList(
		'Associated People',
		'Officers and agents of the business, as a JSON list. Each has name-full, or name-first and name-last, and may have a list of titles.',
		'[{"name-full": "Jane Doe", "titles": ["CEO"]}]',
	),
	'business-name': trimmed('Business Name', 'Legal or trade name', 'Acme Inc'),
	'crypto-address': trimmed(
		'Crypto Address',
		'Address of the wallet',
		'1Fz29BQp82pE3vXXcsZoMNQ3KSHfMzfMe3',
	),
	ein: trimmed('EIN', 'US employer identification number', '12-3456789'),
	'identification-number': trimmed(
		'Identification Number',
		'Any number that identifies the person and is not a social security number',
		'A1234567',
	),
	term: trimmed('Search Term', 'Full name, instead of its parts', 'Jane Marie Doe'),
	website: trimmed('Website', 'Address of the website', 'https://example.com'),
};

type ReportFieldName = keyof typeof reportFields;

/**
 * An attribute of a query. An asterisk marks those that Persona requires, a question mark those that are
 * optional but at the top level of the panel, and a plus a phone number with country code.
 */
export type ReportQueryField = `${ReportFieldName}${'' | '*' | '?'}` | `phone-number+${'*' | '?'}`;

/** Builds the query of a report type from its attributes. */
export const buildReportQuery = (names: ReportQueryField[]): Fields =>
	Object.fromEntries(
		names.map((name) => {
			const attribute = name.replace(/[*?+]+$/, '') as ReportFieldName;
			const field = name.includes('+') ? internationalPhoneNumber : reportFields[attribute];
			if (name.endsWith('*')) return [`query.${attribute}`, required(field)];
			return [`query.${attribute}`, name.endsWith('?') ? { ...field, topLevel: true } : field];
		}),
	);
