import { DateTime } from 'luxon';
import type { NodeItemContext } from '../../engine/itemContext';

/** Days that are looked at when no beginning is given, the one of the end among them. */
const DEFAULT_PERIOD_DAYS = 30;

/** A page with more bars than this tells nobody anything. */
const MAX_PARTS = 1_000;

/** How long the parts of a period are; weeks begin on Monday. */
export type PeriodUnit = 'day' | 'week';

/** A time from its beginning up to, but not including, its end. */
export interface MetricsPeriod {
	from: DateTime;
	to: DateTime;
	unit: PeriodUnit;
	/** The day on which each part begins, e.g. 2025-06-30. */
	partDates: string[];
	/** When each part begins, in milliseconds since 1970. */
	partStartsMs: number[];
}

/** What the user set as the period, in the time zone of the workflow; ends the item if it is none. */
export function readPeriod(session: NodeItemContext): MetricsPeriod {
	const zone = session.run.node.getTimezone();
	const unit = session.getSetting<PeriodUnit>('groupBy');
	if (unit !== 'day' && unit !== 'week') {
		session.fail("'Group By' is not known", 'It is day or week.');
	}
	const given = (name: string) => {
		const time = session.getSetting<string>(name);
		return time ? DateTime.fromISO(time, { zone }) : undefined;
	};
	const to = given('to') ?? DateTime.now().setZone(zone);
	const lastDay = to.minus({ milliseconds: 1 }).startOf('day');
	const from = given('from') ?? lastDay.minus({ days: DEFAULT_PERIOD_DAYS - 1 }).startOf('day');
	if (from > to) session.fail("'From' is later than 'To'", 'Set it to an earlier time.');
	const days = to.diff(from, 'days').days;
	if (days / { day: 1, week: 7 }[unit] > MAX_PARTS) {
		session.fail(
			`'From' and 'To' are more than ${MAX_PARTS} ${unit}s apart`,
			"Set them closer, or 'Group By' to Week.",
		);
	}
	return { from, to, unit, ...dividePeriod(from, to, unit) };
}

function dividePeriod(from: DateTime, to: DateTime, unit: PeriodUnit) {
	const first = from.startOf(unit);
	const partDates: string[] = [];
	const partStartsMs: number[] = [];
	let start = first;
	while (start < to) {
		partDates.push(start.toFormat('yyyy-MM-dd'));
		partStartsMs.push(start.toMillis());
		// Each from the first one, and to its own start: some days begin at 1 o'clock, when clocks change.
		start = first.plus({ [unit]: partStartsMs.length }).startOf(unit);
	}
	return { partDates, partStartsMs };
}

/** The part in which a moment lies, in milliseconds since 1970; -1 before the first one. */
export function findPart({ partStartsMs: starts }: MetricsPeriod, moment: number): number {
	let [low, high] = [0, starts.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (starts[middle] <= moment) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}
