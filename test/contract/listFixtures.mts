import { listTypePaths } from '../../nodes/Persona/resources/shared/listTypes.ts';
import type { ContractFixtures } from './contractFixtures.mts';

const attributesByType: Record<string, object> = {
	browserFingerprint: { value: 'abc123' },
	country: { 'country-code': 'US' },
	deviceFingerprint: { value: 'abc123' },
	emailAddress: { value: 'example.com', 'match-type': 'domain' },
	field: { 'field-value': 'abc123' },
	geolocation: { latitude: 37.7, longitude: -122.4, 'radius-meters': 500 },
	governmentIdNumber: { 'id-number': 'I1234562', 'id-class': 'dl' },
	ipAddress: { value: '203.0.113.0/24' },
	name: { 'name-first': 'Jane', 'name-last': 'Doe' },
	phoneNumber: { value: '+14155551234' },
	string: { value: 'abc123' },
};

/** A new list of this type, by its name in the table. */
export async function createList(objects: ContractFixtures, type = 'name'): Promise<string> {
	const dashboardTypes: Record<string, string> = {
		deviceFingerprint: 'list/device-fingerprint',
		field: 'list/field',
	};
	if (type in dashboardTypes) {
		const id = `lst_${objects.createReferenceId()}`;
		objects.sandbox.control.store.add({
			type: dashboardTypes[type],
			id,
			attributes: { name: 'Blocked', status: 'active' },
			relationships: { 'list-items': { data: [] } },
		});
		return id;
	}
	const body = { data: { attributes: { name: 'Blocked' } } };
	const { id } = await objects.request('POST', `/list/${listTypePaths[type].apiName}`, body);
	return String(id);
}

/** A new list of this type with a new item. */
export async function createListItem(objects: ContractFixtures, type = 'name') {
	const listId = await createList(objects, type);
	const attributes = { 'list-id': listId, ...attributesByType[type] };
	const path = `/list-item/${listTypePaths[type].apiName}`;
	const { id } = await objects.request('POST', path, { data: { attributes } });
	return { listId, listItemId: String(id) };
}
