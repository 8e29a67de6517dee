import type { JsonObject } from '../../state/json.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getFieldValues } from '../shared/fields.mts';

/** The data of the person of an inquiry, by Persona's names. Sample data fills the empty fields. */
export function getInquirySubject(inquiry: StoredObject): JsonObject {
	const givenFields = Object.entries(getFieldValues(inquiry)).filter(([, value]) => value !== null);
	const person: JsonObject = {
		'name-first': 'Alex',
		'name-middle': null,
		'name-last': 'Sample',
		birthdate: '1990-01-01',
		'email-address': 'alex.sample@example.com',
		'phone-number': '+14155550100',
		'address-street-1': '123 Sample Street',
		'address-street-2': null,
		'address-city': 'San Francisco',
		'address-subdivision': 'California',
		'address-postal-code': '94111',
		'address-country-code': 'US',
		'identification-number': 'I1234562',
		...Object.fromEntries(givenFields),
	};
	const names = [person['name-first'], person['name-middle'], person['name-last']];
	return { ...person, 'name-full': names.filter((name) => name !== null).join(' ') };
}
