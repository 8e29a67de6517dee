import { fileObject } from '../files/fileLinks.mts';
import { randomText } from '../ids.mts';
import {
	accountByReference,
	accountValue,
	fillAccount,
	flatNames,
	newAccount,
	refuseTaken,
} from '../life/account.mts';
import { redact as redactInquiry, refuseRedacted } from '../life/inquiry.mts';
import { redactReport } from '../life/report.mts';
import { setTags } from '../life/tags.mts';
import { anyMap, body, date, object, type Schema, text, textOrNull } from '../server/body.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found, named, passes, relatedId } from '../server/find.mts';
import { inflect } from '../server/inflection.mts';
import { malformed } from '../server/problem.mts';
import { searchBody, searched } from '../server/search.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { consolidate, relations, runAction } from './accountActions.mts';
import { relate } from './relating.mts';
import { tagging } from './tagging.mts';

const include = ['account-type'];
const write = { permission: 'account.write', include };
const read = { permission: 'account.read' };

const photo = object({
	data: { ...object({ data: text, filename: text }), type: ['object', 'null'] },
});
const members: Record<string, Schema> = {
	'reference-id': text,
	'account-status': text,
	'selfie-photo': photo,
	tags: { type: ['array', 'null'], items: text },
	'social-security-number': text,
	fields: anyMap,
	...Object.fromEntries(flatNames.map((name) => [name, text])),
	birthdate: date,
};
const relation = body({
	'meta*': object({ 'relation-schema-key*': text, 'target-object-id*': text }),
});

/** Everything under `/accounts`. */
export const accounts: Endpoint[] = [
	{
		...write,
		route: 'POST /accounts',
		quota: 'accounts',
		body: body({
			data: object({ attributes: object({ ...members, 'account-type-id': text }) }),
			meta: object({ 'upsert-by': textOrNull }),
		}),
		handle: create,
	},
	{
		...read,
		route: 'GET /accounts',
		paged: true,
		filter: ['reference-id'],
		handle: ({ world, filter }) => ({
			list: {
				family: 'account',
				keep: (account) =>
					!world.about(account).archived &&
					passes(filter['reference-id'], account.attributes['reference-id']),
			},
		}),
	},
	{
		...read,
		route: 'POST /accounts/search',
		paged: true,
		body: searchBody,
		handle: (call) => ({ rows: searched(call, 'account', searchable) }),
	},
	{
		...read,
		route: 'GET /accounts/:id',
		include,
		handle: (call) => ({ item: found(call, 'account') }),
	},
	{
		...write,
		route: 'PATCH /accounts/:id',
		body: body({ data: object({ attributes: object(members) }) }),
		handle: (call) => {
			const account = found(call, 'account');
			refuseTaken(call.world, call.attributes['reference-id'], account);
			change(call, account);
			return { item: account };
		},
	},
	{ ...write, route: 'DELETE /accounts/:id', handle: redact },
	{
		...write,
		route: 'POST /accounts/:id/add-relation',
		body: relation,
		handle: (call) => relate(call, 'account', 'added'),
	},
	{
		...write,
		route: 'POST /accounts/:id/remove-relation',
		body: relation,
		handle: (call) => relate(call, 'account', 'removed'),
	},
	{
		...read,
		route: 'GET /accounts/:id/relations',
		include,
		filter: ['key*', 'created-at-start', 'created-at-end'],
		handle: relations,
	},
	{
		...write,
		route: 'POST /accounts/:id/consolidate',
		body: body({ 'meta*': object({ 'source-account-ids*': { type: 'array', items: text } }) }),
		handle: consolidate,
	},
	{
		permission: 'account.write',
		noFields: true,
		route: 'POST /accounts/:id/run-action',
		body: body({
			'data*': object({
				'account-action-id*': { type: 'string', pattern: '^accac_[a-zA-Z0-9]{24,28}$' },
				parameters: anyMap,
			}),
		}),
		handle: runAction,
	},
	...tagging('/accounts', 'account', write),
];

function create(call: Call) {
	const { world, attributes } = call;
	const known = upserted(call);
	if (known) {
		change(call, known);
		return { item: known, status: 200 };
	}
	refuseTaken(world, attributes['reference-id']);
	const typeId = attributes['account-type-id'];
	const path = 'data.attributes.account_type_id';
	const type = typeId === undefined ? undefined : named(call, 'account-type', typeId, path);
	const account = newAccount(world, attributes['reference-id'] ?? null, type);
	fill(call, account);
	world.emit('account.created', account);
	if (attributes.tags) setTags(world, account, attributes.tags as string[]);
	return { item: account, status: 201 };
}

