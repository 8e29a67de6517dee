import type { JsonObject } from '../../state/json.mts';

/** The settings that every field has, with those of its type. */
const buildConfig = (more: JsonObject = {}): JsonObject => ({
	required: false,
	'archived-at': null,
	'deactivated-at': null,
	...more,
});

/** A field as a template or type lists it in `field-schemas`. */
export const buildFieldSchema = (
	type: string,
	key: string,
	label: string,
	more?: JsonObject,
): JsonObject => ({
	type,
	key,
	label,
	config: buildConfig(more),
});

/** A field that holds text. */
export const buildTextField = (key: string, label: string) =>
	buildFieldSchema('string', key, label, { 'max-char-length': 255, sanitize: [] });

/** A field that holds one of the options, given as labels by value. */
export const buildChoicesField = (key: string, label: string, options: Record<string, string>) =>
	buildFieldSchema('choices', key, label, {
		'allow-empty': true,
		options: Object.keys(options),
		'option-labels': Object.values(options),
	});

/** A field that holds one file. */
export const buildFileField = (key: string, label: string) =>
	buildFieldSchema('file', key, label, {
		'max-file-size-bytes': 10_000_000,
		'min-file-size-bytes': 1,
	});

/** The fields of the inquiry templates: those that every template has, and a few custom ones. */
export const inquiryFieldSchemas: JsonObject[] = [
	buildTextField('name-first', 'First Name'),
	buildTextField('name-middle', 'Middle Name'),
	buildTextField('name-last', 'Last Name'),
	buildFieldSchema('date', 'birthdate', 'Birthdate', { 'min-date': null, 'max-date': null }),
	buildFieldSchema('email-address', 'email-address', 'Email Address'),
	buildTextField('phone-number', 'Phone Number'),
	buildTextField('address-street-1', 'Street 1'),
	buildTextField('address-street-2', 'Street 2'),
	buildTextField('address-city', 'City'),
	buildTextField('address-subdivision', 'Subdivision'),
	buildTextField('address-postal-code', 'Postal Code'),
	buildTextField('address-country-code', 'Country Code'),
	buildTextField('identification-number', 'Identification Number'),
	buildChoicesField('plan', 'Plan', { basic: 'Basic', premium: 'Premium' }),
	buildFieldSchema('multi-choices', 'interests', 'Interests', {
		'allow-empty': true,
		options: ['savings', 'loans', 'cards'],
		'option-labels': ['Savings', 'Loans', 'Cards'],
	}),
	buildFieldSchema('boolean', 'accepts_terms', 'Accepts Terms'),
	buildFieldSchema('integer', 'employees', 'Employees', { min: 0, max: 1_000_000 }),
	buildFieldSchema('number', 'monthly_income', 'Monthly Income', { min: 0, max: 10_000_000 }),
	buildFieldSchema('datetime', 'signed_up_at', 'Signed Up At'),
	buildFileField('proof_of_address', 'Proof of Address'),
];
