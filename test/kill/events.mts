import type { DeliveryLogEntry } from '../../sandbox/sandbox.mts';
import type { LoadEnvironment } from '../load/loadEnvironment.mts';
import { postDelivery } from '../load/postDelivery.mts';
import type { StoredExecution } from '../load/readAllExecutions.mts';
import type { Figures } from './figures.mts';
import { isStuck, retryExecution } from './jobs.mts';
import { DELIVERED, POLLED } from './triggerWorkflows.mts';

/** How long n8n may take to store an execution that it has accepted. */
const STORING_MS = 5_000;

/** How many of the last deliveries before a kill are replayed after it. */
const REPLAYS_AFTER_KILL = 2;

/** An event, and what has become of it. */
interface WatchedEvent {
	id: string;
	isDone: boolean;
	/** When it was delivered again because n8n had not stored it. */
	redeliveredAt?: number;
	/** n8n has stored that it was polled, but no execution that can be tried again. */
	isLost: boolean;
}

/** The events of both triggers. */
export class EventBook {
	readonly delivered: WatchedEvent[] = [];
	readonly polled: WatchedEvent[] = [];
	/** The executions that were tried again. */
	private readonly retried = new Set<number>();
	/** How many exact replays reached another process than the original, by the ID of the event. */
	private readonly replayedAfterKill = new Map<string, number>();
	/** Replays of deliveries that the same process had accepted. */
	private replays: Promise<void>[] = [];
	private handled = 0;
	private accepted = 0;
	private kills = 0;

	constructor(
		private readonly environment: LoadEnvironment,
		private readonly workflowIds: { delivered: string; polled: string },
		private readonly figures: Figures,
	) {}

	/** Lets an event happen that is delivered or polled. */
	emit(kind: 'delivered' | 'polled'): string {
		const { control } = this.environment.sandbox;
		const name = kind === 'delivered' ? DELIVERED : POLLED;
		const [type] = name.split('.');
		const number = this.delivered.length + this.polled.length;
		const id = control.emitEvent(name, {
			type,
			id: `${type}_kill${number}`,
			attributes: { 'created-at': new Date().toISOString() },
		});
		this[kind].push({ id, isDone: false, isLost: false });
		return id;
	}

	/** Replays every n-th delivery that was accepted since the last call, to the same process. */
	replayAccepted(every: number) {
		const { deliveries } = this.environment.sandbox.control;
		for (; this.handled < deliveries.length; this.handled++) {
			const entry = deliveries[this.handled];
			if (entry.status === 200 && this.accepted++ % every === 0)
				this.replays.push(this.replay(entry));
		}
	}

	private async replay({ url, headers, body, eventId }: DeliveryLogEntry, isAfterKill = false) {
		const { kills } = this;
		const status = await postDelivery(url, headers, body);
		this.figures.count(
			isAfterKill ? 'exact replays after a kill' : 'exact replays to the same process',
		);
		// It may have reached another process, or been answered by none.
		if (!isAfterKill && kills === this.kills && status === 200) return;
		this.replayedAfterKill.set(eventId, (this.replayedAfterKill.get(eventId) ?? 0) + 1);
	}

	/** Has to be called when n8n is killed. */
	noteKill() {
		this.kills++;
	}

	/** Replays deliveries that the killed process had accepted. */
	async replayAfterKill() {
		await Promise.all(this.replays.splice(0));
		const { deliveries } = this.environment.sandbox.control;
		const accepted = deliveries.filter(({ status }) => status === 200).slice(-REPLAYS_AFTER_KILL);
		await Promise.all(accepted.map((entry) => this.replay(entry, true)));
	}

	private findRuns(kind: 'delivered' | 'polled', records: StoredExecution[], id: string) {
		return records.filter(
			({ workflowId, items }) =>
				workflowId === this.workflowIds[kind] && items.some(({ eventId }) => eventId === id),
		);
	}

	private retryOnce({ id, status }: StoredExecution) {
		if (this.retried.has(id)) return;
		this.retried.add(id);
		this.figures.count(`executions lost: ${status}`);
		retryExecution(this.environment, id, () =>
			this.figures.count('lost executions that n8n cannot try again'),
		);
	}

	/** Does what is left of an event. Returns whether there is something to wait for. */
	private continueEvent(
		kind: 'delivered' | 'polled',
		event: WatchedEvent,
		records: StoredExecution[],
	): boolean {
		if (event.isDone || event.isLost) return false;
		const runs = this.findRuns(kind, records, event.id);
		event.isDone = runs.some(({ status }) => status === 'success');
		if (event.isDone) return false;
		const last = runs.at(-1);
		if (last && !isStuck(last)) {
			if (!['running', 'new'].includes(last.status)) this.retryOnce(last);
			return true;
		}
		if (kind === 'delivered') this.redeliverLost(event, last);
		else if (last)
			this.noteLost(event, 'polled events in executions that n8n shows as running for ever');
		else if (this.isPassedOver(event, records))
			this.noteLost(event, 'polled events that n8n has lost');
		return true;
	}

	/** Has an event delivered again that n8n has accepted, but not stored. */
	private redeliverLost(event: WatchedEvent, stuck?: StoredExecution) {
		const { control } = this.environment.sandbox;
		const accepted = control.deliveries
			.filter(({ status, eventId }) => status === 200 && eventId === event.id)
			.map(({ sentAt, durationMs }) => sentAt + durationMs);
		const lastAt = Math.max(...accepted, event.redeliveredAt ?? 0);
		if (accepted.length === 0 || Date.now() - lastAt < STORING_MS) return;
		this.figures.count(
			stuck
				? 'executions that n8n shows as running for ever'
				: 'deliveries accepted, but not stored by n8n',
		);
		event.redeliveredAt = Date.now();
		control.redeliver(event.id);
	}

	/** Whether n8n has executed a later event of the list, which is in order, and not this one. */
	private isPassedOver(event: WatchedEvent, records: StoredExecution[]) {
		const later = this.polled.slice(this.polled.indexOf(event) + 1);
		return later.some(({ id }) =>
			this.findRuns('polled', records, id).some(({ status }) => status === 'success'),
		);
	}

	private noteLost(event: WatchedEvent, how: string) {
		event.isLost = true;
		this.figures.count(how);
	}

	/** Does what is left of all events. Returns the IDs of those that are not done. */
	continue(records: StoredExecution[]): string[] {
		return (['delivered', 'polled'] as const).flatMap((kind) =>
			this[kind]
				.filter((event) => this.continueEvent(kind, event, records))
				.map(({ id }) => `${kind} ${id}`),
		);
	}

	/** Events that have started more executions than deliveries can explain. */
	findExcess(records: StoredExecution[]) {
		const { deliveries } = this.environment.sandbox.control;
		return this.delivered
			.map(({ id }) => {
				const sent = deliveries.filter(
					({ eventId, status }) => eventId === id && [200, 500, null].includes(status),
				);
				return {
					eventId: id,
					executions: this.countStarts('delivered', records, id),
					allowed: sent.length + (this.replayedAfterKill.get(id) ?? 0),
				};
			})
			.filter(({ executions, allowed }) => executions > allowed);
	}

	/** How many executions an event has started, without those that were tried again. */
	countStarts(kind: 'delivered' | 'polled', records: StoredExecution[], id: string) {
		return this.findRuns(kind, records, id).filter(({ retryOf }) => retryOf === undefined).length;
	}
}
