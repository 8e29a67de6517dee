import {
	fillTransaction,
	label,
	newTransaction,
	redactBiometrics,
	redactTransaction,
	transactionByReference,
} from '../life/transaction.mts';
import { setTags } from '../life/tags.mts';
import { anyMap, body, object, text, words } from '../server/body.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found, named, passes, relatedId } from '../server/find.mts';
import { conflict, malformed } from '../server/problem.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import { now } from '../world.mts';
import { relate } from './relating.mts';
import { tagging } from './tagging.mts';

// Persona takes `include` everywhere, but its answers have room for included objects in these alone.
const labels = ['transaction-label'];
const include = ['related-objects', 'reviewer', 'transaction-label', 'transaction-type'];

const write = { permission: 'txn.write', include: [] };
const read = { permission: 'txn.read' };

const relation = body({
	'meta*': object({ 'relation-schema-key*': text, 'target-object-id*': text }),
});

/** Everything under `/transactions`. */
export const transactions: Endpoint[] = [
	{
		...write,
		route: 'POST /transactions',
		quota: 'transactions',
		body: body({
			data: object({
				attributes: object({
					'transaction-type-id': text,
					fields: anyMap,
					'reference-id': text,
					tags: { type: ['array', 'null'], items: text },
				}),
			}),
			meta: object({}),
		}),
		handle: create,
	},
	{
		...read,
		route: 'GET /transactions',
		paged: true,
		filter: ['reference-id', 'transaction-type-id', 'identifier.key', 'identifier.value'],
		handle: ({ filter }) => {
			if ((filter['identifier.key'] === undefined) !== (filter['identifier.value'] === undefined)) {
				throw malformed('filter.identifier must have a key and a value');
			}
			return { list: { family: 'transaction', keep: (thing) => matches(thing, filter) } };
		},
	},
	{
		...read,
		include,
		route: 'GET /transactions/:id',
		handle: (call) => ({ item: found(call, 'transaction') }),
	},
	{
		...write,
		include: labels,
		route: 'PATCH /transactions/:id',
		body: body({
			data: object({
				attributes: object({
					fields: anyMap,
					status: text,
					'reference-id': text,
					label: text,
					tags: words,
				}),
			}),
		}),
		handle: update,
	},
	{
		...write,
		route: 'DELETE /transactions/:id',
		handle: (call) => act(call, (thing) => redactTransaction(call.world, thing)),
	},
	{
		...write,
		route: 'POST /transactions/:id/redact-biometrics',
		handle: (call) => act(call, (thing) => redactBiometrics(call.world, thing)),
	},
	{
		...write,
		include: labels,
		route: 'POST /transactions/:id/label',
		body: body({
			meta: object({ label: text, score: { type: 'number' }, 'model-version': text }),
		}),
		handle: (call) =>
			act(call, (thing) => {
				const { label: name, 'model-version': version } = call.meta;
				if (name === undefined) throw malformed('meta.label is missing');
				label(call.world, thing, name, version);
			}),
	},
	{
		...write,
		route: 'POST /transactions/:id/add-relation',
		body: relation,
		handle: (call) => relate(call, 'transaction', 'added'),
	},
	{
		...write,
		route: 'POST /transactions/:id/remove-relation',
		body: relation,
		handle: (call) => relate(call, 'transaction', 'removed'),
	},
	...tagging('/transactions', 'transaction', write),
];

function act(call: Call, change: (thing: StoredObject) => void) {
	const thing = found(call, 'transaction');
	change(thing);
	return { item: thing };
}

function create(call: Call) {
	const { world, attributes } = call;
	const { fields, tags, 'reference-id': referenceId, 'transaction-type-id': typeId } = attributes;
	if (typeId === undefined) throw malformed('data.attributes.transaction_type_id is missing');
	const type = named(call, 'transaction-type', typeId, 'data.attributes.transaction_type_id');
	const known = transactionByReference(world, referenceId);
	if (known) return { item: known, status: 200 };
	const thing = newTransaction(world, type, (fields ?? {}) as JsonObject, referenceId);
	if (tags) setTags(world, thing, tags as string[]);
	world.emit('transaction.created', thing);
	return { item: thing, status: 201 };
}

function update(call: Call) {
	const { world, attributes } = call;
	const { fields, label: name, status, tags, 'reference-id': referenceId } = attributes;
	const thing = found(call, 'transaction');
	const owner = transactionByReference(world, referenceId);
	if (owner && owner !== thing) {
		throw conflict('Transaction with this reference ID already exists');
	}
	const before = thing.attributes.status;
	if (fields) fillTransaction(world, thing, fields as JsonObject);
	Object.assign(thing.attributes, {
		...(status !== undefined && { status }),
		...(referenceId !== undefined && { 'reference-id': referenceId }),
		'updated-at': now(),
	});
	if (tags) setTags(world, thing, tags as string[]);
	if (fields) world.emit('transaction.updated-fields', thing);
	if (thing.attributes.status !== before) world.emit('transaction.status-updated', thing);
	if (name !== undefined) label(world, thing, name);
	return { item: thing };
}

/** Whether the transaction is in the list that the filters describe. */
function matches(thing: StoredObject, filter: Record<string, string>): boolean {
	const { attributes } = thing;
	const fields = attributes.fields as Record<string, { value: Json } | undefined>;
	const key = filter['identifier.key'];
	return (
		passes(filter['reference-id'], attributes['reference-id']) &&
		passes(filter['transaction-type-id'], relatedId(thing, 'transaction-type')) &&
		(key === undefined || String(fields[key]?.value) === filter['identifier.value'])
	);
}
