import { required, text } from '../../fields/kinds';
import type { Operation } from '../../engine/types';

/** Row that redacts what a preview has listed and nothing else, with a record of each redaction. */
export const erase: Operation = {
	name: 'Erase',
	action: 'Erase account and everything that belongs to it',
	description:
		'Redact everything that Preview Erasure has listed, if nothing was added or removed since, and record each redaction. If it is interrupted, run it again to continue.',
	route: 'DELETE /accounts/{account-id}',
	irreversible:
		'Erasing deletes the personal data of the account and of everything that Preview Erasure lists, for good',
	nodeFields: {
		confirmationCode: required(
			text(
				'Confirmation Code',
				'Code that Preview Erasure returned for this account. It is valid as long as the preview lists the same objects.',
				'3f9a0c12be47',
			),
		),
	},
	noIncludeAndFields: true,
	ownOutput: true,
	prepare: async (context) => await (await import('./prepareErase')).prepareErase(context),
};
