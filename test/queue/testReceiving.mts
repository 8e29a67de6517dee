import { waitFor } from '../../tools/n8n/n8nClient.mts';
import { sign } from '../support/sign.mts';
import { buildIdLocator, selectCredential, buildNode } from '../e2e/buildNode.mts';
import { createListener, getEventId, readLoggedExecutions } from './createListener.mts';
import { SECRET } from './queueEnvironment.mts';
import { emitEvent, findRequests, formatSecondsSince, type QueueContext } from './queueContext.mts';

/** Simultaneous events, more than the worker runs at a time. */
const BURST_SIZE = 40;

/** A process fetches secrets at most every ten seconds. */
const ROTATION_TIMEOUT_MS = 40_000;

/** Tests deliveries to two processes. */
export function testReceiving(getContext: () => QueueContext) {
	it('registers one webhook with the address that the processes share', async () => {
		const { environment, listener } = getContext();
		expect(await environment.client.publish(listener.id)).toMatchObject({ status: 'published' });
		expect(environment.sandbox.control.store.getCollection('webhook').findAll()).toHaveLength(1);
		expect(listener.findActiveWebhooks()[0].attributes).toMatchObject({
			status: 'enabled',
			url: `${environment.address}${listener.path}`,
		});
	});

	it('starts the workflow once for each event of a burst, whichever process receives it', async () => {
		const { environment, listener, receivers, measured } = getContext();
		const from = Date.now();
		const events = Array.from({ length: BURST_SIZE }, () =>
			emitEvent(environment, 'inquiry.created'),
		);
		await waitFor(
			'all events have started the workflow',
			async () => (await listener.fetchExecutions()).length >= BURST_SIZE,
			60_000,
		);
		const seconds = formatSecondsSince(from);
		const runs = await listener.fetchExecutions();
		expect(runs.map(getEventId).sort()).toEqual(events.sort());
		expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['success']));

		const shares: string[] = [];
		for (const [name, n8n] of receivers) {
			const enqueued = await readLoggedExecutions(n8n, 'Enqueued');
			const { length } = runs.filter(({ id }) => enqueued.has(id));
			expect(length).toBeGreaterThan(0);
			shares.push(`${length} by ${name}`);
		}
		const inWorker = await readLoggedExecutions(environment.worker, 'Worker started');
		expect(runs.filter(({ id }) => !inWorker.has(id))).toEqual([]);
		measured.push(
			`${BURST_SIZE} events at once: received ${shares.join(', ')}; run by the worker within ${seconds} s`,
		);
	});

	it('verifies in each process: genuine deliveries start the workflow, forged ones are rejected', async () => {
		const { environment, listener, receivers, measured } = getContext();
		for (const round of [1, 2, 3]) {
			for (const [name, n8n] of receivers) {
				const eventId = `evt_${round}_${name}`;
				expect((await listener.post(n8n, listener.buildDelivery(eventId))).status).toBe(200);
				const { id } = await listener.waitForStart(eventId);
				expect(await readLoggedExecutions(n8n, 'Enqueued')).toContain(id);
				expect(await readLoggedExecutions(environment.worker, 'Worker started')).toContain(id);
			}
		}
		const before = (await listener.fetchExecutions()).length;
		const [webhook] = listener.findActiveWebhooks();
		const secrets = environment.sandbox.control.getSecrets(webhook.id);
		const sixMinutesAgo = Math.floor(Date.now() / 1000) - 6 * 60;
		for (const [, n8n] of receivers) {
			const { body, signature } = listener.buildDelivery('evt_forged');
			const forgeries = [
				{ body },
				{ body, signature: 'garbage' },
				{ body, signature: sign(body, 'wbhsec_wrong') },
				{ body, signature: sign(body, secrets, sixMinutesAgo) },
				{ body: `${body} `, signature },
			];
			for (const forged of forgeries) {
				expect((await listener.post(n8n, forged)).status).toBe(401);
			}
		}
		expect(await listener.fetchExecutions()).toHaveLength(before);
		const { length } = findRequests(environment, 'GET', `/webhooks/${webhook.id}`);
		measured.push(
			`${before} genuine and 10 forged deliveries: the secret was read ${length} times`,
		);
	});

	it('responds to a Persona workflow with the result of the worker', async () => {
		const { environment, receivers, measured } = getContext();
		const [inquiryId] = environment.sandbox.control.seedInquiries(1);
		const inquiry = buildIdLocator('={{ $json.body.inquiryId }}');
		const called = await createListener(
			environment,
			'asked',
			{ receive: 'workflow', responseMode: 'lastNode' },
			buildNode(
				'n8n-nodes-persona.persona',
				'Inquiry',
				{ resource: 'inquiry', operation: 'get', inquiryId: inquiry },
				selectCredential(environment),
			),
		);
		expect(await environment.client.publish(called.id)).toMatchObject({ status: 'published' });
		for (const [name, n8n] of receivers) {
			const body = JSON.stringify({ inquiryId, call: name });
			const from = Date.now();
			const response = await called.post(n8n, { body, signature: sign(body, SECRET) });
			measured.push(
				`A Persona workflow had its response from ${name} after ${formatSecondsSince(from)} s`,
			);
			expect(response).toMatchObject({ status: 200, data: { id: inquiryId, type: 'inquiry' } });
			const forged = await called.post(n8n, { body, signature: sign(body, 'wbhsec_wrong') });
			expect(forged.status).toBe(401);
		}
		const runs = await called.fetchExecutions();
		expect(runs).toHaveLength(receivers.length);
		const inWorker = await readLoggedExecutions(environment.worker, 'Worker started');
		expect(runs.filter(({ id }) => !inWorker.has(id))).toEqual([]);
		await environment.client.unpublish(called.id);
	});

	it('accepts a new secret in each process, and no longer the old one', async () => {
		const { environment, listener, receivers, measured } = getContext();
		const [{ id }] = listener.findActiveWebhooks();
		const [old] = environment.sandbox.control.getSecrets(id);
		const fresh = environment.sandbox.control.rotateSecret(id, 0);
		const from = Date.now();
		const delivered = emitEvent(environment, 'inquiry.created');
		const waitForNewSecret = async ([name, n8n]: QueueContext['receivers'][number]) => {
			const eventId = `evt_fresh_${name}`;
			const { body } = listener.buildDelivery(eventId);
			const postWith = async (secret: string) =>
				(await listener.post(n8n, { body, signature: sign(body, secret) })).status;
			await waitFor(
				`${name} accepts the new secret`,
				async () => (await postWith(fresh)) === 200,
				ROTATION_TIMEOUT_MS,
			);
			measured.push(
				`${name} accepted a secret that was replaced at once after ${formatSecondsSince(from)} s`,
			);
			expect(await postWith(old)).toBe(401);
			await listener.waitForStart(eventId);
		};
		await Promise.all(receivers.map(waitForNewSecret));
		await listener.waitForStart(delivered);
	});
}

/** Tests what unpublishing leaves. It comes last. */
export function testUnpublishing(getContext: () => QueueContext) {
	it('archives the webhook when the workflow is unpublished, and neither process listens any longer', async () => {
		const { environment, listener, receivers } = getContext();
		const delivery = listener.buildDelivery('evt_late');
		await environment.client.unpublish(listener.id);
		await waitFor(
			'the webhook is archived',
			async () => listener.findActiveWebhooks().length === 0,
		);
		for (const [, n8n] of receivers) expect((await listener.post(n8n, delivery)).status).toBe(404);
		expect(listener.findWebhooks()).toHaveLength(1);
	});
}
