import { FileTokens, withFileUrls } from './files/fileLinks.mts';
import { newId } from './ids.mts';
import type { HttpsAttempt, HttpsStep } from './life/httpsStep.mts';
import type { SandboxApiKey, Settings } from './options.mts';
import { Faults } from './server/faults.mts';
import { Idempotency } from './server/idempotency.mts';
import { type Inflection, inflectKeys } from './server/inflection.mts';
import { LimitWindow } from './server/limitWindow.mts';
import { type Json, type JsonObject, refTo, Store, type StoredObject } from './store.mts';

/** One request to the API, whatever became of it. */
export interface RequestLogEntry {
	id: string;
	method: string;
	/** Without the query. */
	path: string;
	query: JsonObject;
	headers: Record<string, string | string[] | undefined>;
	ip: string;
	/** The body as it was sent, parsed. */
	body: Json | undefined;
	/** Milliseconds since 1970. */
	startedAt: number;
	/** Null until it is answered, and for ever when the connection was cut. */
	status: number | null;
	/** The headers of the answer, once there is one. */
	responseHeaders?: JsonObject;
	idempotencyKey?: string;
	/** The answer came from the memory of an earlier request with this key. */
	replayed: boolean;
}

/** One request to the host of the files. */
export interface FileRequestLogEntry {
	path: string;
	headers: Record<string, string | string[] | undefined>;
	status: number;
}

/** A link that opens the hosted page once. */
export interface OneTimeLink {
	sessionId: string;
	/** Milliseconds since 1970. */
	expiresAt: number;
	used: boolean;
}

/** A relation from an account or a transaction to another object. */
export interface Relation {
	key: string;
	targetId: string;
	createdAt: string;
}

/** What the sandbox remembers about an object and shows nowhere in it. */
export interface Hidden {
	redirectUri?: string | null;
	expireAfterStart?: number | null;
	expireAfterResume?: number | null;
	/** A verification under investigation must not be redacted. */
	locked?: boolean;
	/** An account that was merged into another. */
	archived?: boolean;
	/** What a report was asked. */
	query?: JsonObject;
	/** The runs and decisions of a report, oldest first. */
	history?: (JsonObject & { id: string })[];
	/** Sessions end at a time that is fixed when they begin; milliseconds since 1970. */
	endsAt?: number;
	/** Secrets of a webhook, the newest first; milliseconds since 1970. */
	secrets?: { value: string; expiresAt: number | null }[];
	customHeaders?: Record<string, string>;
	/** The texts of an inquiry template, by language. */
	texts?: JsonObject[];
	/** What an API key was given at the start of the sandbox. */
	given?: SandboxApiKey;
	/** What an inbound share token stands for: an object of another organization. */
	shared?: StoredObject;
	relations?: Relation[];
	/** The step of a workflow that calls somebody. */
	httpsStep?: HttpsStep;
	/** Of a run with such a step, oldest first. */
	attempts?: HttpsAttempt[];
	/** What the step of a run received; Persona's API shows it nowhere. */
	output?: Json;
}

/** All state of one sandbox, and the few things everything in it needs. */
export class World {
	readonly store = new Store();
	readonly faults = new Faults();
	readonly idempotency = new Idempotency();
	readonly tokens = new FileTokens();
	readonly rateLimit: LimitWindow;
	readonly quotas = new Map<string, LimitWindow>();
	readonly requests: RequestLogEntry[] = [];
	readonly fileRequests: FileRequestLogEntry[] = [];
	/** Tag IDs by name. */
	readonly tags = new Map<string, string>();
	/** API key IDs by the value of the key. */
	readonly keys = new Map<string, string>();
	readonly links = new Map<string, OneTimeLink>();
	/** Session IDs by session token. */
	readonly sessionTokens = new Map<string, string>();
	readonly files = new Map<string, { mime: string; bytes: Buffer }>();
	/** Called with each event after it is stored. */
	onEvent: (event: StoredObject) => void = () => undefined;
	/** Called with a webhook that wants no more deliveries. */
	onSilence: (webhook: StoredObject) => void = () => undefined;
	outage = false;
	/** Where the API and the pages are; known once the server listens. */
	url = '';
	/** Where the files are, which is another origin. */
	filesUrl = '';
	private hidden = new Map<string, Hidden>();
	private timers = new Set<NodeJS.Timeout>();
	private ends = new Set<() => void>();

