import { id, identifier, toggle } from '../../fields/kinds';
import type { Fields } from '../../fields/types';

/** The account that a new object belongs to, by its ID. */
export const accountId = id(
	'Account',
	'act',
	'The account that the object belongs to. Leave it out if you set a reference ID.',
	'searchAccounts',
);

/** The account type of a new account. Persona has no list of types. */
export const accountTypeId = id(
	'Account Type',
	'acttp',
	'Type of the account, from Accounts > Types in the Persona dashboard; the default type if omitted',
	'searchAccountTypes',
);

/** The user's own ID of an account. */
export const referenceId = identifier(
	'Reference ID',
	'Your own ID of the person or business, unique among accounts',
	'user-42',
);

/** The account that a new object belongs to, by the user's own ID of the person or business. */
export const accountMetaFields: Fields = {
	'auto-create-account-reference-id': identifier(
		'Reference ID',
		'Your own ID of the person or business. Their account is used, or created if there is none.',
		'user-42',
		{ topLevel: true },
	),
	'auto-create-account': toggle('Create Account', 'create an account if there is none', {
		default: true,
	}),
	'auto-create-account-type-id': accountTypeId,
};
