import type { IExecuteFunctions } from 'n8n-workflow';
import type { Run } from '../../engine/types';
import {
	CLOCK_TOLERANCE_MS,
	getPersonCheckDelayMs,
	RESUME_DELAYS_MS,
} from '../../transport/retryTiming';
import { delay } from '../../utils/delay';
import type { WaitState } from './waitState';

/** n8n checks once a minute which executions are due, so it would resume a shorter wait too late. */
const MIN_RELIABLE_WAIT_MS = 65_000;

/** How long the call that resumes an execution waits for n8n's response. */
const RESUME_TIMEOUT_MS = 30_000;

/**
 * A date that n8n can read when it sets its timer, but that is empty in the stored data of the
 * execution. With a date in there, n8n takes the suspended node as done and passes its input on.
 * Without one, it runs the node again, which then fetches the inquiries.
 */
class Deadline extends Date {
	override toJSON() {
		return '';
	}
}

/** Whether the wait has ended. */
export const isTimeUp = ({ until }: WaitState) => Date.now() >= until - CLOCK_TOLERANCE_MS;

/** The URL that resumes this execution. Without the mark of a person, only n8n itself uses it. */
export function getResumeUrl(node: IExecuteFunctions, mark = ''): string {
	const url = new URL(String(node.evaluateExpression('{{ $execution.resumeUrl }}', 0)));
	url.pathname += `/${encodeURIComponent(node.getNode().id)}`;
	if (mark) url.searchParams.set('person', mark);
	return url.href;
}

/** Suspends the execution until its resume URL is called, the next check is due, or the wait ends. */
export async function suspendExecution({ node }: Run, { runIndex, since, until }: WaitState) {
	const executeData = node.getExecuteData();
	const isFirst = executeData.runIndex === undefined;
	if (isFirst && until - Date.now() < MIN_RELIABLE_WAIT_MS) void resumeExecution(node, until);
	// With this, the run after the wait replaces the run before it, and knows that it was suspended.
	executeData.runIndex = runIndex;
	const nextCheckMs = Date.now() + getPersonCheckDelayMs(Date.now() - since);
	await node.putExecutionToWait(new Deadline(Math.min(nextCheckMs, until)));
}

/** Calls the resume URL at a time since 1970. Where that fails, n8n's own timer resumes later. */
async function resumeExecution(node: IExecuteFunctions, atMs: number) {
	const url = getResumeUrl(node);
	await delay(Math.max(0, atMs - Date.now()));
	for (const delayMs of RESUME_DELAYS_MS) {
		await delay(delayMs);
		const request = { url, returnFullResponse: true, timeout: RESUME_TIMEOUT_MS };
		const isResumed = await node.helpers.httpRequest(request).then(
			() => true,
			() => false,
		);
		if (isResumed) return;
	}
}