	constructor(readonly settings: Settings) {
		this.rateLimit = new LimitWindow(settings.rateLimit);
	}

	/** The origin for links that people open. */
	get publicUrl() {
		return (this.settings.publicUrl ?? this.url).replace(/\/$/, '');
	}

	/** What is remembered about the object beside its attributes. */
	about({ id }: { id: string }): Hidden {
		let about = this.hidden.get(id);
		if (!about) this.hidden.set(id, (about = {}));
		return about;
	}

	/** Runs later, unless the sandbox is reset or closed first. */
	after(ms: number, run: () => void): NodeJS.Timeout {
		// Longer waits than Node's timers can hold are cut; nobody keeps a sandbox that long.
		const timer = setTimeout(
			() => {
				this.timers.delete(timer);
				run();
			},
			Math.min(ms, 2 ** 31 - 1),
		);
		timer.unref();
		this.timers.add(timer);
		return timer;
	}

	/** Waits; false when the sandbox was reset or closed before the time was over. */
	pause(ms: number): Promise<boolean> {
		return new Promise((resolve) => {
			const end = () => resolve(false);
			this.ends.add(end);
			this.after(ms, () => {
				this.ends.delete(end);
				resolve(true);
			});
		});
	}

	/** Records that something happened and tells who listens. */
	emit(name: string, thing: StoredObject, context?: JsonObject): StoredObject {
		const { type, id, attributes, relationships } = thing;
		const data = { type, id, attributes, ...(relationships && { relationships }) };
		const event: StoredObject = {
			type: 'event',
			id: newId('evt'),
			attributes: {
				name,
				payload: { data: snapshot(data) },
				'created-at': new Date().toISOString(),
				...(context && { context }),
			},
		};
		this.store.add(event);
		this.onEvent(event);
		return event;
	}

	/** A value as it leaves the sandbox: links to files made fresh, keys in the casing asked for. */
	write(value: Json, inflection: Inflection, fileSeconds = this.settings.fileLinkSeconds): Json {
		const urlOf = (name: string) =>
			`${this.filesUrl}/files/${name}?access_token=${this.tokens.make(name, fileSeconds)}`;
		const linked = withFileUrls(value, urlOf);
		return inflection === 'kebab' ? linked : inflectKeys(linked, inflection);
	}

	/** A new object with the time of its creation. */
	create(
		type: string,
		prefix: string,
		attributes: JsonObject,
		relationships?: StoredObject['relationships'],
	) {
		const thing: StoredObject = { type, id: newId(prefix), attributes, relationships };
		return this.store.add(thing);
	}

	/** Points a to-many relationship at one more object. */
	attach(thing: StoredObject, name: string, other: StoredObject) {
		const relationships = (thing.relationships ??= {});
		const data = relationships[name]?.data;
		relationships[name] = { data: [...(Array.isArray(data) ? data : []), refTo(other)] };
	}

	/** Forgets everything that happened. */
	clear() {
		this.stop();
		this.store.clear();
		this.faults.clear();
		this.idempotency.clear();
		this.rateLimit.restart(this.settings.rateLimit);
		this.quotas.clear();
		this.requests.length = 0;
		this.fileRequests.length = 0;
		this.tags.clear();
		this.keys.clear();
		this.links.clear();
		this.sessionTokens.clear();
		this.files.clear();
		this.hidden.clear();
		this.outage = false;
	}

	/** Lets nothing more happen by itself. */
	stop() {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
		for (const end of this.ends) end();
		this.ends.clear();
	}
}

// Twice as fast as structuredClone, and every event of every create goes through here.
const snapshot = (value: unknown) => JSON.parse(JSON.stringify(value)) as Json;

/** The time as Persona writes it. */
export const now = () => new Date().toISOString();
