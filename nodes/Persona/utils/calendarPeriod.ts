import { DateTime } from 'luxon';

/** Labels of the periods of the calendar, by their stored names. */
export const CALENDAR_PERIODS = {
	lastMonth: 'Last Month',
	lastQuarter: 'Last Quarter',
	lastWeek: 'Last Week',
	lastYear: 'Last Year',
	thisMonth: 'This Month',
	thisQuarter: 'This Quarter',
	thisWeek: 'This Week',
	thisYear: 'This Year',
	today: 'Today',
	yesterday: 'Yesterday',
};

/** What a period means, for the descriptions of its fields. */
export const PERIOD_RULE =
	"Days begin at midnight in the workflow's time zone, and weeks on Monday. Today and this week, month, quarter or year end now.";

/**
 * Finds when a named period begins, in the time zone of `now`, and when the next one begins, which is
 * not part of it; undefined if it is not over yet.
 */
export function findCalendarPeriod(
	name: string,
	now: DateTime,
): { from: DateTime; end?: DateTime } {
	const unit = (/(Week|Month|Quarter|Year)$/.exec(name)?.[0].toLowerCase() ?? 'day') as 'day';
	const start = now.startOf(unit);
	if (name !== 'yesterday' && !name.startsWith('last')) return { from: start };
	// Twice, because a day begins at 1 o'clock where the clocks go forward at midnight.
	return { from: start.minus({ [unit]: 1 }).startOf(unit), end: start };
}

/** The first moment of a named period in `zone` and that of the next one, if it is over, in UTC as ISO 8601. */
export function toPeriodBounds(name: string, zone: string): [from: string, end?: string] {
	const { from, end } = findCalendarPeriod(name, DateTime.now().setZone(zone));
	const format = (time: DateTime) => time.toUTC().toISO() as string;
	return end ? [format(from), format(end)] : [format(from)];
}
