import {
	createAccount,
	findAccountByReference,
	FLAT_ATTRIBUTES,
	getAccountValue,
	requireFreeReference,
	setAccountFields,
} from '../domain/accounts/account.mts';
import { redactInquiry } from '../domain/inquiries/inquiry.mts';
import { redactReport } from '../domain/reports/report.mts';
import { requireNotRedacted } from '../domain/shared/requireNotRedacted.mts';
import { requireTagCapacity, setTags } from '../domain/shared/tags.mts';
import {
	anyObject,
	date,
	defineBody,
	defineObject,
	type JsonSchema,
	text,
	textOrNull,
} from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getReferenced, getTarget, matchesFilter } from '../http/lookup.mts';
import { search, searchBody } from '../http/search.mts';
import { BadRequestError } from '../state/errors.mts';
import { toFileObject } from '../state/fileLinks.mts';
import { fixtures } from '../state/fixtures.mts';
import { createRandomText } from '../state/ids.mts';
import { inflect } from '../state/inflection.mts';
import type { Json, JsonObject } from '../state/json.mts';
import { getRelatedId } from '../state/relationships.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { getTimestamp } from '../state/timestamp.mts';
import { consolidateAccounts, listRelations, runAccountAction } from './accountActions.mts';
import { changeRelation } from './relations.mts';
import { buildAttachmentEndpoints } from './attachedObjects.mts';
import { buildTagEndpoints } from './tagEndpoints.mts';

/** Long enough for the events of the account's inquiries to come first. */
const REDACTION_DELAY_MS = 60;

const include = ['account-type'];
const write = { permission: 'account.write', include };
const read = { permission: 'account.read' };

const selfiePhoto = defineObject({
	data: { ...defineObject({ data: text, filename: text }), type: ['object', 'null'] },
});
const attributeSchemas: Record<string, JsonSchema> = {
	'reference-id': text,
	'account-status': text,
	'selfie-photo': selfiePhoto,
	tags: { type: ['array', 'null'], items: text },
	'social-security-number': text,
	fields: anyObject,
	...Object.fromEntries(FLAT_ATTRIBUTES.map((name) => [name, text])),
	birthdate: date,
};
const relationBody = defineBody({
	'meta*': defineObject({ 'relation-schema-key*': text, 'target-object-id*': text }),
});

/** Everything under `/accounts`. */
export const accounts: Endpoint[] = [
	{
		...write,
		route: 'POST /accounts',
		body: defineBody({
			data: defineObject({
				attributes: defineObject({ ...attributeSchemas, 'account-type-id': text }),
			}),
			meta: defineObject({ 'upsert-by': textOrNull }),
		}),
		handle: handleCreate,
	},
	{
		...read,
		route: 'GET /accounts',
		paged: true,
		filter: ['reference-id'],
		handle: ({ state, filter }) => ({
			collection: {
				family: 'account',
				isListed: (account) =>
					!state.getPrivateState(account).isArchived &&
					matchesFilter(filter['reference-id'], account.attributes['reference-id']),
			},
		}),
	},
	{
		...read,
		route: 'POST /accounts/search',
		paged: true,
		body: searchBody,
		handle: (request) => ({ reversedObjects: search(request, 'account', readSearchAttribute) }),
	},
	{
		...read,
		route: 'GET /accounts/:id',
		include,
		handle: (request) => ({ object: getTarget(request, 'account') }),
	},
	{
		...write,
		route: 'PATCH /accounts/:id',
		body: defineBody({ data: defineObject({ attributes: defineObject(attributeSchemas) }) }),
		handle: (request) => {
			const account = getTarget(request, 'account');
			requireFreeReference(request.state, request.attributes['reference-id'], account);
			updateAccount(request, account);
			return { object: account };
		},
	},
	{ ...write, route: 'DELETE /accounts/:id', handle: handleRedact },
	...buildAttachmentEndpoints('account', write),
	{
		...write,
		route: 'POST /accounts/:id/add-relation',
		body: relationBody,
		handle: (request) => changeRelation(request, 'account', 'added'),
	},
	{
		...write,
		route: 'POST /accounts/:id/remove-relation',
		body: relationBody,
		handle: (request) => changeRelation(request, 'account', 'removed'),
	},
	{
		...read,
		route: 'GET /accounts/:id/relations',
		include,
		filter: ['key*', 'created-at-start', 'created-at-end'],
		handle: listRelations,
	},
	{
		...write,
		route: 'POST /accounts/:id/consolidate',
		body: defineBody({
			'meta*': defineObject({ 'source-account-ids*': { type: 'array', items: text } }),
		}),
		handle: consolidateAccounts,
	},
	{
		permission: 'account.write',
		noFields: true,
		route: 'POST /accounts/:id/run-action',
		body: defineBody({
			'data*': defineObject({
				'account-action-id*': { type: 'string', pattern: '^accac_[a-zA-Z0-9]{24,28}$' },
				parameters: anyObject,
			}),
		}),
		handle: runAccountAction,
	},
	...buildTagEndpoints('/accounts', 'account', write),
];

function handleCreate(request: ApiRequest) {
	const { state, attributes } = request;
	requireTagCapacity(state, (attributes.tags ?? []) as string[]);
	const typeId = attributes['account-type-id'] ?? fixtures.accountType;
	const path = 'data.attributes.account_type_id';
	const type = getReferenced(request, 'account-type', typeId, path);
	const existing = findUpsertTarget(request, type);
	if (existing) {
		updateAccount(request, existing);
		return { object: existing, status: 200 };
	}
	requireFreeReference(state, attributes['reference-id']);
	const account = createAccount(state, attributes['reference-id'] ?? null, type);
	applyAttributes(request, account);
	state.emitEvent('account.created', account);
	if (attributes.tags) setTags(state, account, attributes.tags as string[]);
	return { object: account, status: 201 };
}

