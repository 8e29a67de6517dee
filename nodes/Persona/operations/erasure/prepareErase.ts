import type { INodeExecutionData } from 'n8n-workflow';
import type { ItemContext, PreparedItem } from '../../engine/types';
import { getAttributes } from '../../transport/jsonApi';
import type { Output } from '../../transport/output';
import { fetchObject } from './fetchObjects';
import { buildErasurePlan, type ErasurePlan } from './erasurePlan';
import { redactObjects, type RedactionResult } from './redactObjects';

/** The confirmation code of the item. Throws where it cannot be one. */
function readConfirmationCode(context: ItemContext): string {
	const code = context.readSetting<string>('confirmationCode').trim().toLowerCase();
	if (/^[0-9a-f]{12}$/.test(code)) return code;
	return context.fail(
		`'Confirmation Code' ${code === '' ? 'is empty' : 'is not a confirmation code'}`,
		'Run Preview Erasure for the account and enter the confirmationCode from its output.',
	);
}

/** What was redacted and what was not, in the output. */
function buildRecord(
	{ steps, cascaded, retained }: ErasurePlan,
	results: RedactionResult[],
	{ mode, isBrief }: Output,
) {
	const countResults = (...names: string[]) =>
		results.filter(({ result }) => names.includes(result)).length;
	const isRaw = mode === 'raw';
	const isAllRedacted = countResults('redacted', 'alreadyRedacted') === results.length;
	return {
		complete: isAllRedacted && retained.every(({ redactedAt }) => redactedAt !== null),
		count: results.length,
		redacted: countResults('redacted'),
		alreadyRedacted: countResults('alreadyRedacted'),
		refused: countResults('refused'),
		failed: countResults('failed', 'notTried'),
		...(!isBrief && {
			objects: results.map(({ object, ...result }, index) => {
				const { order, type, id, createdAt, route } = steps[index].entry;
				const entry = { order, type, id, createdAt, route, ...result };
				return isRaw ? { ...entry, object } : entry;
			}),
			redactedAlong: cascaded,
		}),
		notErased: retained,
	};
}

/** Redacts what the code of a preview stands for. Throws if the code cannot be one. */
export function prepareErase(context: ItemContext): PreparedItem {
	const output = context.readOutput();
	const confirmationCode = readConfirmationCode(context);
	const accountId = context.readId('account-id');
	return { run: async () => await eraseAccount(context, accountId, confirmationCode, output) };
}

async function eraseAccount(
	context: ItemContext,
	accountId: string,
	confirmationCode: string,
	output: Output,
): Promise<INodeExecutionData[]> {
	const { data: account } = await fetchObject(context, 'account', accountId);
	const referenceId = getAttributes(account)['reference-id'] ?? null;
	const plan = await buildErasurePlan(context, account, referenceId);
	if (confirmationCode !== plan.confirmationCode) {
		context.fail(
			`'Confirmation Code' does not match what the account has now: ${plan.steps.length} objects`,
			'Something was added or removed since the preview, or the code belongs to another account. Nothing was redacted. Run Preview Erasure again and use its new code.',
		);
	}
	const startedAt = new Date().toISOString();
	const objects = plan.steps.map(({ object }) => object);
	const results = await redactObjects(context, objects);
	const finishedAt = new Date().toISOString();
	const subject = { accountId: account.id, referenceId, confirmationCode };
	const record = buildRecord(plan, results, output);
	return [{ json: { ...subject, startedAt, finishedAt, ...record } }];
}
