import type { JsonObject, StoredObject } from '../store.mts';
import { plainFields } from './fields.mts';

/** The person that an inquiry is about, by Persona's names; what its fields leave open is made up. */
export function personOf(inquiry: StoredObject): JsonObject {
	const given = Object.entries(plainFields(inquiry)).filter(([, value]) => value !== null);
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
		...Object.fromEntries(given),
	};
	const names = [person['name-first'], person['name-middle'], person['name-last']];
	return { ...person, 'name-full': names.filter((name) => name !== null).join(' ') };
}
