import {
	countryCode,
	date,
	emailAddress,
	formattedText,
	identifier,
	jsonList,
	number,
	phoneNumber,
	required,
	trimmedText,
} from '../../fields/kinds';
import type { Fields } from '../../fields/types';

/** The address of a person or a business. */
export const addressFields = {
	'address-street-1': trimmedText('Address Street 1', 'Street and number', '123 Main St'),
	'address-street-2': trimmedText('Address Street 2', 'Apartment, suite, unit or floor', 'Apt 1'),
	'address-city': trimmedText('Address City', 'City or town', 'San Francisco'),
	'address-subdivision': trimmedText(
		'Address Subdivision',
		'State, province or region, not abbreviated',
		'California',
	),
	'address-postal-code': identifier('Address Postal Code', 'ZIP or postal code', '94111'),
};

/** The identity and the contact details of a person. */
export const personFields = {
	'name-first': trimmedText('First Name', 'Given name of the person', 'Jane'),
	'name-middle': trimmedText('Middle Name', 'Middle name of the person', 'Marie'),
	'name-last': trimmedText('Last Name', 'Family name of the person', 'Doe'),
	birthdate: date('Birthdate', 'Date of birth'),
	// Persona's description does not ask for a country code here.
	'phone-number': phoneNumber('Phone number, best with country code', 'anyPhoneNumber'),
	'email-address': emailAddress('Email Address', 'A single email address'),
	'social-security-number': formattedText(
		'socialSecurityNumber',
		'Social Security Number',
		'US social security number',
		'123-45-6789',
	),
	'country-code': countryCode(),
};

/** Some reports have an example with country code in Persona's description. */
const internationalPhoneNumber = phoneNumber('Phone number with country code');

/** All attributes of the queries of reports. */
const reportFields: Fields = {
	...personFields,
	...addressFields,
	'address-country-code': countryCode('Address Country Code'),
	addressee: trimmedText('Addressee', 'Name of a person at this address', 'Jane Doe'),
	'associated-people': jsonList(
		'Associated People',
		'Officers and agents of the business, as a JSON list. Each has name-full, or name-first and name-last, and may have a list of titles.',
		'[{"name-full": "Jane Doe", "titles": ["CEO"]}]',
	),
	'business-name': trimmedText('Business Name', 'Legal or trade name', 'Acme Inc'),
	'crypto-address': trimmedText(
		'Crypto Address',
		'Address of the wallet',
		'1Fz29BQp82pE3vXXcsZoMNQ3KSHfMzfMe3',
	),
	email: emailAddress('Email Address', 'A single email address'),
	ein: formattedText('ein', 'EIN', 'US employer identification number', '12-3456789'),
	'identification-number': identifier(
		'Identification Number',
		'Any number that identifies the person and is not a social security number',
		'A1234567',
	),
	'max-results': number('Max Results', 'How many businesses to return at most, from 1 to 10', {
		default: 3,
		typeOptions: { minValue: 1, maxValue: 10 },
	}),
	'registration-number': identifier(
		'Registration Number',
		'Number of the business in the register of its country',
		'C1234567',
	),
	term: trimmedText('Search Term', 'Full name, instead of its parts', 'Jane Marie Doe'),
	website: trimmedText('Website', 'Address of the website', 'https://example.com'),
};

/**
 * Builds the query of a report type from the names of its attributes. An asterisk marks those that
 * Persona requires, a question mark those that are optional but at the top level of the panel, and a
 * plus a phone number with country code.
 */
export const buildReportQuery = (names: string): Fields =>
	Object.fromEntries(
		names.split(' ').map((name) => {
			const attribute = name.replace(/[*?+]+$/, '');
			const field = name.includes('+') ? internationalPhoneNumber : reportFields[attribute];
			if (name.endsWith('*')) return [`query.${attribute}`, required(field)];
			return [`query.${attribute}`, name.endsWith('?') ? { ...field, topLevel: true } : field];
		}),
	);
