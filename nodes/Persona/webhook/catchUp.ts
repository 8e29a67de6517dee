import { createHmac } from 'crypto';
import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { backlog, type Place } from '../polling/backlog';
import { eventList, type Ask, type Timed } from '../polling/eventList';
import { Client } from '../transport/client';
import { hostOf } from './address';
import { marked } from './missed';
import { eventsOf, isAmong } from './parameters';
import { warn } from './reply';
import { pathOf } from './requests';
import { secretsIn } from './secrets';
import { storedOf, type Missed } from './stored';
import { optionsOf } from './wanted';

type Node = IHookFunctions | IWebhookFunctions;

const PATIENCE = { tries: 3, timeout: 30_000 };

/** Milliseconds in which n8n answers itself, as long as Persona waits. */
const ANSWERED_WITHIN = 5_000;

/** Milliseconds until n8n takes deliveries to a workflow that it has just activated. */
const SETTLED = 1_000;

/** Milliseconds between the tries of one delivery: n8n may be starting, or Persona be away. */
const WAITS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** Milliseconds after which nobody works on it any more: all tries of one delivery take less. */
const ABANDONED = 2 * 60_000;

const HOUR = 60 * 60 * 1000;

/** The catching up of each node that is under way; another one or none takes its place. */
const underWay = new Map<string, object>();

const nodeKey = (hook: Node) => `${hook.getWorkflow().id} ${hook.getNode().id}`;

/** Ends the catching up of a node; what is not done is kept for the next activation. */
export const stopCatchingUp = (hook: IHookFunctions) => underWay.delete(nodeKey(hook));

/** Whether the user wants events from while the workflow was off, and a workflow can be off. */
const wanted = (hook: Node) =>
	hook.getMode() === 'manual' ? 0 : (optionsOf(hook).catchUp ?? 0) * HOUR;

const listFor = async (hook: Node) =>
	eventList(hook, await Client.of(hook, PATIENCE), eventsOf(hook));

/** Throws where the user wants to catch up and the key may not read events. */
export async function checkCatchUp(hook: IHookFunctions): Promise<void> {
	if (wanted(hook)) await (await listFor(hook))();
}

/** Notes what was missed from the end of the last webhook to the beginning of this one. */
export function noteMissed(hook: IHookFunctions, until: number) {
	const stored = storedOf(hook);
	const bound = until - wanted(hook);
	const { off, missed = [] } = stored;
	delete stored.off;
	const all = [...missed, ...(off === undefined ? [] : [{ from: off, until, at: Date.now() }])];
	const within = all
		.filter((one) => one.until > Math.max(bound, one.from))
		.map((one) => (one.from < bound ? { ...one, from: bound, after: undefined } : one));
	if (within.length > 0) stored.missed = within;
	else delete stored.missed;
}

/** The events of a time, oldest first and some at a time; `last` is true with the last of them. */
async function* eventsWithin(ask: Ask, names: string[], { from, until, after }: Missed) {
	let place: Place = { starts: [] };
	const isNew = ({ event, at }: Timed) => at <= until && isAmong(names, event.attributes.name);
	let last = false;
	while (!last) {
		const found = await backlog(ask, { from, isNew, place, deadline: Infinity });
		place = found.place;
		last = place.starts.length === 0 && place.floor === undefined;
		const done = found.events.findIndex(({ event }) => event.id === after);
		const events = found.events.slice(done + 1).map(({ event }) => event);
		yield { events, last };
	}
}

/**
 * Delivers what was missed to the node's own address, as Persona would, one event after another:
 * n8n lets a node start executions nowhere else. It goes on after the hook has returned; what it
 * needs of the node it reads before that.
 */
export async function catchUp(hook: Node): Promise<void> {
	const stored = storedOf(hook);
	const { webhookId } = stored;
	const missed = (stored.missed ?? []).map((one) => ({ ...one, at: Date.now() }));
	const url = hook.getNodeWebhookUrl('default');
	if (missed.length === 0 || !webhookId || !url || !wanted(hook)) return;
	const key = nodeKey(hook);
	const work = {};
	underWay.set(key, work);
	stored.missed = missed;
	const goesOn = () => underWay.get(key) === work;
	const names = eventsOf(hook);
	const client = await Client.of(hook, PATIENCE);
	const ask = eventList(hook, client, names);

	let secret = '';
	const deliver = async (body: string) => {
		if (secret === '') {
			const answer = await client.answer({ method: 'GET', path: pathOf(webhookId) });
			secret = secretsIn(answer)[0]?.value ?? '';
		}
		const seconds = Math.floor(Date.now() / 1000);
		const digest = createHmac('sha256', secret).update(`${seconds}.${body}`);
		const { statusCode } = (await hook.helpers.httpRequest({
			method: 'POST',
			url,
			body,
			headers: {
				'content-type': 'application/json',
				'persona-signature': `t=${seconds},v1=${digest.digest('hex')}`,
			},
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			timeout: ANSWERED_WITHIN,
		})) as { statusCode: number };
		return statusCode;
	};

	/** Whether n8n has taken it in the end. */
	const taken = async (body: string) => {
		for (const wait of [...WAITS, 0]) {
			const status = await deliver(body).catch(() => 0);
			if (status === 200) return true;
			if (!goesOn()) return false;
			// It may have been replaced.
			secret = '';
			await sleep(wait);
		}
		throw new Error(
			`n8n does not reach itself at ${hostOf(url)}, or does not take what it sends to itself`,
		);
	};

	const all = async () => {
		await sleep(SETTLED);
		for (const one of missed) {
			for await (const { events, last } of eventsWithin(ask, names, one)) {
				for (const [index, event] of events.entries()) {
					const isLast = last && index === events.length - 1;
					const { until } = one;
					for (const done of [false, true]) {
						const body = JSON.stringify({ data: marked(event, { until, last: isLast, done }) });
						if (!goesOn() || !(await taken(body))) return;
					}
				}
			}
		}
		if (goesOn()) underWay.delete(key);
	};

	void all().catch((error: Error) => {
		hook.logger.warn(
			`${hook.getNode().name}: Not all events from while the workflow was off could be caught up on; the rest follows with one of the next events, or when the workflow is published again. ${error.message}`,
			{ workflowId: hook.getWorkflow().id },
		);
	});
}

/** Goes on with what n8n was stopped in: it asks a node about its webhook only when it is published. */
export async function resumeCatchUp(webhook: IWebhookFunctions): Promise<void> {
	const { missed = [] } = storedOf(webhook);
	if (missed.length === 0 || missed.some(({ at }) => Date.now() - at < ABANDONED)) return;
	await catchUp(webhook).catch((error: Error) => warn(webhook, error.message));
}