/** The account that an upsert means, if there is one. */
function upserted({ world, attributes, meta }: Call): StoredObject | undefined {
	const by = meta['upsert-by'];
	if (typeof by !== 'string') return undefined;
	const name = inflect(by, 'kebab');
	if (name === 'reference-id') return accountByReference(world, attributes['reference-id']);
	const fields = (attributes.fields ?? {}) as JsonObject;
	const wanted = attributes[name] ?? fields[by] ?? fields[inflect(by, 'snake')];
	if (wanted === undefined) throw malformed(`meta.upsert_by names ${by}, which is missing`);
	return world.store
		.getCollection('account')
		.findAll((each) => !world.about(each).archived && accountValue(each, by) === wanted)[0];
}

function fill({ world, attributes }: Call, account: StoredObject) {
	const { fields, 'selfie-photo': selfie, 'account-status': status } = attributes;
	fillAccount(account, attributes, (fields ?? {}) as JsonObject);
	if (selfie !== undefined) setSelfie(world, account, selfie as JsonObject);
	const reference = attributes['reference-id'];
	if (reference !== undefined) account.attributes['reference-id'] = reference;
	if (status !== undefined) account.attributes['account-status'] = status;
}

/** Fills an account that is there already, and says so. */
function change(call: Call, account: StoredObject) {
	const { world, attributes } = call;
	const before = account.attributes['account-status'];
	fill(call, account);
	world.emit('account.updated-fields', account);
	if (account.attributes['account-status'] !== before) {
		world.emit('account.status-updated', account);
	}
	if (attributes.tags) setTags(world, account, attributes.tags as string[]);
}

function setSelfie(world: World, account: StoredObject, selfie: JsonObject) {
	const { data, filename } = (selfie.data ?? {}) as { data?: string; filename?: string };
	const fields = account.attributes.fields as Record<string, JsonObject>;
	if (data === undefined) {
		fields.selfie_photo = { type: 'file', value: null };
		return;
	}
	const name = `${randomText(12)}-${(filename ?? 'selfie.jpg').replace(/[^\w.-]/g, '_')}`;
	const bytes = Buffer.from(data, 'base64');
	world.files.set(name, { mime: 'image/jpeg', bytes });
	fields.selfie_photo = { type: 'file', value: fileObject(name, bytes.length) };
}

function searchable(account: StoredObject, attribute: string): Json | undefined {
	const { attributes } = account;
	if (attribute === 'type') return attributes['account-type-name'];
	if (attribute === 'status') return attributes['account-status'];
	if (attribute === 'created_at' || attribute === 'updated_at') {
		return attributes[inflect(attribute, 'kebab')];
	}
	const [map, ...name] = attribute.split('.');
	if (name.length === 0 || (map !== 'fields' && map !== 'identifiers')) {
		throw malformed(`query attribute ${attribute} is not supported`);
	}
	if (map === 'identifiers' && name[0] === 'reference_id') return attributes['reference-id'];
	return accountValue(account, name.join('.'));
}

function redact(call: Call) {
	const { world } = call;
	const account = found(call, 'account');
	refuseRedacted(account);
	const owned = (family: string) =>
		world.store
			.getCollection(family)
			.findAll(
				(each) => relatedId(each, 'account') === account.id && !each.attributes['redacted-at'],
			);
	for (const inquiry of owned('inquiry')) redactInquiry(world, inquiry);
	for (const report of owned('report')) redactReport(world, report);
	const empty = newFields(account);
	Object.assign(account.attributes, {
		fields: empty,
		'redacted-at': now(),
		'updated-at': now(),
	});
	world.after(60, () => world.emit('account.redacted', account));
	return { item: account };
}

/** The account's fields with nothing in them; what the customer defined goes altogether. */
function newFields(account: StoredObject): JsonObject {
	const wipe = (field: JsonObject): JsonObject => {
		const { type, value } = field;
		if (type !== 'hash') return { type, value: type === 'array' ? [] : null };
		const parts = Object.entries(value as Record<string, JsonObject>);
		return { type, value: Object.fromEntries(parts.map(([key, each]) => [key, wipe(each)])) };
	};
	const fields = Object.entries(account.attributes.fields as Record<string, JsonObject>);
	return Object.fromEntries(fields.map(([key, field]) => [key, wipe(field)]));
}
