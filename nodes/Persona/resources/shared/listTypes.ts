import {
	choice,
	countryCode,
	formattedText,
	number,
	id,
	identifier,
	phoneNumber,
	required,
	trimmedText,
} from '../../fields/kinds';
import type { Fields } from '../../fields/types';
import type { Variant } from '../../engine/types';
import { alignMatchType } from '../../operations/addMany/alignMatchType';
import type { ValueFormat } from '../../values/valueFormats';

/** The list that a new item belongs to. */
export const listIdField = required(
	id(
		'List',
		'lst',
		'The list to add to. It must be of the chosen type. Its ID is in Lists in the Persona dashboard.',
		'searchLists',
	),
);

const buildListType = (name: string, apiName: string, prefix: string, fields: Fields): Variant => ({
	name,
	apiName,
	prefix,
	attributes: { 'list-id': listIdField, ...fields },
});

const buildValueField = (
	description: string,
	sample: string,
	format: ValueFormat = 'trimmedText',
): Fields => ({ value: required(formattedText(format, 'Value', description, sample)) });

const buildTextField = (label: string, description: string, sample: string) =>
	required(trimmedText(label, description, sample));

const buildCoordinateField = (label: string, description: string, limits: object) =>
	required(number(label, description, { typeOptions: { numberPrecision: 7, ...limits } }));

/** All types of lists, with the fields of their items. The names are stored in workflows. */
export const listTypes = {
	browserFingerprint: buildListType(
		'Browser Fingerprint',
		'browser-fingerprints',
		'libf',
		buildValueField(
			'Fingerprint of a browser, from the device of an inquiry session',
			'3082c312c9bfc8f0a43bc7173b18afe6',
		),
	),
	country: buildListType('Country', 'countries', 'lic', {
		'country-code': required(countryCode()),
	}),
	deviceFingerprint: buildListType(
		'Device Fingerprint',
		'device-fingerprints',
		'lidf',
		buildValueField(
			'Fingerprint of a device, from the device of an inquiry session',
			'3082c312c9bfc8f0a43bc7173b18afe6',
		),
	),
	emailAddress: {
		...buildListType('Email Address', 'email-addresses', 'liea', {
			...buildValueField(
				'Email address, or only a domain such as example.com or @example.com',
				'jane.doe@example.com',
				'emailAddressOrDomain',
			),
			'match-type': choice(
				'Match Type',
				'Whether the whole address must match, or only its domain. With Domain, only the domain of an address is stored. A value that is a domain is always stored as one.',
				{ email_address: 'Email Address', domain: 'Domain' },
				{ topLevel: true, default: 'email_address' },
			),
		}),
		alignAttributes: alignMatchType,
	},
	field: buildListType('Field', 'fields', 'liif', {
		'field-value': buildTextField(
			'Field Value',
			'Value that the field of an inquiry must have to match',
			'abc123',
		),
	}),
	geolocation: buildListType('Geolocation', 'geolocations', 'ligl', {
		latitude: buildCoordinateField('Latitude', 'Degrees north, from -90 to 90, e.g. 37.7879461', {
			minValue: -90,
			maxValue: 90,
		}),
		longitude: buildCoordinateField(
			'Longitude',
			'Degrees east, from -180 to 180, e.g. -122.3977409',
			{ minValue: -180, maxValue: 180 },
		),
		'radius-meters': required(
			number('Radius in Meters', 'Distance from the point within which a place matches, e.g. 500', {
				default: 100,
				typeOptions: { minValue: 0 },
			}),
		),
	}),
	governmentIdNumber: buildListType('Government ID Number', 'government-id-numbers', 'ligin', {
		'id-number': required(identifier('ID Number', 'Number of the government ID', 'I1234562')),
		'id-class': buildTextField(
			'ID Class',
			'Type of ID: pp for passport, dl for driver license',
			'pp',
		),
	}),
	ipAddress: buildListType(
		'IP Address',
		'ip-addresses',
		'liip',
		buildValueField(
			'IPv4 or IPv6 address, or a range such as 203.0.113.0/24',
			'203.0.113.42',
			'ipRange',
		),
	),
	// Names and strings share a prefix, so an ID never says which of them it is.
	name: buildListType('Name', 'names', 'lin', {
		'name-first': buildTextField('First Name', 'Given name of the person', 'Jane'),
		'name-last': buildTextField('Last Name', 'Family name of the person', 'Doe'),
	}),
	phoneNumber: buildListType('Phone Number', 'phone-numbers', 'lipn', {
		value: required(phoneNumber('Phone number with country code', 'phoneNumber', 'Value')),
	}),
	string: buildListType('String', 'strings', 'lin', buildValueField('Any text', 'abc123')),
};

/** All types of lists without fields, for operations on existing items. */
export const listTypePaths = Object.fromEntries(
	Object.entries(listTypes).map(([key, { name, apiName, prefix }]): [string, Variant] => [
		key,
		{ name, apiName, prefix },
	]),
);
