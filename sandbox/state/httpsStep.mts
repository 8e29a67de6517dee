import type { Method } from 'axios';
import type { Json } from './json.mts';

/** The step "Make HTTPS Request" of a workflow, which Persona's users set up in the dashboard. */
export interface HttpsStep {
	url: string;
	/** Default POST. */
	method?: Method;
	/** Signs every attempt; without it none is signed. */
	secret?: string;
	/** Builds the JSON body from the ID of the run. */
	buildBody: (runId: string) => Json;
	/** How long to wait for a response; default 10,000. */
	timeoutMs?: number;
	/** Waits between the attempts; default none, which means a single attempt. */
	retrySeconds?: number[];
}

/** One attempt of an HTTPS step. */
export interface HttpsAttempt {
	/** Null where no response came in time. */
	status: number | null;
	/** Parsed where it is JSON. */
	responseBody?: Json;
	headers: Record<string, string>;
	body: string;
}
