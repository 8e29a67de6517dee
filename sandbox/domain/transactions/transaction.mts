import { deleteFiles } from '../../files/uploads.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { getRelatedId, toMany, toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { redactInquiry } from '../inquiries/inquiry.mts';
import { redactReport } from '../reports/report.mts';
import { toTemplateFields } from '../shared/fields.mts';
import { isUnderInvestigation, redactVerification } from '../verifications/redactVerification.mts';

const REDACTION_DELAY_MS = 50;

/** Creates a transaction of a type. */
export const createTransaction = (
	state: SandboxState,
	type: StoredObject,
	fields: JsonObject,
	referenceId: Json = null,
): StoredObject =>
	state.createObject(
		'transaction',
		'txn',
		{
			status: 'created',
			'reference-id': referenceId,
			fields: toTemplateFields(state, type, fields),
			tags: [],
			'created-at': getTimestamp(),
			'updated-at': getTimestamp(),
		},
		{
			reviewer: toOne(null),
			'transaction-label': toOne(null),
			'transaction-type': toOne(type),
			'related-objects': toMany([]),
		},
	);

/** The transaction with this reference ID. */
export const findTransactionByReference = (state: SandboxState, referenceId: Json | undefined) =>
	typeof referenceId === 'string'
		? state.store
				.getCollection('transaction')
				.findAll(({ attributes }) => attributes['reference-id'] === referenceId)[0]
		: undefined;

/** Sets custom fields of the transaction. */
export function setTransactionFields(
	state: SandboxState,
	transaction: StoredObject,
	values: JsonObject,
) {
	const [type] = state.store.getRelated(transaction, 'transaction-type');
	const fields = toTemplateFields(state, type, values);
	transaction.attributes.fields = { ...(transaction.attributes.fields as JsonObject), ...fields };
	transaction.attributes['updated-at'] = getTimestamp();
}

/** Labels the transaction, replacing an earlier label. */
export function labelTransaction(
	state: SandboxState,
	transaction: StoredObject,
	label: Json,
	modelVersion: Json = null,
) {
	const transactionLabel = state.createObject('transaction-label', 'txnl', {
		'model-label': label,
		'model-version': modelVersion,
		'created-at': getTimestamp(),
		'updated-at': getTimestamp(),
	});
	transaction.relationships = {
		...transaction.relationships,
		'transaction-label': toOne(transactionLabel),
	};
	transaction.attributes['updated-at'] = getTimestamp();
	state.emitEvent('transaction.labeled', transaction);
}

/** Redacts the fields of the transaction. Related inquiries, reports and verifications follow a moment later. */
export function redactTransaction(state: SandboxState, transaction: StoredObject) {
	redactFields(state, transaction.attributes.fields as JsonObject, /^/);
	transaction.attributes['updated-at'] = getTimestamp();
	const redactors: Record<string, (each: StoredObject) => void> = {
		inquiry: (each) => redactInquiry(state, each),
		report: (each) => redactReport(state, each),
		verification: (each) => redactVerification(state, each),
	};
	state.schedule(REDACTION_DELAY_MS, () => {
		for (const [family, redact] of Object.entries(redactors)) {
			const related = state.store
				.getCollection(family)
				.findAll(
					(each) =>
						getRelatedId(each, 'transaction') === transaction.id && !each.attributes['redacted-at'],
				)
				.filter((each) => !isUnderInvestigation(state, each));
			related.forEach(redact);
		}
		state.emitEvent('transaction.redacted', transaction);
	});
}

/** Redacts photos and videos of people in the transaction and in its related objects. */
export function redactBiometrics(state: SandboxState, transaction: StoredObject) {
	for (const { attributes } of [
		transaction,
		...state.store.getRelated(transaction, 'related-objects'),
	]) {
		redactFields(state, attributes.fields as JsonObject, /photo|selfie|video/);
	}
	transaction.attributes['updated-at'] = getTimestamp();
}

/** Clears the fields whose names match, and deletes their files. */
function redactFields(state: SandboxState, fields: JsonObject, names: RegExp) {
	for (const [name, field] of Object.entries(fields)) {
		if (!names.test(name)) continue;
		deleteFiles(state, field);
		fields[name] = { ...(field as JsonObject), value: null };
	}
}
