import type { INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';
import type { Run } from '../../engine/types';
import { buildRedirectRequest, type InquiryRef } from './inquiry';

/** An item that waits for a person. */
export interface PendingInquiry extends InquiryRef {
	/** Stands in the address to which the person returns, and nowhere else. */
	mark: string;
	/** Where the person goes on to, if not to our page. */
	redirectUrl: string;
	/** Whether the person could still go on when Persona was asked last. */
	open: boolean;
}

/** The request by which somebody who comes too late is not sent to an execution that is over. */
export const buildResetRedirectRequest = ({ id, redirectUrl }: PendingInquiry) =>
	buildRedirectRequest(id, redirectUrl || null);

/** What an execution has to know when it wakes. n8n stores it with the execution. */
export interface WaitState {
	/** Which run of the node it belongs to: in a loop each pass has its own. */
	runIndex: number;
	/** When the waiting began, in milliseconds since 1970. */
	since: number;
	/** When the waiting ends, in milliseconds since 1970. */
	until: number;
	/** By the index of the item. */
	waits: Record<number, PendingInquiry>;
	/** What came of the items that failed before the execution fell asleep. */
	failed: Record<number, INodeExecutionData[]>;
}

const statesByRun = new WeakMap<Run, WaitState>();

/** Whether the execution has slept in this run of the node. */
export const wasSuspended = ({ node }: Run) => node.getExecuteData().runIndex !== undefined;

/** The memory of a run: the one it had before it slept or was tried again, else a new one. */
export function getWaitState(run: Run): WaitState {
	const known = statesByRun.get(run);
	if (known) return known;
	const { node } = run;
	const context = node.getContext('node') as { waiting?: WaitState };
	const runIndex = Number(node.getExecuteData().runIndex ?? node.getWorkflowDataProxy(0).$runIndex);
	const before = context.waiting?.runIndex === runIndex ? context.waiting : undefined;
	const memory = before ?? { runIndex, since: Date.now(), until: 0, waits: {}, failed: {} };
	context.waiting = memory;
	statesByRun.set(run, memory);
	return memory;
}

/** The memory of the execution whose address is called. Throws where it has none. */
export function loadWaitState(webhook: IWebhookFunctions): WaitState {
	// Braces would end the expression.
	const name = JSON.stringify(webhook.getNode().name).replace(
		/[{}]/g,
		(brace) => `\\u00${brace.charCodeAt(0).toString(16)}`,
	);
	const text = webhook.evaluateExpression(`{{ JSON.stringify($node[${name}].context.waiting) }}`);
	return JSON.parse(String(text)) as WaitState;
}
