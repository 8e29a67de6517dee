import type { INodeExecutionData } from 'n8n-workflow';
import { REFERENCE_ID_MODE } from '../../fields/locatorModes';
import type { ItemContext, PreparedItem } from '../../engine/types';
import { checkName, isPlainObject, toText } from '../../values/plainValues';
import { getAttributes, type PersonaObject } from '../../transport/jsonApi';
import { getRedactedAt } from '../../transport/removedObjects';
import { fetchAllObjects, fetchObject } from './fetchObjects';
import { isBlank } from '../../utils/isBlank';
import { buildErasurePlan } from './erasurePlan';

const isByReferenceId = ({ run, itemIndex }: ItemContext) => {
	const parameter = run.node.getNodeParameter('accountId', itemIndex, '') as unknown;
	return isPlainObject(parameter) && parameter.mode === REFERENCE_ID_MODE;
};

/** The reference ID of the item. Throws where Persona could not filter by it. */
function readReferenceId(context: ItemContext): string {
	const given = context.readParameter<unknown>('accountId', '');
	checkName(given, 'Account', context.fail);
	const value = toText(given, 'Account', context.fail).trim();
	if (isBlank(value)) context.fail("'Account' is empty", 'Enter the reference ID.');
	context.requireComplete('Account', value, context.readRaw('accountId'));
	if (!value.includes(',')) return value;
	const how =
		'Persona would read it as several reference IDs. Enter the ID of the account instead.';
	return context.fail("'Account' contains a comma", how);
}

/** The plan of an erasure as an item; without an account, of what has the reference ID. */
async function buildPreview(
	context: ItemContext,
	isRaw: boolean,
	account: PersonaObject | undefined,
	referenceId = account && getAttributes(account)['reference-id'],
): Promise<INodeExecutionData> {
	const plan = await buildErasurePlan(context, account, referenceId);
	const { steps, cascaded, retained, confirmationCode } = plan;
	const json = {
		accountId: account?.id ?? null,
		referenceId: referenceId ?? null,
		confirmationCode: account ? confirmationCode : null,
		count: steps.length,
		alreadyRedacted: steps.filter(({ object }) => getRedactedAt(object) !== undefined).length,
		objects: steps.map(({ entry, object }) => (isRaw ? { ...entry, object } : entry)),
		redactedAlong: cascaded,
		notErased: retained,
	};
	return { json };
}

/** The accounts with this reference ID. */
async function fetchAccounts(context: ItemContext, referenceId: string) {
	const accounts = await fetchAllObjects(context, 'account', { 'reference-id': referenceId });
	// Keep exact matches only. The API key may hide reference IDs.
	return accounts.filter((account) =>
		[undefined, referenceId].includes(getAttributes(account)['reference-id'] as string | undefined),
	);
}

/** Lists what an erasure would redact: of an account, or of all that has a reference ID. Throws if neither is given. */
export function preparePreviewErasure(context: ItemContext): PreparedItem {
	const isRaw = context.readOutput().mode === 'raw';
	if (isByReferenceId(context)) {
		const referenceId = readReferenceId(context);
		return { run: async () => await previewByReferenceId(context, referenceId, isRaw) };
	}
	const accountId = context.readId('account-id');
	const run = async () => {
		const { data } = await fetchObject(context, 'account', accountId);
		return [await buildPreview(context, isRaw, data)];
	};
	return { run };
}

async function previewByReferenceId(
	context: ItemContext,
	referenceId: string,
	isRaw: boolean,
): Promise<INodeExecutionData[]> {
	const accounts = await fetchAccounts(context, referenceId);
	if (accounts.length === 0) {
		return [await buildPreview(context, isRaw, undefined, referenceId)];
	}
	const items: INodeExecutionData[] = [];
	for (const account of accounts) items.push(await buildPreview(context, isRaw, account));
	return items;
}
