import { requireTagCapacity, setTags } from '../domain/shared/tags.mts';
import {
	createTransaction,
	findTransactionByReference,
	labelTransaction,
	redactBiometrics,
	redactTransaction,
	setTransactionFields,
} from '../domain/transactions/transaction.mts';
import { anyObject, defineBody, defineObject, text, textList } from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getReferenced, getTarget, matchesFilter } from '../http/lookup.mts';
import { BadRequestError, ConflictError } from '../state/errors.mts';
import type { Json, JsonObject } from '../state/json.mts';
import { getRelatedId } from '../state/relationships.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { getTimestamp } from '../state/timestamp.mts';
import { changeRelation } from './relations.mts';
import { buildAttachmentEndpoints } from './attachedObjects.mts';
import { buildTagEndpoints } from './tagEndpoints.mts';

// Persona accepts `include` everywhere, but these are the only responses that have `included`.
const labelInclude = ['transaction-label'];
const include = ['related-objects', 'reviewer', 'transaction-label', 'transaction-type'];

const write = { permission: 'txn.write', include: [] };
const read = { permission: 'txn.read' };

const relationBody = defineBody({
	'meta*': defineObject({ 'relation-schema-key*': text, 'target-object-id*': text }),
});

/** Everything under `/transactions`. */
export const transactions: Endpoint[] = [
	{
		...write,
		route: 'POST /transactions',
		quota: 'create_transaction',
		body: defineBody({
			data: defineObject({
				attributes: defineObject({
					'transaction-type-id': text,
					fields: anyObject,
					'reference-id': text,
					tags: { type: ['array', 'null'], items: text },
				}),
			}),
			meta: defineObject({}),
		}),
		handle: handleCreate,
	},
	{
		...read,
		route: 'GET /transactions',
		paged: true,
		filter: ['reference-id', 'transaction-type-id', 'identifier.key', 'identifier.value'],
		handle: ({ filter }) => {
			if ((filter['identifier.key'] === undefined) !== (filter['identifier.value'] === undefined)) {
				throw new BadRequestError('filter.identifier must have a key and a value');
			}
			return {
				collection: {
					family: 'transaction',
					isListed: (transaction) => matchesFilters(transaction, filter),
				},
			};
		},
	},
	{
		...read,
		include,
		route: 'GET /transactions/:id',
		handle: (request) => ({ object: getTarget(request, 'transaction') }),
	},
	{
		...write,
		include: labelInclude,
		route: 'PATCH /transactions/:id',
		body: defineBody({
			data: defineObject({
				attributes: defineObject({
					fields: anyObject,
					status: text,
					'reference-id': text,
					label: text,
					tags: textList,
				}),
			}),
		}),
		handle: handleUpdate,
	},
	{
		...write,
		route: 'DELETE /transactions/:id',
		handle: (request) =>
			changeTransaction(request, (transaction) => redactTransaction(request.state, transaction)),
	},
	{
		...write,
		route: 'POST /transactions/:id/redact-biometrics',
		handle: (request) =>
			changeTransaction(request, (transaction) => redactBiometrics(request.state, transaction)),
	},
	{
		...write,
		include: labelInclude,
		route: 'POST /transactions/:id/label',
		body: defineBody({
			meta: defineObject({ label: text, score: { type: 'number' }, 'model-version': text }),
		}),
		handle: (request) =>
			changeTransaction(request, (transaction) => {
				const { label, 'model-version': modelVersion } = request.meta;
				if (label === undefined) throw new BadRequestError('meta.label is missing');
				labelTransaction(request.state, transaction, label, modelVersion);
			}),
	},
	...buildAttachmentEndpoints('transaction', write),
	{
		...write,
		route: 'POST /transactions/:id/add-relation',
		body: relationBody,
		handle: (request) => changeRelation(request, 'transaction', 'added'),
	},
	{
		...write,
		route: 'POST /transactions/:id/remove-relation',
		body: relationBody,
		handle: (request) => changeRelation(request, 'transaction', 'removed'),
	},
	...buildTagEndpoints('/transactions', 'transaction', write),
];

function changeTransaction(request: ApiRequest, change: (transaction: StoredObject) => void) {
	const transaction = getTarget(request, 'transaction');
	change(transaction);
	return { object: transaction };
}

function handleCreate(request: ApiRequest) {
	const { state, attributes } = request;
	const { fields, tags, 'reference-id': referenceId, 'transaction-type-id': typeId } = attributes;
	if (typeId === undefined) {
		throw new BadRequestError('data.attributes.transaction_type_id is missing');
	}
	const type = getReferenced(
		request,
		'transaction-type',
		typeId,
		'data.attributes.transaction_type_id',
	);
	requireTagCapacity(state, (tags ?? []) as string[]);
	const existing = findTransactionByReference(state, referenceId);
	if (existing) return { object: existing, status: 200 };
	const transaction = createTransaction(state, type, (fields ?? {}) as JsonObject, referenceId);
	if (tags) setTags(state, transaction, tags as string[]);
	state.emitEvent('transaction.created', transaction);
	return { object: transaction, status: 201 };
}

function handleUpdate(request: ApiRequest) {
	const { state, attributes } = request;
	const { fields, label, status, tags, 'reference-id': referenceId } = attributes;
	const transaction = getTarget(request, 'transaction');
	const owner = findTransactionByReference(state, referenceId);
	if (owner && owner !== transaction) {
		throw new ConflictError('Transaction with this reference ID already exists');
	}
	const statusBefore = transaction.attributes.status;
	if (fields) setTransactionFields(state, transaction, fields as JsonObject);
	Object.assign(transaction.attributes, {
		...(status !== undefined && { status }),
		...(referenceId !== undefined && { 'reference-id': referenceId }),
		'updated-at': getTimestamp(),
	});
	if (tags) setTags(state, transaction, tags as string[]);
	if (fields) state.emitEvent('transaction.updated-fields', transaction);
	if (transaction.attributes.status !== statusBefore) {
		state.emitEvent('transaction.status-updated', transaction);
	}
	if (label !== undefined) labelTransaction(state, transaction, label);
	return { object: transaction };
}

/** Whether a transaction matches the filters of the list. */
function matchesFilters(transaction: StoredObject, filter: Record<string, string>): boolean {
	const { attributes } = transaction;
	const fields = attributes.fields as Record<string, { value: Json } | undefined>;
	const key = filter['identifier.key'];
	return (
		matchesFilter(filter['reference-id'], attributes['reference-id']) &&
		matchesFilter(filter['transaction-type-id'], getRelatedId(transaction, 'transaction-type')) &&
		(key === undefined || String(fields[key]?.value) === filter['identifier.value'])
	);
}
