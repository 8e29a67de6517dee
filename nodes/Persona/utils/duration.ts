/** Seconds in each unit that the panel offers. A day has 24 hours, also where the clocks change. */
export const UNIT_SECONDS = { days: 86_400, hours: 3_600, minutes: 60, seconds: 1 };

export type DurationUnit = keyof typeof UNIT_SECONDS;

const UNITS = Object.keys(UNIT_SECONDS) as DurationUnit[];

/** Formats whole seconds in the unit, or in the largest one in which they are a whole number, e.g. 21 days. */
export function formatDuration(seconds: number, preferred: DurationUnit = 'days'): string {
	const isWhole = (unit: DurationUnit) => seconds % UNIT_SECONDS[unit] === 0;
	const unit = [preferred, ...UNITS].find(isWhole) ?? 'seconds';
	const amount = seconds / UNIT_SECONDS[unit];
	return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
}

/** Converts an amount of a unit to seconds; undefined if they are not whole. */
export function toWholeSeconds(amount: number, unit: DurationUnit): number | undefined {
	const seconds = amount * UNIT_SECONDS[unit];
	const whole = Math.round(seconds);
	// 1.1 hours are 3960.0000000000005 seconds.
	return Math.abs(seconds - whole) <= Math.abs(seconds) * Number.EPSILON * 2 ? whole : undefined;
}
