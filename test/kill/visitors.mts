import { setTimeout as sleep } from 'node:timers/promises';
import { completeHostedFlow } from '../../tools/completeHostedFlow.mts';
import { waitFor } from '../../tools/n8n/n8nClient.mts';
import type { LoadEnvironment } from '../load/loadEnvironment.mts';
import { send } from '../support/apiClient.mts';
import { findInquiries } from './activities.mts';

/** How often a person tries to open a page that does not answer. */
const RELOAD_MS = 1_000;

const CREATION_TIMEOUT_MS = 120_000;

/** What a person does. */
export interface Visit {
	/** How long the person takes. */
	afterMs: number;
	/** Whether the person tries again where n8n does not answer. */
	reloads: boolean;
}

/**
 * Does what a person does who gets a link once the inquiry with this note exists: completes Persona's flow
 * and lets Persona send them back to n8n, which may be down.
 */
export async function visit(
	environment: LoadEnvironment,
	note: string,
	{ afterMs, reloads }: Visit,
): Promise<void> {
	const inquiry = await waitFor(
		`the inquiry of ${note} exists`,
		async () => findInquiries(environment, note)[0],
		CREATION_TIMEOUT_MS,
	);
	await sleep(afterMs);
	const path = `/inquiries/${inquiry.id}/generate-one-time-link`;
	const { meta } = await send(environment.sandbox, 'POST', path);
	const isBack = await completeHostedFlow(meta['one-time-link']).then(
		() => true,
		() => false,
	);
	if (!isBack && reloads) await reload(String(inquiry.attributes['redirect-uri']));
}

/** Opens a page again and again until n8n answers that the person is back, or is no longer awaited. */
async function reload(url: string) {
	const deadline = Date.now() + CREATION_TIMEOUT_MS;
	while (Date.now() < deadline) {
		const status = await fetch(url).then(
			(response) => response.status,
			() => undefined,
		);
		if (status === 200 || status === 409) return;
		await sleep(RELOAD_MS);
	}
}
