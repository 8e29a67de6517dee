import { required } from '../../fields/kinds';
import type { Field } from '../../fields/types';
import type { Operation } from '../../engine/types';

/** Row that lists what an erasure would redact; `account` is the field of an account. */
export const previewErasure = (account: Field): Operation => ({
	name: 'Preview Erasure',
	action: 'Preview erasure of account',
	description:
		'List everything that erasing a person would redact: the account, inquiries, verifications, reports, transactions and cases. Returns the confirmation code that Erase requires.',
	route: 'GET /accounts',
	nodeFields: { accountId: required(account) },
	noIncludeAndFields: true,
	ownOutput: true,
	prepare: async (context) =>
		await (await import('./preparePreviewErasure')).preparePreviewErasure(context),
});
