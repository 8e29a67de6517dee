/** Formats a rate from 0 to 1 as a percentage, e.g. 62.5 %; a dash where there is none. */
export const formatPercent = (rate: number | null) =>
	rate === null ? '–' : `${(rate * 100).toFixed(1)} %`;

/** Formats a number with commas between the thousands, e.g. 12,345. */
export const formatCount = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

const DURATION_UNITS: Array<[unit: string, seconds: number]> = [
	['d', 86_400],
	['h', 3_600],
	['min', 60],
	['s', 1],
];

/** Formats a duration in its two largest units, e.g. 2 h 5 min; a dash where there is none. */
export function formatDuration(seconds: number | null): string {
	if (seconds === null) return '–';
	if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
	const wholeSeconds = Math.round(seconds);
	const index = DURATION_UNITS.findIndex(([, unitSeconds]) => wholeSeconds >= unitSeconds);
	const [[unit, unitSeconds], smaller] = DURATION_UNITS.slice(index, index + 2);
	const rest = smaller ? Math.floor((wholeSeconds % unitSeconds) / smaller[1]) : 0;
	const restText = rest > 0 ? ` ${rest} ${smaller[0]}` : '';
	return `${Math.floor(wholeSeconds / unitSeconds)} ${unit}${restText}`;
}
