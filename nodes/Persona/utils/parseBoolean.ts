import { trimText } from './values/trimText';

/**
 * Parses a switch by n8n's rules, since variables are always text: `true`, `"TRUE"`, `1` and `"1"` are
 * on, `false`, `"False"`, `0` and `"0"` are off. Undefined for anything else, also if it is empty.
 */
export function parseBoolean(value: unknown): boolean | undefined {
	if (typeof value === 'boolean') return value;
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const text = trimText(String(value)).toLowerCase();
	if (['true', '1'].includes(text)) return true;
	return ['false', '0'].includes(text) ? false : undefined;
}
