import { fixtures } from '../../state/fixtures.mts';
import { createId } from '../../state/ids.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';

/** Persona's default, 14 days. */
export const DEFAULT_SHARE_TOKEN_SECONDS = 14 * 86_400;

/** The organization of all keys of the sandbox. */
export const OWN_ORGANIZATION = 'org_Sandbox';

/** The fields of the objects that the partner organization shares, by type. */
const SHARED_FIELDS: Record<string, JsonObject> = {
	inquiry: {
		'name-first': 'Jane',
		'name-last': 'Doe',
		birthdate: '1994-04-12',
		'address-street-1': '123 Main St',
		'address-postal-code': '94111',
	},
	account: { name_first: 'Jane', name_last: 'Doe', email_address: 'jane.doe@example.com' },
};

/** Runs a task of the partner organization, which takes `reportSeconds`. */
export const scheduleForPartner = (state: SandboxState, run: () => void) =>
	state.schedule(state.settings.reportSeconds * 1000, run);

/** The attributes of a connection from one organization to another. */
export const buildConnectionAttributes = (
	sourceId: string,
	destinationId: string,
	status: string,
): JsonObject => ({
	status,
	'source-organization-id': sourceId,
	'destination-organization-id': destinationId,
	'created-at': getTimestamp(),
	'updated-at': getTimestamp(),
});

/** Changes the status of a connection or of a share token. */
export const changeStatus = (object: StoredObject, status: string, changes: JsonObject = {}) =>
	Object.assign(object.attributes, { status, 'updated-at': getTimestamp(), ...changes });

/** Asks the partner organization for consent, which it always gives. */
export function requestConsent(state: SandboxState, connection: StoredObject) {
	changeStatus(connection, 'pending');
	scheduleForPartner(state, () => {
		if (connection.attributes.status === 'pending') changeStatus(connection, 'active');
	});
}

/** Creates a share token, which expires unless it is redeemed before. */
export function createShareToken(
	state: SandboxState,
	direction: 'inbound' | 'outbound',
	lifetimeSeconds: number,
	relationships: StoredObject['relationships'],
): StoredObject {
	const token = state.createObject(
		'connect/share-token',
		'cnst',
		{
			status: 'created',
			direction,
			'created-at': getTimestamp(),
			'updated-at': getTimestamp(),
			'pending-at': null,
			'redeemed-at': null,
			'expires-at': new Date(Date.now() + lifetimeSeconds * 1000).toISOString(),
			'failed-at': null,
			'failure-reason': null,
			'redeem-mode': null,
		},
		relationships,
	);
	state.schedule(lifetimeSeconds * 1000, () => {
		if (token.attributes.status === 'created') changeStatus(token, 'expired');
	});
	return token;
}

/** Adds the partner organization, which shares an inquiry and an account. */
export function seedPartnerOrganization(state: SandboxState) {
	state.store.add({
		type: 'connect/connection',
		id: fixtures.connection,
		attributes: buildConnectionAttributes(fixtures.partnerOrganization, OWN_ORGANIZATION, 'active'),
	});
	for (const type of Object.keys(SHARED_FIELDS)) receiveShareToken(state, type);
}

/** The partner organization shares another object of this type. */
export function receiveShareToken(state: SandboxState, type: string): StoredObject {
	const token = createShareToken(state, 'inbound', DEFAULT_SHARE_TOKEN_SECONDS, {
		connection: toOne({ type: 'connect/connection', id: fixtures.connection }),
		destination: toOne(null),
	});
	state.getPrivateState(token).sharedObject = {
		type,
		id: createId(type === 'account' ? 'act' : 'inq'),
		attributes: { status: 'completed', fields: SHARED_FIELDS[type] },
	};
	return token;
}

/** What can be peeked at before a token is redeemed: which fields have values, but not the values. */
export function getSourceData(state: SandboxState, token: StoredObject): JsonObject | undefined {
	const source = state.getPrivateState(token).sharedObject;
	if (!source) return undefined;
	const { status, fields } = source.attributes;
	const toPresence = (value: Json) => ({ visibility: 'presence', value: value !== null });
	const presences = Object.entries(fields as JsonObject).map(([name, value]) => [
		name,
		toPresence(value),
	]);
	return {
		type: `connect/source-data/${source.type}`,
		id: source.id,
		'peekable-attributes': {
			...(source.type === 'inquiry' && { status: { visibility: 'full', value: status } }),
			fields: Object.fromEntries(presences) as JsonObject,
		},
	};
}
