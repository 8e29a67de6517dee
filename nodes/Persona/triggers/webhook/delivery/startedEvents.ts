import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { getItemEventId } from '../../../events/event';
import { TtlCache } from '../../../utils/ttlCache';
import { MAX_EVENT_AGE_MS } from '../catchUp/rejectedEvents';
import { getListenerKey } from '../listener';

/*
 * Tells whether n8n has begun what a delivery started, where the answer to the delivery does not:
 *
 * - n8n (2.30 to 2.41) stores an execution first and begins it then. If it is stopped in between, it answers
 *   500, or nothing, and Persona delivers the event again. But n8n runs the stored execution too, when it
 *   starts again. This process has received no delivery for it, by which it is recognized.
 * - If n8n answers too late, Persona has given up and delivers the event again.
 *
 * Whichever comes second is dropped. In queue mode it is the workers that run executions, and they receive no
 * deliveries: there, nothing is dropped. n8n does not run there what it could not hand over to a worker.
 */

/** What this process knows about an event that starts a workflow. */
interface StartState {
	/** How many deliveries have started an execution that n8n has not begun yet. Undefined: none has come. */
	awaited?: number;
	/** Whether n8n has begun an execution. */
	hasRun: boolean;
	/** How many deliveries got no answer, so that Persona repeats them. */
	unanswered: number;
}

/** Maximum number of events remembered: nearly three per second for an hour. */
const MAX_STARTED_EVENTS = 10_000;

const states = new TtlCache<StartState>(MAX_STARTED_EVENTS, MAX_EVENT_AGE_MS);

/** Returns what is known about an event of a listener; `eventKey` names both. */
function getState(eventKey: string): StartState {
	const state = states.get(eventKey) ?? { hasRun: false, unanswered: 0 };
	states.set(eventKey, state);
	return state;
}

/** Expects an execution of an event, which a delivery starts now. */
export function expectStart(eventKey: string) {
	const state = getState(eventKey);
	state.awaited = (state.awaited ?? 0) + 1;
}

/** Expects one execution less, because n8n could not start it. */
export function forgetStart(eventKey: string) {
	const state = getState(eventKey);
	state.awaited = Math.max(0, (state.awaited ?? 0) - 1);
}

/** Expects that Persona repeats a delivery, because it got no answer. */
export const expectRepeat = (eventKey: string) => (getState(eventKey).unanswered += 1);

function takeRepeat(state: StartState): boolean {
	const isRepeat = state.hasRun && state.unanswered > 0;
	if (isRepeat) state.unanswered -= 1;
	return isRepeat;
}

/**
 * Whether a delivery only repeats one that got no answer, although n8n has begun what that one started.
 * One delivery for each: a further one was asked for by somebody.
 */
export function isRepeat(eventKey: string): boolean {
	const state = states.get(eventKey);
	return state !== undefined && takeRepeat(state);
}

/**
 * Entry point: n8n begins an execution. Passes its event on, or nothing, if the event has run since it was
 * delivered or stored.
 */
export function beginExecution(context: IExecuteFunctions): INodeExecutionData[][] {
	const items = context.getInputData();
	const eventId = getItemEventId(items[0]?.json);
	const { receive } = context.getNode().parameters;
	// A test in the editor is no delivery, and neither is an execution that somebody retries.
	if (!eventId || receive === 'workflow' || context.getMode() !== 'webhook') return [items];
	const state = getState(`${getListenerKey(context)} ${eventId}`);
	if (state.awaited) {
		state.awaited -= 1;
		if (takeRepeat(state)) return [[]];
	} else {
		if (state.hasRun && state.awaited === 0) return [[]];
		// Persona got no answer to the delivery that started this before n8n was stopped.
		state.unanswered += 1;
	}
	state.hasRun = true;
	return [items];
}
