import axios, { type Method } from 'axios';
import type { Json, StoredObject } from '../store.mts';
import { buildSignatureHeader } from '../webhooks/signature.mts';
import type { World } from '../world.mts';

/** A step "Make HTTPS Request" of a workflow, as somebody sets it up in the dashboard. */
export interface HttpsStep {
	url: string;
	/** Default POST. */
	method?: Method;
	/** Signs each attempt anew; without it none is signed. */
	secret?: string;
	/** What is sent as JSON, by the ID of the run. */
	buildBody: (runId: string) => Json;
	/** How long an answer may take; default 10,000. */
	timeoutMs?: number;
	/** Waits between the attempts; default none, so there is one attempt. */
	retrySeconds?: number[];
}

/** One attempt of a step. */
export interface HttpsAttempt {
	/** The status that came back; null when none did in time. */
	status: number | null;
	/** What came back, parsed where it is JSON. */
	responseBody?: Json;
	headers: Record<string, string>;
	body: string;
}

/**
 * Runs a step and notes its attempts and what came of it with the run. False where no attempt
 * succeeded, be it that the sandbox was reset meanwhile.
 */
export async function takeHttpsStep(
	world: World,
	step: HttpsStep,
	run: StoredObject,
): Promise<boolean> {
	const about = world.about(run);
	const attempts: HttpsAttempt[] = (about.attempts = []);
	const waits = [...(step.retrySeconds ?? [])];
	for (;;) {
		const attempt = await send(world, step, run.id);
		if (!world.store.find(run)) return false;
		attempts.push(attempt);
		const { status, responseBody: answer } = attempt;
		if (status !== null && status >= 200 && status < 300) {
			about.output = answer;
			return true;
		}
		const wait = waits.shift();
		if (wait === undefined || !(await world.pause(wait * 1000))) return false;
	}
}

async function send(world: World, step: HttpsStep, runId: string): Promise<HttpsAttempt> {
	const { url, method = 'POST', secret, timeoutMs = 10_000 } = step;
	const body = JSON.stringify(step.buildBody(runId));
	const headers: Record<string, string> = {
		'Content-Type': 'application/json',
		...(secret !== undefined && { 'Persona-Signature': buildSignatureHeader(body, [secret]) }),
	};
	const hangUp = new AbortController();
	void world.pause(timeoutMs).then(() => hangUp.abort());
	try {
		const { status, data } = await axios.request<Json>({
			url,
			method,
			headers,
			data: Buffer.from(body),
			signal: hangUp.signal,
			maxRedirects: 0,
			proxy: false,
			validateStatus: () => true,
		});
		return { status, responseBody: data, headers, body };
	} catch {
		return { status: null, headers, body };
	}
}
