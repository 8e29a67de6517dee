import type { INodeExecutionData } from 'n8n-workflow';
import { required, text } from '../../engine/fields';
import type { Operation } from '../../engine/types';
import type { NodeItemContext } from '../../engine/itemContext';
import type { PersonaObject } from '../../transport/jsonApi';
import { fetchObject } from './fetchObjects';
import { buildErasurePlan, type ErasurePlan } from './erasurePlan';
import { redactObjects, type RedactionResult } from './redactObjects';

/** The code that was given, as far as it can be one. */
function readConfirmationCode(session: NodeItemContext): string {
	const code = session.getSetting<string>('confirmationCode').trim().toLowerCase();
	if (/^[0-9a-f]{12}$/.test(code)) return code;
	return session.fail(
		`'Confirmation Code' ${code === '' ? 'is empty' : 'is no code of a preview'}`,
		'Run Preview Erasure for the account and give the confirmationCode of its output.',
	);
}

/** The record of an erasure, as the output has it. */
function buildRecord(
	{ steps, cascaded: along, retained: left }: ErasurePlan,
	outcomes: RedactionResult[],
	isFlat: boolean,
) {
	const count = (...results: string[]) =>
		outcomes.filter(({ result }) => results.includes(result)).length;
	const isDone = count('redacted', 'alreadyRedacted') === outcomes.length;
	return {
		complete: isDone && left.every(({ redactedAt }) => redactedAt !== null),
		count: outcomes.length,
		redacted: count('redacted'),
		alreadyRedacted: count('alreadyRedacted'),
		refused: count('refused'),
		failed: count('failed', 'notTried'),
		objects: outcomes.map(({ object, ...outcome }, index) => {
			const { order, type, id, createdAt, route } = steps[index].entry;
			const entry = { order, type, id, createdAt, route, ...outcome };
			return isFlat ? entry : { ...entry, object };
		}),
		redactedAlong: along,
		notErased: left,
	};
}

async function executeErasure(session: NodeItemContext): Promise<INodeExecutionData[]> {
	const isFlat = session.getSetting<boolean>('simplify');
	const code = readConfirmationCode(session);
	const { data } = await fetchObject(session, 'account', session.getId('account-id'));
	const account = data as PersonaObject;
	const referenceId = account.attributes?.['reference-id'] ?? null;
	const plan = await buildErasurePlan(session, account, referenceId);
	if (code !== plan.confirmationCode) {
		session.fail(
			`'Confirmation Code' does not fit what the account has now: ${plan.steps.length} objects`,
			'Something is new or gone since the preview, or the code is of another account. Nothing was redacted. Run Preview Erasure again and give its new code.',
		);
	}
	const startedAt = new Date().toISOString();
	const outcomes = await redactObjects(
		session,
		plan.steps.map(({ object }) => object),
	);
	const finishedAt = new Date().toISOString();
	const about = { accountId: account.id, referenceId, confirmationCode: code };
	const record = buildRecord(plan, outcomes, isFlat);
	return [{ json: { ...about, startedAt, finishedAt, ...record } }];
}

/** Redacts what a preview has listed and nothing else, with a record of each redaction. */
export const erase: Operation = {
	name: 'Erase',
	action: 'Erase an account and all that belongs to the person',
	description:
		'Redact all that Preview Erasure has listed, if that is still all there is, with a record of each redaction; run again, it goes on where it was cut short',
	route: 'DELETE /accounts/{account-id}',
	irreversible:
		'Erasing deletes the personal data of the account and of all that Preview Erasure lists for good',
	nodeFields: {
		confirmationCode: required(
			text(
				'Confirmation Code',
				'Code that Preview Erasure gave for this account; it fits as long as there is nothing more and nothing less than what it listed',
				'3f9a0c12be47',
			),
		),
	},
	noSelection: true,
	returns: 'item',
	execute: executeErasure,
};
