import { deleteFiles } from '../files/uploads.mts';
import { many, one } from '../server/answer.mts';
import { relatedId } from '../server/find.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { ownFields } from './fields.mts';
import { redact as redactInquiry } from './inquiry.mts';
import { redactReport } from './report.mts';
import { isUnderInvestigation, redactVerification } from './redaction.mts';

/** A new transaction of a type. */
export const newTransaction = (
	world: World,
	type: StoredObject,
	given: JsonObject,
	referenceId: Json = null,
): StoredObject =>
	world.create(
		'transaction',
		'txn',
		{
			status: 'created',
			'reference-id': referenceId,
			fields: ownFields(world, type, given),
			tags: [],
			'created-at': now(),
			'updated-at': now(),
		},
		{
			reviewer: one(null),
			'transaction-label': one(null),
			'transaction-type': one(type),
			'related-objects': many([]),
		},
	);

/** The transaction with this reference ID. */
export const transactionByReference = (world: World, referenceId: Json | undefined) =>
	typeof referenceId === 'string'
		? world.store
				.getCollection('transaction')
				.findAll(({ attributes }) => attributes['reference-id'] === referenceId)[0]
		: undefined;

/** Writes values of the customer's own into the fields of the transaction. */
export function fillTransaction(world: World, thing: StoredObject, given: JsonObject) {
	const [type] = world.store.getRelated(thing, 'transaction-type');
	const fields = ownFields(world, type, given);
	thing.attributes.fields = { ...(thing.attributes.fields as JsonObject), ...fields };
	thing.attributes['updated-at'] = now();
}

/** Says what the transaction turned out to be, in place of what was said before. */
export function label(world: World, thing: StoredObject, name: Json, version: Json = null) {
	const own = world.create('transaction-label', 'txnl', {
		'model-label': name,
		'model-version': version,
		'created-at': now(),
		'updated-at': now(),
	});
	thing.relationships = { ...thing.relationships, 'transaction-label': one(own) };
	thing.attributes['updated-at'] = now();
	world.emit('transaction.labeled', thing);
}

/** Wipes the personal data of the transaction; what was made for it follows a little later. */
export function redactTransaction(world: World, thing: StoredObject) {
	wipe(world, thing.attributes.fields as JsonObject, /^/);
	thing.attributes['updated-at'] = now();
	const redactors: Record<string, (each: StoredObject) => void> = {
		inquiry: (each) => redactInquiry(world, each),
		report: (each) => redactReport(world, each),
		verification: (each) => redactVerification(world, each),
	};
	world.after(50, () => {
		for (const [family, redact] of Object.entries(redactors)) {
			const own = world.store
				.getCollection(family)
				.findAll(
					(each) => relatedId(each, 'transaction') === thing.id && !each.attributes['redacted-at'],
				)
				.filter((each) => !isUnderInvestigation(world, each));
			own.forEach(redact);
		}
		world.emit('transaction.redacted', thing);
	});
}

/** Wipes the pictures of people from the transaction and from what it is related to. */
export function redactBiometrics(world: World, thing: StoredObject) {
	for (const { attributes } of [thing, ...world.store.getRelated(thing, 'related-objects')]) {
		wipe(world, attributes.fields as JsonObject, /photo|selfie|video/);
	}
	thing.attributes['updated-at'] = now();
}

/** Empties the fields with such names, and takes their files away. */
function wipe(world: World, fields: JsonObject, names: RegExp) {
	for (const [name, field] of Object.entries(fields)) {
		if (!names.test(name)) continue;
		deleteFiles(world, field);
		fields[name] = { ...(field as JsonObject), value: null };
	}
}
