import type { IExecuteFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import type { Run } from '../../engine/types';
import {
	CLOCK_TOLERANCE_MS,
	getPersonCheckDelayMs,
	RESUME_DELAYS_MS,
} from '../../transport/retryTiming';
import type { WaitState } from './waitState';

/** Milliseconds; n8n looks once a minute for what is due, so a shorter sleep would end late. */
const SHORT = 65_000;

/** Milliseconds until n8n must have answered the call that wakes an execution. */
const ANSWERED_WITHIN = 30_000;

/**
 * A date that n8n sees in the database, by which it sets its timer, but not in the stored data of the
 * execution. With a date in there n8n takes the node that slept for done and passes its input on;
 * without one it runs the node once more, which then reads what has become of the inquiries.
 */
class Deadline extends Date {
	override toJSON() {
		return '';
	}
}

/** Whether the time to wait is over. */
export const isTimeUp = ({ until }: WaitState) => Date.now() >= until - CLOCK_TOLERANCE_MS;

/** The address at which this execution is woken; without a mark it serves nobody but n8n. */
export function getResumeUrl(node: IExecuteFunctions, mark = ''): string {
	const address = new URL(String(node.evaluateExpression('{{ $execution.resumeUrl }}', 0)));
	address.pathname += `/${encodeURIComponent(node.getNode().id)}`;
	if (mark) address.searchParams.set('person', mark);
	return address.href;
}

/** Lets the execution sleep until it is woken, the time is over, or it is time for a look. */
export async function suspendExecution({ node }: Run, { runIndex, since, until }: WaitState) {
	const entry = node.getExecuteData();
	if (entry.runIndex === undefined && until - Date.now() < SHORT) void resumeExecution(node, until);
	// By this the run after the sleep takes the place of the one before, and knows that it slept.
	entry.runIndex = runIndex;
	const look = Date.now() + getPersonCheckDelayMs(Date.now() - since);
	await node.putExecutionToWait(new Deadline(Math.min(look, until)));
}

/** Calls the address of the execution when the time is over. Where that fails, n8n's timer is left. */
async function resumeExecution(node: IExecuteFunctions, at: number) {
	const url = getResumeUrl(node);
	await sleep(Math.max(0, at - Date.now()));
	for (const wait of RESUME_DELAYS_MS) {
		await sleep(wait);
		const call = { url, returnFullResponse: true, timeout: ANSWERED_WITHIN };
		const woken = await node.helpers.httpRequest(call).then(
			() => true,
			() => false,
		);
		if (woken) return;
	}
}
