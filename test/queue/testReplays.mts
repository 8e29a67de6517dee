import { waitFor } from '../../tools/n8n/n8nClient.mts';
import { fixtures } from '../../sandbox/state/fixtures.mts';
import { buildIdLocator, selectCredential, buildNode } from '../e2e/buildNode.mts';
import { createListener } from './createListener.mts';
import { emitEvent, findRequests, type QueueContext } from './queueContext.mts';

/** Exact replays that reach both processes at the same time. */
const PAIRS = 10;

/** Tests exact replays: each process remembers what it has received itself. */
export function testReplays(getContext: () => QueueContext) {
	it('accepts an exact replay once in each process', async () => {
		const { listener, receivers, measured } = getContext();
		const replay = listener.buildDelivery('evt_replay');
		for (const [index, [, n8n]] of receivers.entries()) {
			for (let time = 0; time < 3; time++) {
				expect((await listener.post(n8n, replay)).status).toBe(200);
			}
			const runs = await waitFor('the process has started it', async () => {
				const now = await listener.findExecutions('evt_replay');
				return now.length > index && now;
			});
			expect(runs).toHaveLength(index + 1);
		}
		measured.push('An exact replay, sent three times to each of two processes: 2 executions');
	});

	it('drops a later replay by Remove Duplicates, which the processes share', async () => {
		const { environment, receivers } = getContext();
		const once = await createListener(
			environment,
			'once',
			{ events: ['inquiry.approved'] },
			removeDuplicates,
			buildNode('n8n-nodes-base.noOp', 'Done', {}),
		);
		expect(await environment.client.publish(once.id)).toMatchObject({ status: 'published' });
		await once.waitForStart(emitEvent(environment, 'inquiry.approved'));
		const replay = once.buildDelivery('evt_later');
		for (const [index, [, n8n]] of receivers.entries()) {
			expect((await once.post(n8n, replay)).status).toBe(200);
			await waitFor(
				'it has run',
				async () => (await once.findExecutions('evt_later')).length > index,
			);
		}
		const runs = await once.findExecutions('evt_later');
		expect(runs.filter(({ runs: { Done } }) => Done)).toHaveLength(1);
		await environment.client.unpublish(once.id);
	});

	it('creates nothing twice when the event’s ID is the idempotency key', async () => {
		const { environment, receivers, measured } = getContext();
		const acting = await createListener(
			environment,
			'acting',
			{ events: ['inquiry.declined'] },
			removeDuplicates,
			buildNode(
				'n8n-nodes-persona.persona',
				'Done',
				{
					resource: 'inquiry',
					operation: 'create',
					inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
					options: { idempotencyKey: '={{ $json.eventId }}-create' },
				},
				selectCredential(environment),
			),
		);
		expect(await environment.client.publish(acting.id)).toMatchObject({ status: 'published' });
		await acting.waitForStart(emitEvent(environment, 'inquiry.declined'));
		const countInquiries = () =>
			environment.sandbox.control.store.getCollection('inquiry').findAll().length;
		const before = countInquiries();
		const sent = findRequests(environment, 'POST', '/inquiries').length;
		for (let pair = 0; pair < PAIRS; pair++) {
			const replay = acting.buildDelivery(`evt_pair_${pair}`);
			await Promise.all(receivers.map(([, n8n]) => acting.post(n8n, replay)));
		}
		await waitFor(
			'all have run',
			async () => (await acting.fetchExecutions()).length > 2 * PAIRS,
			60_000,
		);
		const runs = await acting.fetchExecutions();
		expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['success']));
		expect(countInquiries() - before).toBe(PAIRS);
		const passed = findRequests(environment, 'POST', '/inquiries').length - sent - PAIRS;
		measured.push(
			`${PAIRS} exact replays, to both processes at the same time: Remove Duplicates passed ${passed} of the second ones, the idempotency key none`,
		);
		await environment.client.unpublish(acting.id);
	});
}

const removeDuplicates = buildNode(
	'n8n-nodes-base.removeDuplicates',
	'Remove Duplicates',
	{
		operation: 'removeItemsSeenInPreviousExecutions',
		logic: 'removeItemsWithAlreadySeenKeyValues',
		dedupeValue: '={{ $json.eventId }}',
	},
	{ typeVersion: 2 },
);
