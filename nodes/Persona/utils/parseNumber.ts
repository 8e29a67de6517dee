import { trimText } from './values/trimText';

/** Parses a finite number, also one in decimal text; undefined for anything else, also if it is empty. */
export function parseNumber(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	const isDecimal = typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(trimText(value));
	return isDecimal ? Number(trimText(value)) : undefined;
}
