import { ConflictError, UnprocessableError } from '../../state/errors.mts';
import { fixtures } from '../../state/fixtures.mts';
import { inflect } from '../../state/inflection.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { inferTypedValue } from '../shared/fields.mts';

const toTextField = (value: Json = null): JsonObject => ({ type: 'string', value });

/** The path in `fields` of each attribute that may be sent flat. */
const FIELD_PATHS: Record<string, string[]> = {
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

/** The attributes of an account that may be sent flat. */
export const FLAT_ATTRIBUTES = Object.keys(FIELD_PATHS).filter(
	(name) => name !== 'address-country-code',
);

const createEmptyFields = (): JsonObject => ({
	name: {
		type: 'hash',
		value: { first: toTextField(), middle: toTextField(), last: toTextField() },
	},
	address: {
		type: 'hash',
		value: {
			street_1: toTextField(),
			street_2: toTextField(),
			subdivision: toTextField(),
			city: toTextField(),
			postal_code: toTextField(),
			country_code: toTextField(),
		},
	},
	identification_numbers: { type: 'array', value: [] },
	birthdate: { type: 'date', value: null },
	phone_number: toTextField(),
	email_address: toTextField(),
	selfie_photo: { type: 'file', value: null },
});

/** Creates an account; the default type is the seeded one. */
export function createAccount(
	state: SandboxState,
	referenceId: Json = null,
	type?: StoredObject,
): StoredObject {
	const accountType = type ?? state.store.find({ type: 'account-type', id: fixtures.accountType });
	const account = state.createObject(
		'account',
		'act',
		{
			'reference-id': referenceId,
			'account-type-name': accountType?.attributes.name ?? 'User',
			'account-status': 'Default',
			'created-at': getTimestamp(),
			'updated-at': getTimestamp(),
			'redacted-at': null,
			tags: [],
			fields: createEmptyFields(),
		},
		{ 'account-type': toOne(accountType) },
	);
	return account;
}

/** The account with this reference ID that is not archived. */
export const findAccountByReference = (state: SandboxState, referenceId: Json | undefined) =>
	typeof referenceId === 'string'
		? state.store
				.getCollection('account')
				.findAll(
					(account) =>
						account.attributes['reference-id'] === referenceId &&
						!state.getPrivateState(account).isArchived,
				)[0]
		: undefined;

/** Sets the fields of an account from flat attributes and `fields`. Throws for an unknown part of a name or address. */
export function setAccountFields(
	account: StoredObject,
	attributes: JsonObject,
	customFields: JsonObject = {},
) {
	const fields = account.attributes.fields as Record<string, JsonObject>;
	const setField = (path: string[], value: Json) => {
		const [first, second] = path;
		if (value !== null && typeof value === 'object') throw createFieldError(path.join('_'));
		if (second === undefined) fields[first] = { ...fields[first], value };
		else (fields[first].value as Record<string, JsonObject>)[second] = toTextField(value);
	};
	for (const name of Object.keys(FIELD_PATHS)) {
		if (attributes[name] !== undefined) setField(FIELD_PATHS[name], attributes[name]);
	}
	const number = attributes['social-security-number'];
	if (number !== undefined) {
		fields.identification_numbers = { type: 'array', value: [toIdentificationNumber(number)] };
	}
	for (const [name, value] of Object.entries(customFields)) {
		const kebab = inflect(name, 'kebab');
		const path = Object.hasOwn(FIELD_PATHS, kebab) ? FIELD_PATHS[kebab] : undefined;
		const isHash = name === 'name' || name === 'address';
		if (path) setField(path, value);
		else if (isHash) {
			if (value === null || typeof value !== 'object' || Array.isArray(value)) {
				throw createFieldError(name);
			}
			for (const [part, partValue] of Object.entries(value)) {
				if (!(part in (fields[name].value as JsonObject))) {
					throw createFieldError(`${name}.${part}`);
				}
				setField([name, part], partValue);
			}
		} else fields[name] = inferTypedValue(value);
	}
	account.attributes['updated-at'] = getTimestamp();
}

const createFieldError = (name: string) =>
	new UnprocessableError(`fields.${name} is invalid`, `/data/attributes/fields/${name}`);

const toIdentificationNumber = (number: Json): JsonObject => ({
	type: 'hash',
	value: {
		identification_class: toTextField('ssn'),
		identification_number: toTextField(number),
		issuing_country: toTextField('US'),
	},
});

/** The value of a field by its name or path, such as `birthdate`, `name.first` or `name_first`. */
export function getAccountValue(account: StoredObject, name: string): Json | undefined {
	const fields = account.attributes.fields as Record<string, { value: Json }> | undefined;
	const path = FIELD_PATHS[inflect(name, 'kebab')] ?? name.split('.');
	let value: Json | undefined = fields?.[path[0]]?.value;
	for (const part of path.slice(1)) {
		const members = (value ?? {}) as Record<string, { value: Json }>;
		value = members[part]?.value;
	}
	return value;
}

/** Throws when another account than `ownAccount` has the reference ID. */
export function requireFreeReference(
	state: SandboxState,
	referenceId: Json | undefined,
	ownAccount?: StoredObject,
) {
	const owner = findAccountByReference(state, referenceId);
	if (owner && owner !== ownAccount) {
		throw new ConflictError('Account with this reference ID already exists');
	}
}
