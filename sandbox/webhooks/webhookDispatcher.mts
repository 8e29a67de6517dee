import axios from 'axios';
import { Agent } from 'node:http';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { getTimestamp } from '../state/timestamp.mts';
import { buildPayload } from './payload.mts';
import { getActiveSecrets } from './secrets.mts';
import { buildSignatureHeader } from './signature.mts';

/** One attempt to deliver an event. */
export interface DeliveryLogEntry {
	webhookId: string;
	eventId: string;
	eventName: string;
	/** 1 for the first. */
	attempt: number;
	/** Null where there was no response. */
	status: number | null;
	/** Why there was no response. */
	error?: string;
	/** Milliseconds since 1970. */
	sentAt: number;
	/** Until the response came or the attempt failed. */
	durationMs: number;
	url: string;
	headers: Record<string, string>;
	body: string;
}

interface Delivery {
	webhook: StoredObject;
	event: StoredObject;
	/** The record of the delivery, which `POST /webhook-events/search` finds. */
	record: StoredObject;
	attempt: number;
	firstAttemptUnixSeconds: number;
}

// Not every 2xx: Persona names these four.
const ACCEPTED_STATUSES = new Set([200, 201, 202, 204]);

const MAX_SOCKETS = 200;

/** Delivers events to the webhooks that are subscribed to them, with retries until an attempt succeeds. */
export class WebhookDispatcher {
	readonly log: DeliveryLogEntry[] = [];
	private agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
	/** The number of attempts by webhook and event. */
	private attemptCounts = new Map<string, number>();
	/** The records of deliveries by webhook and event. */
	private records = new Map<string, StoredObject>();
	/** By the ID of the webhook. */
	private retryTimers = new Map<string, Set<NodeJS.Timeout>>();
	private abortController = new AbortController();
	/** Oldest first; undefined while events are delivered at once. */
	private heldEvents?: StoredObject[];

	constructor(private state: SandboxState) {
		state.onEvent = (event) => this.publish(event);
		state.onWebhookDisabled = (webhook) => this.cancelRetries(webhook);
	}

	/** Delivers the event to every enabled webhook that is subscribed to it. */
	publish(event: StoredObject) {
		if (this.heldEvents) {
			this.heldEvents.push(event);
			return;
		}
		for (const webhook of this.state.store.getCollection('webhook').findAll()) {
			const { status, 'enabled-events': enabledEvents } = webhook.attributes;
			const names = enabledEvents as string[];
			if (status !== 'enabled') continue;
			if (names.includes('*') || names.includes(String(event.attributes.name))) {
				this.deliver(webhook, event);
			}
		}
	}

	/** Holds back new events until `releaseEvents`. */
	holdEvents() {
		this.heldEvents ??= [];
	}

	/** Delivers the events that were held back, newest first. */
	releaseEvents() {
		const events = this.heldEvents ?? [];
		this.heldEvents = undefined;
		for (const event of events.reverse()) this.publish(event);
	}

	/** Delivers the event, possibly again, as a user can in the dashboard; attempts are counted on. */
	deliver(webhook: StoredObject, event: StoredObject) {
		const attempt = (this.attemptCounts.get(`${webhook.id} ${event.id}`) ?? 0) + 1;
		const firstAttemptUnixSeconds = Math.floor(Date.now() / 1000);
		const record = this.getRecord(webhook, event);
		void this.sendAttempt({ webhook, event, record, attempt, firstAttemptUnixSeconds });
	}

	/** The record of the deliveries of an event to a webhook: there is one, however often they are tried. */
	private getRecord(webhook: StoredObject, event: StoredObject): StoredObject {
		const key = `${webhook.id} ${event.id}`;
		const known = this.records.get(key);
		if (known) return known;
		const now = getTimestamp();
		const { store } = this.state;
		const record = store.runIn(store.getEnvironmentOf(webhook) ?? store.environment, () =>
			this.state.createObject('webhook-event', 'wbhe', {
				status: 'pending',
				'event-name': event.attributes.name,
				'webhook-id': webhook.id,
				'event-id': event.id,
				'result-code': null,
				'attempts-made': 0,
				'last-attempted-at': null,
				'created-at': now,
				'updated-at': now,
			}),
		);
		this.records.set(key, record);
		return record;
	}

