import { fillAccount, flatNames } from '../life/account.mts';
import { typedByForm, typedValues } from '../life/fields.mts';
import { complete } from '../life/inquiry.mts';
import { become, later, receive } from '../life/sharing.mts';
import { fixtures } from '../seeds.mts';
import { one } from '../server/answer.mts';
import type { Call } from '../server/endpoint.mts';
import { inflect } from '../server/inflection.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { createInquiry } from './inquiryCreation.mts';

/** A field of the destination that is filled from a field of the source with another name. */
export interface Mapping {
	'source-field-name': string;
	'destination-field-name': string;
}

/** Brings the shared data in, a little later; whoever shared it then shares the next object. */
export function redeem(
	call: Call,
	token: StoredObject,
	mappings: Mapping[],
	destination?: StoredObject,
) {
	const { world } = call;
	const source = world.about(token).shared as StoredObject;
	const mode = destination ? 'hydrate' : 'clone';
	become(token, 'pending', { 'pending-at': now(), 'redeem-mode': mode });
	if (destination) relate(token, destination);
	later(world, () => {
		try {
			if (destination) hydrate(world, destination, source, mappings);
			else relate(token, cloned(call, source));
		} catch {
			become(token, 'failed', { 'failed-at': now(), 'failure-reason': 'import_failed' });
			return;
		}
		become(token, 'redeemed', { 'redeemed-at': now() });
		world.emit('connect/share-token.inbound-redeemed', token);
		world.emit('connect/share-token.inbound-created', receive(world, source.type));
	});
}

const relate = (token: StoredObject, destination: StoredObject) =>
	Object.assign(token.relationships ?? {}, { destination: one(destination) });

/** A finished inquiry of the own organization, made from one of another. */
function cloned(call: Call, source: StoredObject): StoredObject {
	const attributes = {
		'inquiry-template-id': fixtures.inquiryTemplate,
		fields: source.attributes.fields,
	};
	const { item } = createInquiry({ ...call, attributes, meta: { 'auto-create-account': false } });
	complete(call.world, item);
	return item;
}

/** Writes the fields of the source into an object: those with the same name, and those mapped. */
function hydrate(
	world: World,
	destination: StoredObject,
	source: StoredObject,
	mappings: Mapping[],
) {
	const values: JsonObject = {};
	for (const [name, value] of Object.entries(source.attributes.fields as JsonObject)) {
		const mapping = mappings.find((each) => each['source-field-name'] === name);
		if (has(destination, name)) values[name] = value;
		else if (mapping) values[mapping['destination-field-name']] = value;
	}
	if (destination.type === 'account') return fillAccount(destination, {}, values);
	const typed = destination.type === 'inquiry' ? typedValues(world, values) : byForm(values);
	const fields = { ...(destination.attributes.fields as JsonObject), ...typed };
	return Object.assign(destination.attributes, { fields, 'updated-at': now() });
}

const has = ({ type, attributes }: StoredObject, name: string) =>
	name in (attributes.fields as JsonObject) ||
	(type === 'account' && flatNames.includes(inflect(name, 'kebab')));

const byForm = (values: JsonObject): JsonObject =>
	Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typedByForm(value)]));