/**
 * The account that an upsert updates, if there is one: of the same type, since the field is unique only
 * among these. Throws where it has no value, or is not unique.
 */
function findUpsertTarget(
	{ state, attributes, meta }: ApiRequest,
	type: StoredObject,
): StoredObject | undefined {
	const by = meta['upsert-by'];
	if (typeof by !== 'string') return undefined;
	const name = inflect(by, 'kebab');
	const fields = (attributes.fields ?? {}) as JsonObject;
	const snake = inflect(by, 'snake');
	const value = attributes[name] ?? fields[name] ?? fields[snake];
	if (value === undefined) {
		throw new BadRequestError(`meta.upsert_by names ${by}, which is missing`);
	}
	if (name === 'reference-id') return findAccountByReference(state, value);
	const [found, ...others] = state.store
		.getCollection('account')
		.findAll(
			(account) =>
				!state.getPrivateState(account).isArchived &&
				getRelatedId(account, 'account-type') === type.id &&
				(getAccountValue(account, snake) ?? getAccountValue(account, name)) === value,
		);
	if (others.length > 0)
		throw new BadRequestError(`meta.upsert_by names ${by}, which is not unique`);
	return found;
}

function applyAttributes({ state, attributes }: ApiRequest, account: StoredObject) {
	const { fields, 'selfie-photo': selfie, 'account-status': status } = attributes;
	setAccountFields(account, attributes, (fields ?? {}) as JsonObject);
	if (selfie !== undefined) setSelfie(state, account, selfie as JsonObject);
	const referenceId = attributes['reference-id'];
	if (referenceId !== undefined) account.attributes['reference-id'] = referenceId;
	if (status !== undefined) account.attributes['account-status'] = status;
}

/** Applies the attributes to an existing account and emits events. */
function updateAccount(request: ApiRequest, account: StoredObject) {
	const { state, attributes } = request;
	const statusBefore = account.attributes['account-status'];
	applyAttributes(request, account);
	state.emitEvent('account.updated-fields', account);
	if (account.attributes['account-status'] !== statusBefore) {
		state.emitEvent('account.status-updated', account);
	}
	if (attributes.tags) setTags(state, account, attributes.tags as string[]);
}

function setSelfie(state: SandboxState, account: StoredObject, selfie: JsonObject) {
	const { data, filename } = (selfie.data ?? {}) as { data?: string; filename?: string };
	const fields = account.attributes.fields as Record<string, JsonObject>;
	if (data === undefined) {
		fields.selfie_photo = { type: 'file', value: null };
		return;
	}
	const name = `${createRandomText(12)}-${(filename ?? 'selfie.jpg').replace(/[^\w.-]/g, '_')}`;
	const bytes = Buffer.from(data, 'base64');
	state.files.set(name, { mimeType: 'image/jpeg', bytes });
	fields.selfie_photo = { type: 'file', value: toFileObject({ name, byteSize: bytes.length }) };
}

function readSearchAttribute(account: StoredObject, attribute: string): Json | undefined {
	const { attributes } = account;
	// By ID: "Account type (e.g., `acttp_ABC123`)", "Account status (e.g., `actst_ABC123`)".
	if (attribute === 'type') return getRelatedId(account, 'account-type');
	if (attribute === 'status')
		return fixtures.getAccountStatus(String(attributes['account-status']));
	if (attribute === 'created_at' || attribute === 'updated_at') {
		return attributes[inflect(attribute, 'kebab')];
	}
	const [map, ...name] = attribute.split('.');
	if (name.length === 0 || (map !== 'fields' && map !== 'identifiers')) {
		throw new BadRequestError(`query attribute ${attribute} is not supported`);
	}
	if (map === 'identifiers' && name[0] === 'reference_id') return attributes['reference-id'];
	return getAccountValue(account, name.join('.'));
}

function handleRedact(request: ApiRequest) {
	const { state } = request;
	const account = getTarget(request, 'account');
	requireNotRedacted(account);
	const findOwned = (family: string) =>
		state.store
			.getCollection(family)
			.findAll(
				(each) => getRelatedId(each, 'account') === account.id && !each.attributes['redacted-at'],
			);
	for (const inquiry of findOwned('inquiry')) redactInquiry(state, inquiry);
	for (const report of findOwned('report')) redactReport(state, report);
	Object.assign(account.attributes, {
		fields: clearFields(account),
		'redacted-at': getTimestamp(),
		'updated-at': getTimestamp(),
	});
	state.schedule(REDACTION_DELAY_MS, () => state.emitEvent('account.redacted', account));
	return { object: account };
}

/** The fields of the account without their values, at every depth. */
function clearFields(account: StoredObject): JsonObject {
	const clearField = (field: JsonObject): JsonObject => {
		const { type, value } = field;
		if (type !== 'hash') return { type, value: type === 'array' ? [] : null };
		const parts = Object.entries(value as Record<string, JsonObject>);
		return { type, value: Object.fromEntries(parts.map(([key, part]) => [key, clearField(part)])) };
	};
	const fields = Object.entries(account.attributes.fields as Record<string, JsonObject>);
	return Object.fromEntries(fields.map(([key, field]) => [key, clearField(field)]));
}