	private updateRecord(record: StoredObject, attributes: StoredObject['attributes']) {
		Object.assign(record.attributes, attributes, { 'updated-at': getTimestamp() });
		this.state.recordChange(record);
	}

	/** Cancels the scheduled retries of a webhook. */
	cancelRetries(webhook: StoredObject) {
		for (const timer of this.retryTimers.get(webhook.id) ?? []) clearTimeout(timer);
		this.retryTimers.delete(webhook.id);
		// That their status is then 'failed' is our inference.
		for (const record of this.records.values()) {
			const { status, 'webhook-id': webhookId } = record.attributes;
			if (webhookId === webhook.id && status === 'pending') {
				this.updateRecord(record, { status: 'failed' });
			}
		}
	}

	/** Clears the log and aborts the attempts in flight. */
	clear() {
		this.abortController.abort();
		this.abortController = new AbortController();
		this.heldEvents = undefined;
		this.log.length = 0;
		this.attemptCounts.clear();
		this.records.clear();
		this.retryTimers.clear();
	}

	close() {
		this.clear();
		this.agent.destroy();
	}

	private async sendAttempt(delivery: Delivery) {
		const { webhook, event, record, attempt, firstAttemptUnixSeconds } = delivery;
		const body = buildPayload(this.state, webhook, event);
		if (body === undefined) {
			// The payload filter of the webhook excludes it (https://docs.withpersona.com/webhook-event-filters).
			this.updateRecord(record, { status: 'skipped' });
			return;
		}
		this.attemptCounts.set(`${webhook.id} ${event.id}`, attempt);
		const { webhookRetrySeconds, webhookTimeoutMs } = this.state.settings;
		const { signal } = this.abortController;
		const url = String(webhook.attributes.url);
		const attemptsLeft = Math.max(0, webhookRetrySeconds.length + 1 - attempt);
		const headers: Record<string, string> = {
			'Content-Type': 'application/json; charset=utf-8',
			'Persona-Signature': buildSignatureHeader(body, getActiveSecrets(this.state, webhook)),
			'Persona-Webhook-Attempts-Made': String(attempt),
			'Persona-Webhook-Attempts-Left': String(attemptsLeft),
			'Persona-Webhook-First-Attempted-At': String(firstAttemptUnixSeconds),
			...this.state.getPrivateState(webhook).customHeaders,
		};
		const { id: webhookId } = webhook;
		const entry: DeliveryLogEntry = {
			webhookId,
			eventId: event.id,
			eventName: String(event.attributes.name),
			attempt,
			status: null,
			sentAt: Date.now(),
			durationMs: 0,
			url,
			headers,
			body,
		};
		try {
			const { status } = await axios.post(url, Buffer.from(body), {
				headers,
				signal: AbortSignal.any([signal, AbortSignal.timeout(webhookTimeoutMs)]),
				httpAgent: this.agent,
				maxRedirects: 0,
				proxy: false,
				responseType: 'arraybuffer',
				validateStatus: () => true,
			});
			entry.status = status;
		} catch (error) {
			entry.error = error instanceof Error ? error.message : String(error);
		}
		if (signal.aborted) return;
		entry.durationMs = Date.now() - entry.sentAt;
		this.log.push(entry);
		const delaySeconds = webhookRetrySeconds[attempt - 1];
		const isAccepted = ACCEPTED_STATUSES.has(entry.status ?? 0);
		const isLast = delaySeconds === undefined || webhook.attributes.status !== 'enabled';
		this.updateRecord(record, {
			status: isAccepted ? 'completed' : isLast ? 'failed' : 'pending',
			'result-code': entry.status,
			'attempts-made': attempt,
			'last-attempted-at': new Date(entry.sentAt).toISOString(),
		});
		if (isAccepted || isLast) return;
		const timer = this.state.schedule(delaySeconds * 1000, () => {
			this.retryTimers.get(webhookId)?.delete(timer);
			void this.sendAttempt({ ...delivery, attempt: attempt + 1 });
		});
		const timers = this.retryTimers.get(webhookId) ?? new Set();
		this.retryTimers.set(webhookId, timers.add(timer));
	}
}
