import { newId } from '../ids.mts';
import { fixtures } from '../seeds.mts';
import { one } from '../server/answer.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';

/** The organization that all keys of the sandbox belong to. */
export const OWN_ORGANIZATION = 'org_Sandbox';

/** What the other organization has to share. */
const sources: Record<string, JsonObject> = {
	inquiry: {
		'name-first': 'Jane',
		'name-last': 'Doe',
		birthdate: '1994-04-12',
		'address-street-1': '123 Main St',
		'address-postal-code': '94111',
	},
	account: { name_first: 'Jane', name_last: 'Doe', email_address: 'jane.doe@example.com' },
};

/** Runs when the other side has had time to do its part; the other side is as quick as reports. */
export const later = (world: World, run: () => void) =>
	world.after(world.settings.reportSeconds * 1000, run);

/** The attributes of a connection from one organization to another. */
export const connectionOf = (from: string, to: string, status: string): JsonObject => ({
	status,
	'source-organization-id': from,
	'destination-organization-id': to,
	'created-at': now(),
	'updated-at': now(),
});

/** Changes the status of a connection or of a share token. */
export const become = (thing: StoredObject, status: string, changes: JsonObject = {}) =>
	Object.assign(thing.attributes, { status, 'updated-at': now(), ...changes });

/** Asks the other organization, which always agrees a little later. */
export function askForConsent(world: World, connection: StoredObject) {
	become(connection, 'pending');
	later(world, () => {
		if (connection.attributes.status === 'pending') become(connection, 'active');
	});
}

/** A share token that expires by itself unless it is redeemed before. */
export function newToken(
	world: World,
	direction: 'inbound' | 'outbound',
	seconds: number,
	relationships: StoredObject['relationships'],
): StoredObject {
	const token = world.create(
		'connect/share-token',
		'cnst',
		{
			status: 'created',
			direction,
			'created-at': now(),
			'updated-at': now(),
			'pending-at': null,
			'redeemed-at': null,
			'expires-at': new Date(Date.now() + seconds * 1000).toISOString(),
			'failed-at': null,
			'failure-reason': null,
			'redeem-mode': null,
		},
		relationships,
	);
	world.after(seconds * 1000, () => {
		if (token.attributes.status === 'created') become(token, 'expired');
	});
	return token;
}

/** Makes the other organization, which shares an inquiry and an account from the start. */
export function plantPartner(world: World) {
	world.store.add({
		type: 'connect/connection',
		id: fixtures.connection,
		attributes: connectionOf(fixtures.partnerOrganization, OWN_ORGANIZATION, 'active'),
	});
	for (const type of Object.keys(sources)) receive(world, type);
}

/** The other organization shares another object of this type. */
export function receive(world: World, type: string): StoredObject {
	const token = newToken(world, 'inbound', 14 * 86_400, {
		connection: one({ type: 'connect/connection', id: fixtures.connection }),
		destination: one(null),
	});
	world.about(token).shared = {
		type,
		id: newId(type === 'account' ? 'act' : 'inq'),
		attributes: { status: 'completed', fields: sources[type] },
	};
	return token;
}

/** What the other organization lets be seen before an object is redeemed: no value of a person. */
export function sourceData(world: World, token: StoredObject): JsonObject | undefined {
	const source = world.about(token).shared;
	if (!source) return undefined;
	const { status, fields } = source.attributes;
	const presence = (value: Json) => ({ visibility: 'presence', value: value !== null });
	const names = Object.entries(fields as JsonObject).map(([name, value]) => [
		name,
		presence(value),
	]);
	return {
		type: `connect/source-data/${source.type}`,
		id: source.id,
		'peekable-attributes': {
			...(source.type === 'inquiry' && { status: { visibility: 'full', value: status } }),
			fields: Object.fromEntries(names) as JsonObject,
		},
	};
}
