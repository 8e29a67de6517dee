import { isCaughtUp, type PersonaEvent } from '../../../../nodes/Persona/events/event.ts';
import {
	createProgressEvent,
	markAsCatchUp,
	parseProgress,
	recordMissedRange,
	saveProgress,
} from '../../../../nodes/Persona/triggers/webhook/catchUp/progress.ts';
import type { WebhookStaticData } from '../../../../nodes/Persona/triggers/webhook/staticData.ts';

const HOUR_MS = 60 * 60 * 1000;

const NOW_MS = Date.parse('2025-03-15T18:35:00.000Z');

const event: PersonaEvent = { type: 'event', id: 'evt_1', attributes: { name: 'a.b' } };

beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(NOW_MS));
afterEach(() => jest.restoreAllMocks());

describe('recordMissedRange', () => {
	it('makes a range from the end of the last webhook to the beginning of this one', () => {
		const staticData: WebhookStaticData = { off: NOW_MS - HOUR_MS };
		recordMissedRange(staticData, NOW_MS, 24 * HOUR_MS);
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
		recordMissedRange(staticData, NOW_MS, 3 * HOUR_MS);
		expect(staticData.missed).toEqual([
			{ from: NOW_MS - 3 * HOUR_MS, until: NOW_MS - 2 * HOUR_MS, after: undefined, at: 0 },
			{ from: NOW_MS - HOUR_MS, until: NOW_MS, at: NOW_MS },
		]);
	});

	it('records nothing if the user does not want to catch up, or nothing was missed', () => {
		const staticData: WebhookStaticData = { off: NOW_MS - HOUR_MS };
		recordMissedRange(staticData, NOW_MS, 0);
		expect(staticData).toEqual({});
		recordMissedRange(staticData, NOW_MS, HOUR_MS);
		expect(staticData).toEqual({});
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
