import { itemPaths } from '../../nodes/Persona/resources/shared/listTypes.ts';
import type { World } from './contractFixtures.mts';

const values: Record<string, object> = {
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

/** A new list of this type, by the name the table has for it. */
export async function newList(world: World, type = 'name'): Promise<string> {
	const dashboardTypes: Record<string, string> = {
		deviceFingerprint: 'list/device-fingerprint',
		field: 'list/field',
	};
	if (type in dashboardTypes) {
		const id = `lst_${world.reference()}`;
		world.sandbox.control.store.add({
			type: dashboardTypes[type],
			id,
			attributes: { name: 'Blocked', status: 'active' },
			relationships: { 'list-items': { data: [] } },
		});
		return id;
	}
	const body = { data: { attributes: { name: 'Blocked' } } };
	const { id } = await world.ask('POST', `/list/${itemPaths[type].sends}`, body);
	return String(id);
}

/** A new item of a new list of this type, and that list. */
export async function newListItem(world: World, type = 'name') {
	const listId = await newList(world, type);
	const attributes = { 'list-id': listId, ...values[type] };
	const path = `/list-item/${itemPaths[type].sends}`;
	const { id } = await world.ask('POST', path, { data: { attributes } });
	return { listId, listItemId: String(id) };
}
