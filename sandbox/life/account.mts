import { fixtures } from '../seeds.mts';
import { one } from '../server/answer.mts';
import type { Call } from '../server/endpoint.mts';
import { named } from '../server/find.mts';
import { inflect } from '../server/inflection.mts';
import { conflict, invalid, malformed } from '../server/problem.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { typedByForm } from './fields.mts';

const textField = (value: Json = null): JsonObject => ({ type: 'string', value });

/** The attributes that may be sent flat, and where they stand in `fields`. */
const places: Record<string, string[]> = {
	'name-first': ['name', 'first'],
	'name-middle': ['name', 'middle'],
	'name-last': ['name', 'last'],
	'address-street-1': ['address', 'street_1'],
	'address-street-2': ['address', 'street_2'],
	'address-city': ['address', 'city'],
	'address-subdivision': ['address', 'subdivision'],
	'address-postal-code': ['address', 'postal_code'],
	'address-country-code': ['address', 'country_code'],
	'country-code': ['address', 'country_code'],
	birthdate: ['birthdate'],
	'phone-number': ['phone_number'],
	'email-address': ['email_address'],
};

/** The names of the flat attributes of an account. */
export const flatNames = Object.keys(places).filter((name) => name !== 'address-country-code');

const emptyFields = (): JsonObject => ({
	name: { type: 'hash', value: { first: textField(), middle: textField(), last: textField() } },
	address: {
		type: 'hash',
		value: {
			street_1: textField(),
			street_2: textField(),
			subdivision: textField(),
			city: textField(),
			postal_code: textField(),
			country_code: textField(),
		},
	},
	identification_numbers: { type: 'array', value: [] },
	birthdate: { type: 'date', value: null },
	phone_number: textField(),
	email_address: textField(),
	selfie_photo: { type: 'file', value: null },
});

/** A new account. */
export function newAccount(
	world: World,
	referenceId: Json = null,
	type?: StoredObject,
): StoredObject {
	const accountType = type ?? world.store.find({ type: 'account-type', id: fixtures.accountType });
	const account = world.create(
		'account',
		'act',
		{
			'reference-id': referenceId,
			'account-type-name': accountType?.attributes.name ?? 'User',
			'account-status': 'Default',
			'created-at': now(),
			'updated-at': now(),
			'redacted-at': null,
			tags: [],
			fields: emptyFields(),
		},
		{ 'account-type': one(accountType) },
	);
	return account;
}

/** The account with this reference ID, if it is in use. */
export const accountByReference = (world: World, referenceId: Json | undefined) =>
	typeof referenceId === 'string'
		? world.store
				.getCollection('account')
				.findAll(
					(each) => each.attributes['reference-id'] === referenceId && !world.about(each).archived,
				)[0]
		: undefined;

/** Writes flat attributes and raw `fields` into the account's typed fields. */
export function fillAccount(account: StoredObject, flat: JsonObject, raw: JsonObject = {}) {
	const fields = account.attributes.fields as Record<string, JsonObject>;
	const put = (place: string[], value: Json) => {
		const [first, second] = place;
		if (value !== null && typeof value === 'object') throw wrong(place.join('_'));
		if (second === undefined) fields[first] = { ...fields[first], value };
		else (fields[first].value as Record<string, JsonObject>)[second] = textField(value);
	};
	for (const name of Object.keys(places)) {
		if (flat[name] !== undefined) put(places[name], flat[name]);
	}
	const number = flat['social-security-number'];
	if (number !== undefined) fields.identification_numbers = { type: 'array', value: [ssn(number)] };
	for (const [name, value] of Object.entries(raw)) {
		const place = places[inflect(name, 'kebab')];
		const isHash = name === 'name' || name === 'address';
		if (place) put(place, value);
		else if (isHash) {
			if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrong(name);
			for (const [part, each] of Object.entries(value)) {
				if (!(part in (fields[name].value as JsonObject))) throw wrong(`${name}.${part}`);
				put([name, part], each);
			}
		} else fields[name] = typedByForm(value);
	}
	account.attributes['updated-at'] = now();
}

const wrong = (name: string) =>
	invalid(`fields.${name} is invalid`, `/data/attributes/fields/${name}`);

const ssn = (number: Json): JsonObject => ({
	type: 'hash',
	value: {
		identification_class: textField('ssn'),
		identification_number: textField(number),
		issuing_country: textField('US'),
	},
});

/** A field's value, wherever the name finds it: `birthdate`, `name.first` or `name_first`. */
export function accountValue(account: StoredObject, name: string): Json | undefined {
	const fields = account.attributes.fields as Record<string, { value: Json }> | undefined;
	const place = places[inflect(name, 'kebab')] ?? name.split('.');
	let value: Json | undefined = fields?.[place[0]]?.value;
	for (const part of place.slice(1)) {
		const members = (value ?? {}) as Record<string, { value: Json }>;
		value = members[part]?.value;
	}
	return value;
}

/** The account a new inquiry or report belongs to: named, found by reference ID, or made. */
export function accountFor(call: Call, accountId: Json = null, referenceId: Json = null) {
	const { world, meta } = call;
	const {
		'auto-create-account': wanted = true,
		'auto-create-account-reference-id': autoReference,
		'auto-create-account-type-id': typeId,
	} = meta;
	if (wanted === false && (autoReference !== undefined || typeId !== undefined)) {
		throw malformed('meta.auto_create_account is false, so nothing can be said about that account');
	}
	if (accountId !== null) return named(call, 'account', accountId, 'data.attributes.account_id');
	const reference = autoReference ?? referenceId;
	const known = accountByReference(world, reference);
	if (known) return known;
	if (wanted === false) return undefined;
	const path = 'meta.auto_create_account_type_id';
	const type = typeId === undefined ? undefined : named(call, 'account-type', typeId, path);
	const account = newAccount(world, reference, type);
	world.emit('account.created', account);
	return account;
}

/** Refuses a reference ID that another account has. */
export function refuseTaken(world: World, referenceId: Json | undefined, own?: StoredObject) {
	const owner = accountByReference(world, referenceId);
	if (owner && owner !== own) throw conflict('Account with this reference ID already exists');
}
