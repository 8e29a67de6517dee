import type { INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';
import type { Run } from '../../engine/types';
import { buildRedirectRequest, type InquiryRef } from './inquiry';

/** The inquiry of an item that waits for a person. */
export interface PendingInquiry extends InquiryRef {
	/** A secret that is only in the URL to which the person returns. */
	mark: string;
	/** Where to send the person next; empty for the node's own page. */
	redirectUrl: string;
	/** Whether the person could still continue at the last check. */
	open: boolean;
}

/** Builds the request that stops Persona from sending a late person to an execution that has ended. */
export const buildResetRedirectRequest = ({ id, redirectUrl }: PendingInquiry) =>
	buildRedirectRequest(id, redirectUrl || null);

/**
 * What an execution needs to know when it resumes. n8n stores it with the execution, so its members
 * must not be renamed. Times are in milliseconds since 1970.
 */
export interface WaitState {
	/** The run of the node that it belongs to. In a loop, each iteration is a run. */
	runIndex: number;
	/** When the wait began. */
	since: number;
	/** When the wait ends. */
	until: number;
	/** By the index of the item. */
	waits: Record<number, PendingInquiry>;
	/** The output of items that failed before the execution was suspended, by their index. */
	failed: Record<number, INodeExecutionData[]>;
}

const statesByRun = new WeakMap<Run, WaitState>();

/** Whether the execution has been suspended in this run of the node. */
export const wasSuspended = ({ node }: Run) => node.getExecuteData().runIndex !== undefined;

/** Gets the state of a run from before it was suspended or retried, or creates a new one. */
export function getWaitState(run: Run): WaitState {
	const cached = statesByRun.get(run);
	if (cached) return cached;
	const { node } = run;
	const nodeContext = node.getContext('node') as { waiting?: WaitState };
	const runIndex = Number(node.getExecuteData().runIndex ?? node.getWorkflowDataProxy(0).$runIndex);
	const stored = nodeContext.waiting?.runIndex === runIndex ? nodeContext.waiting : undefined;
	const state = stored ?? { runIndex, since: Date.now(), until: 0, waits: {}, failed: {} };
	nodeContext.waiting = state;
	statesByRun.set(run, state);
	return state;
}

/** Loads the state of the execution whose resume URL was called. Throws where it has none. */
export function loadWaitState(webhook: IWebhookFunctions): WaitState {
	// A brace in the name would end the expression.
	const name = JSON.stringify(webhook.getNode().name).replace(
		/[{}]/g,
		(brace) => `\\u00${brace.charCodeAt(0).toString(16)}`,
	);
	const text = webhook.evaluateExpression(`{{ JSON.stringify($node[${name}].context.waiting) }}`);
	return JSON.parse(String(text)) as WaitState;
}
