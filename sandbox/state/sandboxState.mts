import { FaultQueue } from './faultQueue.mts';
import { replaceFileLinks } from './fileLinks.mts';
import { FileTokens } from './fileTokens.mts';
import { IdempotencyStore } from './idempotencyStore.mts';
import { createId } from './ids.mts';
import { type Inflection, inflectKeys } from './inflection.mts';
import type { Json, JsonObject } from './json.mts';
import { Limits } from './limits.mts';
import type { FileRequestLogEntry, RequestLogEntry } from './logEntries.mts';
import type { PrivateState } from './privateState.mts';
import { toRef } from './relationships.mts';
import { SearchIndex } from './searchIndex.mts';
import type { ListItemsShown, SandboxSettings } from './settings.mts';
import { Store } from './store.mts';
import type { StoredObject } from './storedObject.mts';
import { getTimestamp } from './timestamp.mts';

/** Node's timers cannot wait longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A link that opens the hosted flow once. */
export interface OneTimeLink {
	sessionId: string;
	/** Milliseconds since 1970. */
	expiresAt: number;
	isUsed: boolean;
}

/** All state of one sandbox, with what every part of it needs: objects, events, timers. */
export class SandboxState {
	readonly store = new Store();
	readonly faults = new FaultQueue();
	readonly idempotency = new IdempotencyStore();
	readonly fileTokens = new FileTokens();
	readonly searchIndex: SearchIndex;
	/** Oldest first. */
	readonly requests: RequestLogEntry[] = [];
	/** Oldest first. */
	readonly fileRequests: FileRequestLogEntry[] = [];
	/** By the name of the tag. */
	readonly tagIds = new Map<string, string>();
	/** By the value of the key. */
	readonly apiKeyIds = new Map<string, string>();
	/** By the code in the link. */
	readonly oneTimeLinks = new Map<string, OneTimeLink>();
	/** By session token. */
	readonly sessionIds = new Map<string, string>();
	/** By the name of the file. */
	readonly files = new Map<string, { mimeType: string; bytes: Buffer }>();
	/** Called with each event after it was stored. */
	onEvent: (event: StoredObject) => void = () => undefined;
	/** Called with a webhook that was disabled or archived. */
	onWebhookDisabled: (webhook: StoredObject) => void = () => undefined;
	/** What lists show of their items. */
	listItems: ListItemsShown;
	/** While true, every connection except those to `/sandbox` is cut. */
	isOutage = false;
	/** The origin of the API and of the hosted flow; empty until the server listens. */
	url = '';
	/** The origin of the files, which is another one; empty until the server listens. */
	filesUrl = '';
	private privateStates = new Map<string, PrivateState>();
	private timers = new Set<NodeJS.Timeout>();
	private waitCancellers = new Set<() => void>();

	/** Replaced by a reset. */
	limits: Limits;

	constructor(readonly settings: SandboxSettings) {
		this.limits = new Limits(settings.rateLimit, settings.quota);
		this.listItems = settings.listItems;
		this.searchIndex = new SearchIndex(settings.searchLagSeconds);
	}

	/** The origin for links that people open. */
	get publicUrl() {
		return (this.settings.publicUrl ?? this.url).replace(/\/$/, '');
	}

	/** What is remembered about the object besides its attributes; may be written to. */
	getPrivateState({ id }: { id: string }): PrivateState {
		let privateState = this.privateStates.get(id);
		if (!privateState) this.privateStates.set(id, (privateState = {}));
		return privateState;
	}

	/** Runs a task later, unless the sandbox is reset or closed first. */
	schedule(delayMs: number, run: () => void): NodeJS.Timeout {
		const { environment } = this.store;
		const timer = setTimeout(
			() => {
				this.timers.delete(timer);
				this.store.runIn(environment, run);
			},
			Math.min(delayMs, MAX_TIMER_MS),
		);
		timer.unref();
		this.timers.add(timer);
		return timer;
	}

	/** Waits; false when the sandbox was reset or closed first. */
	wait(ms: number): Promise<boolean> {
		return new Promise((resolve) => {
			const cancel = () => resolve(false);
			this.waitCancellers.add(cancel);
			this.schedule(ms, () => {
				this.waitCancellers.delete(cancel);
				resolve(true);
			});
		});
	}

	/** Stores an event with a copy of the object and calls `onEvent`. */
	emitEvent(name: string, object: StoredObject, context?: JsonObject): StoredObject {
		const { type, id, attributes, relationships } = object;
		const data = cloneJson({ type, id, attributes, ...(relationships && { relationships }) });
		const event: StoredObject = {
			type: 'event',
			id: createId('evt'),
			attributes: {
				name,
				payload: { data },
				'created-at': getTimestamp(),
				...(context && { context }),
			},
		};
		this.store.runIn(this.store.getEnvironmentOf(object) ?? this.store.environment, () => {
			this.store.add(event);
			this.onEvent(event);
		});
		this.searchIndex.record(object, () => data as unknown as StoredObject);
		return event;
	}

	/** Remembers a change that may have no event, so that searches see it after their lag. */
	recordChange(object: StoredObject) {
		this.searchIndex.record(object, () => cloneJson(object) as unknown as StoredObject);
	}

	/** Remembers what searches see of an object until a change is old enough. */
	recordBeforeChange(id: string) {
		const object = this.store.findById(id);
		if (!object) return;
		this.searchIndex.recordBefore(object, () => cloneJson(object) as unknown as StoredObject);
	}

	/** The value as it leaves the sandbox: with new links to files, and keys in the given casing. */
	serialize(
		value: Json,
		inflection: Inflection,
		fileSeconds = this.settings.fileLinkSeconds,
	): Json {
		const linked = replaceFileLinks(value, (name) => {
			const token = this.fileTokens.create(name, fileSeconds);
			return `${this.filesUrl}/files/${name}?access_token=${token}`;
		});
		return inflection === 'kebab' ? linked : inflectKeys(linked, inflection);
	}

	/** Stores a new object under a new ID. */
	createObject(
		type: string,
		idPrefix: string,
		attributes: JsonObject,
		relationships?: StoredObject['relationships'],
	) {
		const object: StoredObject = { type, id: createId(idPrefix), attributes, relationships };
		return this.store.add(object);
	}

	/** Adds an object to a to-many relationship. */
	addRelated(object: StoredObject, name: string, related: StoredObject) {
		const relationships = (object.relationships ??= {});
		const data = relationships[name]?.data;
		relationships[name] = { data: [...(Array.isArray(data) ? data : []), toRef(related)] };
	}

	/** Removes everything, including faults, logs and timers. */
	clear() {
		this.cancelTimers();
		this.store.clear();
		this.faults.clear();
		this.idempotency.clear();
		this.searchIndex.clear();
		this.limits = new Limits(this.settings.rateLimit, this.settings.quota);
		this.requests.length = 0;
		this.fileRequests.length = 0;
		this.tagIds.clear();
		this.apiKeyIds.clear();
		this.oneTimeLinks.clear();
		this.sessionIds.clear();
		this.files.clear();
		this.privateStates.clear();
		this.isOutage = false;
		this.listItems = this.settings.listItems;
	}

	/** Cancels all scheduled tasks and waits. */
	cancelTimers() {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
		for (const cancel of this.waitCancellers) cancel();
		this.waitCancellers.clear();
	}
}

// Twice as fast as structuredClone, and every event of every create passes through here.
const cloneJson = (value: unknown) => JSON.parse(JSON.stringify(value)) as Json;
