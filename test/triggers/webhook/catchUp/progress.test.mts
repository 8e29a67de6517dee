import { isCaughtUp, type PersonaEvent } from '../../../../nodes/Persona/events/event.ts';
import {
	createProgressEvent,
	markAsCatchUp,
	parseProgress,
	recordMissedRanges,
	saveProgress,
	shortenMissedRanges,
} from '../../../../nodes/Persona/triggers/webhook/catchUp/progress.ts';
import type { WebhookStaticData } from '../../../../nodes/Persona/triggers/webhook/staticData.ts';

const HOUR_MS = 60 * 60 * 1000;

const NOW_MS = Date.parse('2025-03-15T18:35:00.000Z');

const event: PersonaEvent = { type: 'event', id: 'evt_1', attributes: { name: 'a.b' } };

beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(NOW_MS));
afterEach(() => jest.restoreAllMocks());

describe('recordMissedRanges', () => {
	it('makes a range from the end of the last webhook to the beginning of this one', () => {
		const staticData: WebhookStaticData = { off: NOW_MS - HOUR_MS };
		recordMissedRanges(staticData, NOW_MS, 24 * HOUR_MS);
		expect(staticData).toEqual({
			missed: [{ from: NOW_MS - HOUR_MS, until: NOW_MS, at: NOW_MS }],
		});
	});

	it('shortens a range that begins too early, and deletes one that ends too early', () => {
		const done = { after: 'evt_9', at: 0 };
		const staticData: WebhookStaticData = {
			off: NOW_MS - HOUR_MS,
			missed: [
				{ from: NOW_MS - 9 * HOUR_MS, until: NOW_MS - 8 * HOUR_MS, ...done },
				{ from: NOW_MS - 7 * HOUR_MS, until: NOW_MS - 2 * HOUR_MS, ...done },
			],
		};
		recordMissedRanges(staticData, NOW_MS, 3 * HOUR_MS);
		expect(staticData.missed).toEqual([
			{ from: NOW_MS - 3 * HOUR_MS, until: NOW_MS - 2 * HOUR_MS, after: undefined, at: 0 },
			{ from: NOW_MS - HOUR_MS, until: NOW_MS, at: NOW_MS },
		]);
	});

	it('records nothing if the user does not want to catch up, or nothing was missed', () => {
		const staticData: WebhookStaticData = { off: NOW_MS - HOUR_MS };
		recordMissedRanges(staticData, NOW_MS, 0);
		expect(staticData).toEqual({});
		recordMissedRanges(staticData, NOW_MS, HOUR_MS);
		expect(staticData).toEqual({});
	});
});

describe('recordMissedRanges with events that were rejected before', () => {
	const rejected = { evt_1: NOW_MS - 3 * HOUR_MS, evt_2: NOW_MS - 2 * HOUR_MS };

	it('adds a range of these events alone, up to the end of the last webhook', () => {
		const off = NOW_MS - HOUR_MS;
		const staticData: WebhookStaticData = { off, rejected };
		recordMissedRanges(staticData, NOW_MS, 24 * HOUR_MS);
		expect(staticData).toEqual({
			missed: [
				{ from: rejected.evt_1, until: off, only: ['evt_1', 'evt_2'], at: NOW_MS },
				{ from: off, until: NOW_MS, at: NOW_MS },
			],
		});
	});

	it('adds it also if the webhook was archived in Persona, nobody knows when', () => {
		const staticData: WebhookStaticData = { rejected };
		recordMissedRanges(staticData, NOW_MS, 24 * HOUR_MS);
		expect(staticData.missed).toMatchObject([{ from: rejected.evt_1, until: NOW_MS }]);
	});

	it('adds the time in which there were more, and gives each range an end of its own', () => {
		const off = NOW_MS - HOUR_MS;
		const rejectedMore = { from: NOW_MS - 2 * HOUR_MS, until: off };
		const staticData: WebhookStaticData = { off, rejected, rejectedMore };
		recordMissedRanges(staticData, NOW_MS, 24 * HOUR_MS);
		expect(staticData.missed?.map(({ from }) => from)).toEqual([
			rejected.evt_1,
			rejectedMore.from,
			off,
		]);
		expect(new Set(staticData.missed?.map(({ until }) => until)).size).toBe(3);
	});

	it('looks back no further than the user wants, and forgets them without catch-up', () => {
		const staticData: WebhookStaticData = { off: NOW_MS - 1, rejected };
		recordMissedRanges(staticData, NOW_MS, HOUR_MS);
		expect(staticData.missed?.[0]).toMatchObject({ from: NOW_MS - HOUR_MS });
		const without: WebhookStaticData = { off: NOW_MS, rejected };
		recordMissedRanges(without, NOW_MS, 0);
		expect(without).toEqual({});
	});
});

describe('shortenMissedRanges', () => {
	it('keeps what Persona still delivers again: the webhook is the same', () => {
		const staticData: WebhookStaticData = {
			rejected: { evt_1: 5 },
			missed: [{ from: 1, until: 10, at: 0 }],
		};
		shortenMissedRanges(staticData, 7);
		expect(staticData).toEqual({
			rejected: { evt_1: 5 },
			missed: [{ from: 7, until: 10, after: undefined, at: 0 }],
		});
	});
});

describe('saveProgress', () => {
	const createStaticData = (): WebhookStaticData => ({
		webhookId: 'wbh_1',
		missed: [
			{ from: 1, until: 10, at: 0 },
			{ from: 20, until: 30, at: 0 },
		],
	});

	it('moves the start of the range to the last event that is done, and stores when', () => {
		const staticData = createStaticData();
		saveProgress(staticData, { until: 10, from: 5, after: 'evt_1' });
		expect(staticData.missed).toEqual([
			{ from: 5, until: 10, after: 'evt_1', at: NOW_MS },
			{ from: 20, until: 30, at: 0 },
		]);
	});

	it('deletes a range that is done, and the list with the last one', () => {
		const staticData = createStaticData();
		saveProgress(staticData, { until: 10 });
		expect(staticData.missed).toEqual([{ from: 20, until: 30, at: 0 }]);
		saveProgress(staticData, { until: 30 });
		expect(staticData).toEqual({ webhookId: 'wbh_1' });
	});

	it('ignores progress on a range that is unknown', () => {
		const staticData = createStaticData();
		saveProgress(staticData, { until: 11 });
		expect(staticData).toEqual(createStaticData());
	});
});

describe('the events that the node delivers to itself', () => {
	it('are distinguished: a missed event, and progress', () => {
		const progress = { until: 10, from: 5, after: 'evt_1' };
		expect([isCaughtUp(event), parseProgress(event)]).toEqual([false, undefined]);
		const missed = markAsCatchUp(event);
		expect([isCaughtUp(missed), parseProgress(missed)]).toEqual([true, undefined]);
		const marker = createProgressEvent(progress);
		expect([isCaughtUp(marker), parseProgress(marker)]).toEqual([false, progress]);
	});

	it('are unchanged by JSON', () => {
		const marker = createProgressEvent({ until: 10 });
		expect(parseProgress(JSON.parse(JSON.stringify(marker)) as PersonaEvent)).toEqual({
			until: 10,
		});
	});
});
