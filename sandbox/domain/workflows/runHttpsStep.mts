import axios from 'axios';
import type { HttpsAttempt, HttpsStep } from '../../state/httpsStep.mts';
import type { Json } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { buildSignatureHeader } from '../../webhooks/signature.mts';

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Runs a step and records its attempts and output in the private state of the run. False when no
 * attempt succeeded or the sandbox was reset meanwhile.
 */
export async function runHttpsStep(
	state: SandboxState,
	step: HttpsStep,
	run: StoredObject,
): Promise<boolean> {
	const privateState = state.getPrivateState(run);
	const attempts: HttpsAttempt[] = (privateState.attempts = []);
	const delays = [...(step.retrySeconds ?? [])];
	for (;;) {
		const attempt = await sendAttempt(state, step, run.id);
		if (!state.store.find(run)) return false;
		attempts.push(attempt);
		const { status, responseBody } = attempt;
		if (status !== null && status >= 200 && status < 300) {
			privateState.output = responseBody;
			return true;
		}
		const delaySeconds = delays.shift();
		if (delaySeconds === undefined || !(await state.wait(delaySeconds * 1000))) return false;
	}
}

async function sendAttempt(
	state: SandboxState,
	step: HttpsStep,
	runId: string,
): Promise<HttpsAttempt> {
	const { url, method = 'POST', secret, timeoutMs = DEFAULT_TIMEOUT_MS } = step;
	const body = JSON.stringify(step.buildBody(runId));
	const headers: Record<string, string> = {
		'Content-Type': 'application/json',
		...(secret !== undefined && { 'Persona-Signature': buildSignatureHeader(body, [secret]) }),
	};
	const abortController = new AbortController();
	void state.wait(timeoutMs).then(() => abortController.abort());
	try {
		const { status, data } = await axios.request<Json>({
			url,
			method,
			headers,
			data: Buffer.from(body),
			signal: abortController.signal,
			maxRedirects: 0,
			proxy: false,
			validateStatus: () => true,
		});
		return { status, responseBody: data, headers, body };
	} catch {
		return { status: null, headers, body };
	}
}
