import { FLAT_ATTRIBUTES, setAccountFields } from '../domain/accounts/account.mts';
import { changeStatus, receiveShareToken, scheduleForPartner } from '../domain/connect/sharing.mts';
import { completeInquiry } from '../domain/inquiries/inquiry.mts';
import { inferTypedValue, toTypedValues } from '../domain/shared/fields.mts';
import type { ApiRequest } from '../http/endpoint.mts';
import { fixtures } from '../state/fixtures.mts';
import { inflect } from '../state/inflection.mts';
import type { JsonObject } from '../state/json.mts';
import { toOne } from '../state/relationships.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { getTimestamp } from '../state/timestamp.mts';
import { createInquiry } from './inquiryCreation.mts';

/** Maps a field of the source to a field with another name. */
export interface FieldMapping {
	'source-field-name': string;
	'destination-field-name': string;
}

/**
 * Redeems a share token: the shared data goes into the destination, or else into a new inquiry. Afterwards
 * the partner organization shares another object.
 */
export function redeemShareToken(
	request: ApiRequest,
	token: StoredObject,
	mappings: FieldMapping[],
	destination?: StoredObject,
) {
	const { state } = request;
	const source = state.getPrivateState(token).sharedObject as StoredObject;
	const mode = destination ? 'hydrate' : 'clone';
	changeStatus(token, 'pending', { 'pending-at': getTimestamp(), 'redeem-mode': mode });
	if (destination) setDestination(token, destination);
	scheduleForPartner(state, () => {
		try {
			if (destination) hydrateObject(state, destination, source, mappings);
			else setDestination(token, cloneInquiry(request, source));
		} catch {
			changeStatus(token, 'failed', {
				'failed-at': getTimestamp(),
				'failure-reason': 'import_failed',
			});
			return;
		}
		changeStatus(token, 'redeemed', { 'redeemed-at': getTimestamp() });
		state.emitEvent('connect/share-token.inbound-redeemed', token);
		state.emitEvent('connect/share-token.inbound-created', receiveShareToken(state, source.type));
	});
}

const setDestination = (token: StoredObject, destination: StoredObject) =>
	Object.assign(token.relationships ?? {}, { destination: toOne(destination) });

/** Creates a completed inquiry from the one of another organization. */
function cloneInquiry(request: ApiRequest, source: StoredObject): StoredObject {
	const attributes = {
		'inquiry-template-id': fixtures.inquiryTemplate,
		fields: source.attributes.fields,
	};
	const { object: inquiry } = createInquiry({
		...request,
		attributes,
		meta: { 'auto-create-account': false },
	});
	completeInquiry(request.state, inquiry);
	return inquiry;
}

/** Copies the fields of the source into an object, by name or mapping. */
function hydrateObject(
	state: SandboxState,
	destination: StoredObject,
	source: StoredObject,
	mappings: FieldMapping[],
) {
	const values: JsonObject = {};
	for (const [name, value] of Object.entries(source.attributes.fields as JsonObject)) {
		const mapping = mappings.find((each) => each['source-field-name'] === name);
		if (hasField(destination, name)) values[name] = value;
		else if (mapping) values[mapping['destination-field-name']] = value;
	}
	if (destination.type === 'account') return setAccountFields(destination, {}, values);
	const typedValues =
		destination.type === 'inquiry' ? toTypedValues(state, values) : inferTypedValues(values);
	const fields = { ...(destination.attributes.fields as JsonObject), ...typedValues };
	return Object.assign(destination.attributes, { fields, 'updated-at': getTimestamp() });
}

const hasField = ({ type, attributes }: StoredObject, name: string) =>
	name in (attributes.fields as JsonObject) ||
	(type === 'account' && FLAT_ATTRIBUTES.includes(inflect(name, 'kebab')));

const inferTypedValues = (values: JsonObject): JsonObject =>
	Object.fromEntries(Object.entries(values).map(([name, value]) => [name, inferTypedValue(value)]));
