import type { HttpsAttempt, HttpsStep } from './httpsStep.mts';
import type { Json, JsonObject } from './json.mts';
import type { SandboxApiKey } from './settings.mts';
import type { StoredObject } from './storedObject.mts';

/** A relation from an account or a transaction to another object. */
export interface ObjectRelation {
	key: string;
	targetId: string;
	createdAt: string;
}

/** What the sandbox remembers about an object without showing it in any response. */
export interface PrivateState {
	/** Of an inquiry. */
	redirectUri?: string | null;
	expireAfterStartSeconds?: number | null;
	expireAfterResumeSeconds?: number | null;
	/** Of a verification, which must not be redacted then. */
	isUnderInvestigation?: boolean;
	/** Of an account that was merged into another. */
	isArchived?: boolean;
	/** Of a report. */
	query?: JsonObject;
	/** The runs of a report and what people did with it, oldest first. */
	history?: (JsonObject & { id: string })[];
	/** When a session ends, which is fixed when it starts; milliseconds since 1970. */
	endsAt?: number;
	/** The secrets of a webhook, newest first; `expiresAt` in milliseconds since 1970. */
	secrets?: { value: string; expiresAt: number | null }[];
	/** Of a webhook. */
	customHeaders?: Record<string, string>;
	/** The texts of an inquiry template, by language. */
	texts?: JsonObject[];
	/** How an API key was configured when the sandbox started. */
	configuredKey?: SandboxApiKey;
	/** The object of another organization that an inbound share token represents. */
	sharedObject?: StoredObject;
	relations?: ObjectRelation[];
	/** Of a workflow. */
	httpsStep?: HttpsStep;
	/** The attempts of a run's HTTPS step, oldest first. */
	attempts?: HttpsAttempt[];
	/** The response to a run's HTTPS step; Persona's API does not show it. */
	output?: Json;
}
