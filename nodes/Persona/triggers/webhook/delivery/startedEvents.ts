import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { getItemEventId } from '../../../events/event';
import { TtlCache } from '../../../utils/ttlCache';
import { MAX_EVENT_AGE_MS } from '../catchUp/rejectedEvents';
import { getListenerKey } from '../listener';

/*
 * Tells whether n8n has begun what a delivery started. n8n (2.30 to 2.41) stores an execution first and
 * begins it then. If it is stopped in between, it answers 500, or nothing, and Persona delivers the event
 * again. But n8n runs the stored execution too, when it starts again. This process has received no
 * delivery for that execution, by which it is recognized. Whichever of the two comes first then runs.
 *
 * In queue mode it is the workers that run executions, and they receive no deliveries: there, nothing is
 * dropped. n8n does not run there what it could not hand over to a worker.
 */

/** What this process knows about an event that starts a workflow. */
interface StartState {
	/** How many deliveries have started an execution that n8n has not begun yet. */
	awaited: number;
	/** Whether n8n has begun an execution that a delivery to this process has started. */
	begun: boolean;
	/** Whether n8n has begun one that was left over, for which Persona will deliver the event again. */
	recovered: boolean;
}

/** Maximum number of events remembered: nearly three per second for an hour. */
const MAX_STARTED_EVENTS = 10_000;

const states = new TtlCache<StartState>(MAX_STARTED_EVENTS, MAX_EVENT_AGE_MS);

/** Returns what is known about an event of a listener; `eventKey` names both. */
function getState(eventKey: string): StartState {
	const state = states.get(eventKey) ?? { awaited: 0, begun: false, recovered: false };
	states.set(eventKey, state);
	return state;
}

/** Expects an execution of an event, which a delivery starts now. */
export const expectStart = (eventKey: string) => (getState(eventKey).awaited += 1);

/** Expects one execution less, because n8n could not start it. */
export function forgetStart(eventKey: string) {
	const state = getState(eventKey);
	state.awaited = Math.max(0, state.awaited - 1);
}

/**
 * Whether a delivery brings an event again because n8n was stopped before it could answer, although it
 * has run the event since. This is so for one delivery only: a later one was asked for by somebody.
 */
export function isAlreadyRecovered(eventKey: string): boolean {
	if (!states.get(eventKey)?.recovered) return false;
	states.delete(eventKey);
	return true;
}

/**
 * Entry point: n8n begins an execution. Passes its event on, or nothing, if it was left over from before
 * n8n was stopped and the event has been delivered again and run meanwhile.
 */
export function beginExecution(context: IExecuteFunctions): INodeExecutionData[][] {
	const items = context.getInputData();
	const eventId = getItemEventId(items[0]?.json);
	const { receive } = context.getNode().parameters;
	// A test in the editor is no delivery, and neither is an execution that somebody retries.
	if (!eventId || receive === 'workflow' || context.getMode() !== 'webhook') return [items];
	const state = getState(`${getListenerKey(context)} ${eventId}`);
	if (state.awaited > 0) {
		state.awaited -= 1;
		state.begun = true;
		return [items];
	}
	if (state.begun) return [[]];
	state.recovered = true;
	return [items];
}
