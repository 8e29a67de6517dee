import axios from 'axios';
import { Agent } from 'node:http';
import type { StoredObject } from '../store.mts';
import type { World } from '../world.mts';
import { payloadFor } from './payload.mts';
import { liveSecrets } from './secrets.mts';
import { buildSignatureHeader } from './signature.mts';

/** One attempt to deliver an event. */
export interface DeliveryLogEntry {
	webhookId: string;
	eventId: string;
	eventName: string;
	/** 1 for the first. */
	attempt: number;
	/** The status that came back; null when none did. */
	status: number | null;
	/** Why no status came back. */
	error?: string;
	/** Milliseconds since 1970, when it was sent. */
	sentAt: number;
	/** Milliseconds until it was answered or given up. */
	durationMs: number;
	url: string;
	headers: Record<string, string>;
	body: string;
}

interface Delivery {
	webhook: StoredObject;
	event: StoredObject;
	attempt: number;
	/** Seconds since 1970. */
	firstAt: number;
}

// A 2xx alone is not enough: these are the four that Persona names.
const accepted = new Set([200, 201, 202, 204]);

/** Sends events to the webhooks that ask for them, again and again until one attempt succeeds. */
export class Deliveries {
	readonly log: DeliveryLogEntry[] = [];
	private agent = new Agent({ keepAlive: true, maxSockets: 200 });
	private attempts = new Map<string, number>();
	private retries = new Map<string, Set<NodeJS.Timeout>>();
	private closing = new AbortController();
	/** Events that wait for their release, oldest first; undefined while none has to wait. */
	private held?: StoredObject[];

	constructor(private world: World) {
		world.onEvent = (event) => this.publish(event);
		world.onSilence = (webhook) => this.cancel(webhook);
	}

	/** Sends the event to every enabled webhook that listens to it. */
	publish(event: StoredObject) {
		if (this.held) {
			this.held.push(event);
			return;
		}
		for (const webhook of this.world.store.getCollection('webhook').findAll()) {
			const { status, 'enabled-events': wanted } = webhook.attributes;
			const names = wanted as string[];
			if (status !== 'enabled') continue;
			if (names.includes('*') || names.includes(String(event.attributes.name))) {
				this.start(webhook, event);
			}
		}
	}

	/** Holds back the events that happen until `release`. */
	hold() {
		this.held ??= [];
	}

	/** Sends what was held back, the newest first. */
	release() {
		const events = this.held ?? [];
		this.held = undefined;
		for (const event of events.reverse()) this.publish(event);
	}

	/** Sends the event once more, as somebody in the dashboard would; the count of attempts goes on. */
	start(webhook: StoredObject, event: StoredObject) {
		const attempt = (this.attempts.get(`${webhook.id} ${event.id}`) ?? 0) + 1;
		const firstAt = Math.floor(Date.now() / 1000);
		void this.attempt({ webhook, event, attempt, firstAt });
	}

	/** Gives up all attempts that are still to come for this webhook. */
	cancel(webhook: StoredObject) {
		for (const timer of this.retries.get(webhook.id) ?? []) clearTimeout(timer);
		this.retries.delete(webhook.id);
	}

	/** Forgets what was sent and cuts what is under way. */
	clear() {
		this.closing.abort();
		this.closing = new AbortController();
		this.held = undefined;
		this.log.length = 0;
		this.attempts.clear();
		this.retries.clear();
	}

	close() {
		this.clear();
		this.agent.destroy();
	}

	private async attempt(delivery: Delivery) {
		const { webhook, event, attempt, firstAt } = delivery;
		const body = payloadFor(this.world, webhook, event);
		if (body === undefined) return;
		this.attempts.set(`${webhook.id} ${event.id}`, attempt);
		const { webhookRetrySeconds: waits, webhookTimeoutMs } = this.world.settings;
		const { signal } = this.closing;
		const url = String(webhook.attributes.url);
		const headers: Record<string, string> = {
			'Content-Type': 'application/json; charset=utf-8',
			'Persona-Signature': buildSignatureHeader(body, liveSecrets(this.world, webhook)),
			'Persona-Webhook-Attempts-Made': String(attempt),
			'Persona-Webhook-Attempts-Left': String(Math.max(0, waits.length + 1 - attempt)),
			'Persona-Webhook-First-Attempted-At': String(firstAt),
			...this.world.about(webhook).customHeaders,
		};
		const name = String(event.attributes.name);
		const { id: webhookId } = webhook;
		const entry: DeliveryLogEntry = {
			webhookId,
			eventId: event.id,
			eventName: name,
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
		const wait = waits[attempt - 1];
		if (accepted.has(entry.status ?? 0) || wait === undefined) return;
		if (webhook.attributes.status !== 'enabled') return;
		const timer = this.world.after(wait * 1000, () => {
			this.retries.get(webhookId)?.delete(timer);
			void this.attempt({ ...delivery, attempt: attempt + 1 });
		});
		const timers = this.retries.get(webhookId) ?? new Set();
		this.retries.set(webhookId, timers.add(timer));
	}
}
