import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { createEventSource } from '../../events/eventSource';
import { readEventNames, readSelection, type EventSelection } from '../../events/parameters';
import { Client } from '../../transport/client';
import { toItemError } from '../../transport/errors';
import { MANUAL_POLL_RETRY_POLICY, POLL_RETRY_POLICY } from '../../transport/retryPolicies';
import { pollManually } from './pollManually';
import { pollOnce } from './pollOnce';
import type { PollState } from './pollState';
import type { ConvertedEvents } from './toItems';

/** Share of the time that n8n gives a poll which is used for reading events. */
const READ_BUDGET_SHARE = 0.5;

/** Share of that time which is used for reading events and their latest states together. */
const TOTAL_BUDGET_SHARE = 0.8;

/**
 * States of triggers that are being polled: n8n may start a poll while the previous one still runs.
 */
const runningPolls = new WeakSet<PollState>();

/** The budget that n8n 2.38 and newer give a poll unless the user sets another. */
const DEFAULT_BUDGET_MS = 300_000;

/** How long a poll may take, in milliseconds. An n8n before 2.38 does not say. */
const getBudgetMs = (context: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>) =>
	context.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS;

const toOutput = (items: ConvertedEvents['items']) => [items.map((json) => ({ json }))];

/**
 * Returns what "Fetch Test Event" shows. If there is nothing, throws an error that says what to do.
 */
async function runManually(
	context: IPollFunctions,
	eventNames: string[],
	selection: EventSelection,
): Promise<INodeExecutionData[][]> {
	const client = await Client.create(context, MANUAL_POLL_RETRY_POLICY);
	const source = createEventSource(context, client);
	const items = await pollManually(source, eventNames, selection);
	if (items.length > 0) return toOutput(items);
	throw new NodeOperationError(context.getNode(), 'Persona has no recent event that matches', {
		description:
			"Trigger an event in Persona, such as a completed inquiry, and run again. Or change 'Trigger On' or 'Only When'.",
		level: 'info',
	});
}

/** Returns the new events as items; null if there are none. */
async function runScheduled(
	context: IPollFunctions,
	eventNames: string[],
	selection: EventSelection,
	state: PollState,
) {
	const startedAtMs = Date.now();
	const budgetMs = getBudgetMs(context);
	const client = await Client.create(context, POLL_RETRY_POLICY);
	const items = await pollOnce({
		source: createEventSource(context, client),
		eventNames,
		selection,
		state,
		readDeadlineMs: startedAtMs + READ_BUDGET_SHARE * budgetMs,
		deadlineMs: startedAtMs + TOTAL_BUDGET_SHARE * budgetMs,
	});
	return items.length > 0 ? toOutput(items) : null;
}

/**
 * Entry point: polls once, on schedule or for a manual test. The other files of this folder know
 * nothing of n8n's contexts. Throws one of n8n's errors.
 */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const node = context.getNode();
	const eventNames = readEventNames(context);
	const selection = readSelection(context);
	if (context.getMode() === 'manual') return await runManually(context, eventNames, selection);
	const state = context.getWorkflowStaticData('node') as PollState;
	if (runningPolls.has(state)) return null;
	runningPolls.add(state);
	try {
		return await runScheduled(context, eventNames, selection, state);
	} catch (error) {
		throw toItemError(node, error as Error);
	} finally {
		runningPolls.delete(state);
	}
}
