import type { INodeExecutionData } from 'n8n-workflow';
import { required, text } from '../../engine/fields';
import type { ItemContext, Operation, PreparedItem } from '../../engine/types';
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

function prepareErase(context: ItemContext): PreparedItem {
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

/** Row that redacts what a preview has listed and nothing else, with a record of each redaction. */
export const erase: Operation = {
	name: 'Erase',
	action: 'Erase account and all that belongs to person',
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
	prepare: prepareErase,
};
