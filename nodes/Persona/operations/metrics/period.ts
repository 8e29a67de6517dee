import { DateTime } from 'luxon';
import type { Session } from '../../engine/itemContext';

/** Days that are looked at when no beginning is given, the one of the end among them. */
const DAYS = 30;

/** A page with more bars than this tells nobody anything. */
const MOST_PARTS = 1_000;

/** How long the parts of a period are; weeks begin on Monday. */
export type Unit = 'day' | 'week';

/** A time from its beginning up to, but not including, its end. */
export interface Period {
	from: DateTime;
	to: DateTime;
	unit: Unit;
	/** The day on which each part begins, e.g. 2025-06-30. */
	dates: string[];
	/** When each part begins, in milliseconds since 1970. */
	starts: number[];
}

/** What the user set as the period, in the time zone of the workflow; ends the item if it is none. */
export function periodOf(session: Session): Period {
	const zone = session.run.node.getTimezone();
	const unit = session.setting<Unit>('groupBy');
	if (unit !== 'day' && unit !== 'week') {
		session.refuse("'Group By' is not known", 'It is day or week.');
	}
	const given = (name: string) => {
		const time = session.setting<string>(name);
		return time ? DateTime.fromISO(time, { zone }) : undefined;
	};
	const to = given('to') ?? DateTime.now().setZone(zone);
	const lastDay = to.minus({ milliseconds: 1 }).startOf('day');
	const from = given('from') ?? lastDay.minus({ days: DAYS - 1 }).startOf('day');
	if (from > to) session.refuse("'From' is later than 'To'", 'Set it to an earlier time.');
	const days = to.diff(from, 'days').days;
	if (days / { day: 1, week: 7 }[unit] > MOST_PARTS) {
		session.refuse(
			`'From' and 'To' are more than ${MOST_PARTS} ${unit}s apart`,
			"Set them closer, or 'Group By' to Week.",
		);
	}
	return { from, to, unit, ...partsOf(from, to, unit) };
}

function partsOf(from: DateTime, to: DateTime, unit: Unit) {
	const first = from.startOf(unit);
	const dates: string[] = [];
	const starts: number[] = [];
	let start = first;
	while (start < to) {
		dates.push(start.toFormat('yyyy-MM-dd'));
		starts.push(start.toMillis());
		// Each from the first one, and to its own start: some days begin at 1 o'clock, when clocks change.
		start = first.plus({ [unit]: starts.length }).startOf(unit);
	}
	return { dates, starts };
}

/** The part in which a moment lies, in milliseconds since 1970; -1 before the first one. */
export function partAt({ starts }: Period, moment: number): number {
	let [low, high] = [0, starts.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (starts[middle] <= moment) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}
