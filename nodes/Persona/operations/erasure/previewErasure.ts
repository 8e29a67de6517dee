import type { INodeExecutionData } from 'n8n-workflow';
import { required } from '../../engine/fields';
import type { Field, Operation } from '../../engine/types';
import type { NodeItemContext } from '../../engine/itemContext';
import { isPlainObject, toText } from '../../engine/values';
import type { PersonaObject } from '../../transport/jsonApi';
import { fetchAllObjects, fetchObject } from './fetchObjects';
import { buildErasurePlan } from './erasurePlan';
import { getRedactedAt } from './redactObjects';

/** How the account is given, stored in workflows. */
const BY_REFERENCE = 'referenceId';

const isByReference = ({ run, itemIndex }: NodeItemContext) => {
	const given = run.node.getNodeParameter('accountId', itemIndex, '') as unknown;
	return isPlainObject(given) && given.mode === BY_REFERENCE;
};

/** The reference ID of this item, as Persona can be asked for it. */
function readReferenceId(session: NodeItemContext): string {
	const given = toText(session.getParameter('accountId', ''), 'Account', session.fail).trim();
	if (given === '') session.fail("'Account' is empty", 'Give the reference ID.');
	if (!given.includes(',')) return given;
	const how = 'Persona would take it for several reference IDs. Give the ID of the account.';
	return session.fail("'Account' holds a comma", how);
}

/** What an erasure would do, in the words of the output. */
async function buildPreview(
	session: NodeItemContext,
	isFlat: boolean,
	account: PersonaObject | undefined,
	referenceId = account?.attributes?.['reference-id'],
): Promise<INodeExecutionData> {
	const {
		steps,
		cascaded: along,
		retained: left,
		confirmationCode,
	} = await buildErasurePlan(session, account, referenceId);
	const json = {
		accountId: account?.id ?? null,
		referenceId: referenceId ?? null,
		confirmationCode: account ? confirmationCode : null,
		count: steps.length,
		alreadyRedacted: steps.filter(({ object }) => getRedactedAt(object) !== undefined).length,
		objects: steps.map(({ entry, object }) => (isFlat ? entry : { ...entry, object })),
		redactedAlong: along,
		notErased: left,
	};
	return { json };
}

async function executePreview(session: NodeItemContext): Promise<INodeExecutionData[]> {
	const isFlat = session.getSetting<boolean>('simplify');
	if (!isByReference(session)) {
		const { data } = await fetchObject(session, 'account', session.getId('account-id'));
		return [await buildPreview(session, isFlat, data as PersonaObject)];
	}
	const referenceId = readReferenceId(session);
	const all = await fetchAllObjects(session, 'account', { 'reference-id': referenceId });
	// However Persona compares, nobody else's account; a key may be kept from seeing reference IDs.
	const found = all.filter(({ attributes = {} }) =>
		[undefined, referenceId].includes(attributes['reference-id'] as string | undefined),
	);
	if (found.length === 0) return [await buildPreview(session, isFlat, undefined, referenceId)];
	const items: INodeExecutionData[] = [];
	for (const account of found) items.push(await buildPreview(session, isFlat, account));
	return items;
}

/** The field of an account, which takes a reference ID as well. */
const acceptReferenceId = (account: Field): Field => ({
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
	nodeFields: { accountId: required(acceptReferenceId(account)) },
	noSelection: true,
	returns: 'item',
	execute: executePreview,
});
