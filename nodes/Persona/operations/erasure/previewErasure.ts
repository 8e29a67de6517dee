import type { INodeExecutionData } from 'n8n-workflow';
import { required } from '../../engine/fields';
import type { Field, Operation } from '../../engine/types';
import type { Session } from '../../engine/itemContext';
import { isObject, textOf } from '../../engine/values';
import type { PersonaObject } from '../../transport/jsonApi';
import { readAll, readOne } from './read';
import { planOf } from './plan';
import { redactedAt } from './redact';

/** How the account is given, stored in workflows. */
const BY_REFERENCE = 'referenceId';

const isByReference = ({ run, itemIndex }: Session) => {
	const given = run.node.getNodeParameter('accountId', itemIndex, '') as unknown;
	return isObject(given) && given.mode === BY_REFERENCE;
};

/** The reference ID of this item, as Persona can be asked for it. */
function referenceIdOf(session: Session): string {
	const given = textOf(session.parameter('accountId', ''), 'Account', session.refuse).trim();
	if (given === '') session.refuse("'Account' is empty", 'Give the reference ID.');
	if (!given.includes(',')) return given;
	const how = 'Persona would take it for several reference IDs. Give the ID of the account.';
	return session.refuse("'Account' holds a comma", how);
}

/** What an erasure would do, in the words of the output. */
async function previewOf(
	session: Session,
	isFlat: boolean,
	account: PersonaObject | undefined,
	referenceId = account?.attributes?.['reference-id'],
): Promise<INodeExecutionData> {
	const { steps, along, left, confirmationCode } = await planOf(session, account, referenceId);
	const json = {
		accountId: account?.id ?? null,
		referenceId: referenceId ?? null,
		confirmationCode: account ? confirmationCode : null,
		count: steps.length,
		alreadyRedacted: steps.filter(({ object }) => redactedAt(object) !== undefined).length,
		objects: steps.map(({ entry, object }) => (isFlat ? entry : { ...entry, object })),
		redactedAlong: along,
		notErased: left,
	};
	return { json };
}

async function preview(session: Session): Promise<INodeExecutionData[]> {
	const isFlat = session.setting<boolean>('simplify');
	if (!isByReference(session)) {
		const { data } = await readOne(session, 'account', session.id('account-id'));
		return [await previewOf(session, isFlat, data as PersonaObject)];
	}
	const referenceId = referenceIdOf(session);
	const all = await readAll(session, 'account', { 'reference-id': referenceId });
	// However Persona compares, nobody else's account; a key may be kept from seeing reference IDs.
	const found = all.filter(({ attributes = {} }) =>
		[undefined, referenceId].includes(attributes['reference-id'] as string | undefined),
	);
	if (found.length === 0) return [await previewOf(session, isFlat, undefined, referenceId)];
	const items: INodeExecutionData[] = [];
	for (const account of found) items.push(await previewOf(session, isFlat, account));
	return items;
}

/** The field of an account, which takes a reference ID as well. */
const orReference = (account: Field): Field => ({
	...account,
	description:
		'The account of the person or business, by its ID or by your own reference ID, e.g. act_ABC123 or user-42',
	modes: [
		...(account.modes ?? []),
		{
			displayName: 'By Reference ID',
			name: BY_REFERENCE,
			type: 'string',
			placeholder: 'e.g. user-42',
		},
	],
});

/** Tells what an erasure would do, without doing it; `account` is the field of an account. */
export const previewErasure = (account: Field): Operation => ({
	name: 'Preview Erasure',
	action: 'Preview the erasure of an account',
	description:
		'List everything of a person that erasing would redact: the account, inquiries, verifications, reports, transactions and cases. Its confirmation code is what Erase asks for.',
	route: 'GET /accounts',
	own: { accountId: required(orReference(account)) },
	plain: true,
	returns: 'item',
	execute: preview,
});
