import { DateTime } from 'luxon';
import type { ItemContext } from '../../engine/types';
import { findCalendarPeriod } from '../../utils/calendarPeriod';

/** Length of the period where it has no start, including the day of its end. */
const DEFAULT_PERIOD_DAYS = 30;

/** A chart with more bars than this is unreadable. */
const MAX_PARTS = 1_000;

/** The value of 'Period' that leaves it to 'From' and 'To'. */
export const CUSTOM_PERIOD = 'custom';

/** Length of the parts of a period. Weeks begin on Monday. */
export type PeriodUnit = 'day' | 'week';

/** A period, whose end is not part of it, and the days or weeks that it is divided into. */
export interface MetricsPeriod {
	from: DateTime;
	to: DateTime;
	/** Whether it has an end other than now. */
	hasEnd: boolean;
	unit: PeriodUnit;
	/** The day on which each part begins, e.g. 2025-06-30. */
	partDates: string[];
	/** When each part begins, in milliseconds since 1970. */
	partStartsMs: number[];
}

/** Reads the period of the item in the time zone of the workflow. Throws where it is not valid. */
export function readPeriod(context: ItemContext): MetricsPeriod {
	const unit = context.readSetting<PeriodUnit>('groupBy');
	const named = context.readSetting<string>('period');
	const now = DateTime.now().setZone(context.run.node.getTimezone());
	const period =
		named === CUSTOM_PERIOD ? readCustomPeriod(context, now, unit) : getNamedPeriod(named, now);
	return { ...period, unit, ...dividePeriod(period.from, period.to, unit) };
}

function getNamedPeriod(name: string, now: DateTime) {
	const { from, end } = findCalendarPeriod(name, now);
	return { from, to: end ?? now, hasEnd: end !== undefined };
}

function readCustomPeriod(context: ItemContext, now: DateTime, unit: PeriodUnit) {
	const { zone } = now;
	const readTime = (name: string) => {
		const time = context.readSetting<string>(name);
		return time ? DateTime.fromISO(time, { zone }) : undefined;
	};
	const end = readTime('to');
	const to = end ?? now;
	const lastDay = to.minus({ milliseconds: 1 }).startOf('day');
	const from = readTime('from') ?? lastDay.minus({ days: DEFAULT_PERIOD_DAYS - 1 }).startOf('day');
	if (from > to) context.fail("'From' is later than 'To'", 'Set it to an earlier time.');
	const days = to.diff(from, 'days').days;
	if (days / { day: 1, week: 7 }[unit] > MAX_PARTS) {
		context.fail(
			`'From' and 'To' are more than ${MAX_PARTS} ${unit}s apart`,
			"Choose a shorter period, or set 'Group By' to Week.",
		);
	}
	return { from, to, hasEnd: end !== undefined };
}

function dividePeriod(from: DateTime, to: DateTime, unit: PeriodUnit) {
	const first = from.startOf(unit);
	const partDates: string[] = [];
	const partStartsMs: number[] = [];
	let start = first;
	while (start < to) {
		partDates.push(start.toFormat('yyyy-MM-dd'));
		partStartsMs.push(start.toMillis());
		// Counted from the first part, and set to the start of the day: where clocks change at
		// midnight, a day begins at 1 o'clock.
		start = first.plus({ [unit]: partStartsMs.length }).startOf(unit);
	}
	return { partDates, partStartsMs };
}

/** Finds the index of the part that contains a time, in milliseconds since 1970; -1 before the first. */
export function findPart({ partStartsMs }: MetricsPeriod, timeMs: number): number {
	let [low, high] = [0, partStartsMs.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (partStartsMs[middle] <= timeMs) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}
