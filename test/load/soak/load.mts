import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { fixtures, type DeliveryLogEntry } from '../../../sandbox/sandbox.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { buildIdLocator } from '../../e2e/buildNode.mts';
import { forgeDelivery } from '../forgedDeliveries.mts';
import type { LoadEnvironment } from '../loadEnvironment.mts';
import { postDelivery } from '../postDelivery.mts';

/** How long Persona's API is down, once in each stretch of load. */
const OUTAGE_MS = 6_000;

/** How long the previous secret stays valid: longer than the trigger takes to fetch the new one. */
const OVERLAP_SECONDS = 12;

/** Time after which another attempt has another timestamp. */
const NEXT_SECOND_MS = 1_500;

/** How long a person takes at least, and how long an execution waits for a report before it is stopped. */
const PAUSE_MS = 3_000;

/** A busy machine takes its time. */
const TIMEOUT_MS = 120_000;

/** How often each part of the load begins. Together they take a third of Persona's rate limit. */
const INTERVALS_MS = { operations: 12_000, person: 20_000, stopped: 30_000, editor: 20_000 };

/** The subject of a soak and its load. */
export interface Soak {
	environment: LoadEnvironment;
	webhookId: string;
	/** The workflow whose executions are stopped while they wait. */
	stoppable: string;
	/** An n8n that does the same with nodes of its own, if there is one. */
	control?: LoadEnvironment;
	deliveriesPerSecond: number;
	/** Emits a new event, of another kind each time. */
	emitEvent: () => string;
	/** How often each thing has been done, or has failed. */
	tally: Record<string, number>;
}

const count = ({ tally }: Soak, name: string) => (tally[name] = (tally[name] ?? 0) + 1);

const post = async (url: string) =>
	(await axios.post<Record<string, unknown>>(url, {}, { proxy: false, timeout: TIMEOUT_MS })).data;

/** Delivers events: seven of ten are new, one is an exact replay, one comes again, and one is forged. */
function createDeliverer(soak: Soak) {
	const { environment, webhookId, control, emitEvent } = soak;
	const persona = environment.sandbox.control;
	let number = 0;
	let used: DeliveryLogEntry | undefined;

	/** A delivery that n8n has accepted, and that was not the last one to be sent again. */
	const findAccepted = () =>
		persona.deliveries
			.slice(-100)
			.find(
				(entry) =>
					entry.status === 200 && entry !== used && Date.now() - entry.sentAt > NEXT_SECOND_MS,
			);

	return async () => {
		number += 1;
		const accepted = findAccepted();
		const kind = accepted ? number % 10 : 0;
		used = accepted;
		if (!accepted || kind < 7) {
			emitEvent();
			count(soak, 'events');
		} else if (kind === 7) {
			const status = await postDelivery(accepted.url, accepted.headers, accepted.body);
			count(soak, `exact replays: ${status}`);
		} else if (kind === 8) {
			persona.redeliver(accepted.eventId);
			count(soak, 'delivered again');
		} else {
			const [secret] = persona.getSecrets(webhookId);
			const { body, signature } = forgeDelivery(Math.floor(number / 10), accepted, secret);
			const headers = { ...(signature !== undefined && { 'Persona-Signature': signature }) };
			count(soak, `forged: ${await postDelivery(accepted.url, headers, body)}`);
		}
		const latest = persona.deliveries.at(-1);
		if (control && latest) {
			await postDelivery(`${control.n8n.url}/webhook/listener`, latest.headers, latest.body);
		}
	};
}

/** Creates, reads, lists, downloads, waits for a report, and fails, in one execution. */
async function runOperations(soak: Soak) {
	const { environment, control } = soak;
	const both = control ? [environment, control] : [environment];
	const [answer] = await Promise.all(both.map(({ n8n }) => post(`${n8n.url}/webhook/operations`)));
	count(soak, answer.id ? 'rounds of operations' : `failed: ${JSON.stringify(answer)}`);
}

/** Lets an execution wait for a person, who finishes and comes back. */
async function runPerson(soak: Soak) {
	const { n8n, sandbox } = soak.environment;
	const { id, link } = await post(`${n8n.url}/webhook/person`);
	await waitFor(
		'the execution waits for the person',
		async () =>
			sandbox.control.requests
				.slice(-100)
				.some(
					({ method, path }) => method === 'PATCH' && path.endsWith(`/inquiries/${String(id)}`),
				),
		TIMEOUT_MS,
	);
	await sleep(PAUSE_MS);
	await completeHostedFlow(String(link));
	count(soak, 'people waited for');
}

/** Stops an execution while it waits for a report. */
async function runStopped(soak: Soak) {
	const { client, n8n } = soak.environment;
	await post(`${n8n.url}/webhook/stopped`);
	await sleep(PAUSE_MS);
	const [{ id }] = await client.fetchExecutions(soak.stoppable, 1);
	await client.request('POST', `/rest/executions/${id}/stop`);
	count(soak, 'executions stopped');
}

/** Opens a list of the editor, or reads the columns of an inquiry. */
async function runEditor(soak: Soak) {
	const { client, credential } = soak.environment;
	const request = {
		path: 'parameters.inquiryId',
		node: {
			type: 'n8n-nodes-persona.persona',
			typeVersion: 1,
			credentials: { personaApi: { id: credential.id, name: credential.name } },
		},
		parameters: {
			...{ resource: 'inquiry', operation: 'create' },
			inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
		},
	};
	await client.searchList({ ...request, methodName: 'searchInquiries' });
	await client.fetchMapperFields({ ...request, methodName: 'inquiryFields' });
	count(soak, 'lists and columns of the editor');
}

/** Cuts all connections to Persona's API for a moment, in which the secret changes. */
async function runOutage(soak: Soak) {
	const { control } = soak.environment.sandbox;
	control.setOutage(true);
	control.rotateSecret(soak.webhookId, OVERLAP_SECONDS);
	await sleep(OUTAGE_MS);
	control.setOutage(false);
	count(soak, 'outages');
}

/**
 * Returns a function that puts the load on n8n for this many milliseconds, with an outage in the middle,
 * and resolves when all that it has begun is over.
 */
export function createLoad(soak: Soak): (durationMs: number) => Promise<void> {
	const deliver = createDeliverer(soak);
	return async (durationMs) => {
		const from = Date.now();
		const pending = new Set<Promise<void>>();
		const begin = (work: () => Promise<void>) => {
			const task = work().catch((error: Error) => {
				count(soak, `failed: ${error.message.slice(0, 200)}`);
			});
			pending.add(task);
			void task.finally(() => pending.delete(task));
		};
		const repeat = async (intervalMs: number, work: () => Promise<void>) => {
			for (let at = 0; at < durationMs; at += intervalMs) {
				await sleep(from + at - Date.now());
				begin(work);
			}
		};
		const outage = async () => {
			await sleep(durationMs / 2);
			await runOutage(soak);
		};
		await Promise.all([
			repeat(1_000 / soak.deliveriesPerSecond, deliver),
			repeat(INTERVALS_MS.operations, async () => await runOperations(soak)),
			repeat(INTERVALS_MS.person, async () => await runPerson(soak)),
			repeat(INTERVALS_MS.stopped, async () => await runStopped(soak)),
			repeat(INTERVALS_MS.editor, async () => await runEditor(soak)),
			outage(),
		]);
		await Promise.all(pending);
	};
}
