import { isBlank } from './isBlank';
import { isRecord } from './isRecord';

/**
 * The path of the first part of a JSON value that is empty, e.g. `or.0.value`: null, a blank text, a list or
 * an object without members, or a number that JSON does not have. Undefined if there is none.
 */
export function findEmptyPart(value: unknown, path: string[] = []): string | undefined {
	if (!Array.isArray(value) && !isRecord(value)) {
		// JSON has no NaN and no Infinity: they become null.
		const isNothing =
			value === undefined ||
			value === null ||
			(typeof value === 'number' && !Number.isFinite(value));
		return isNothing || isBlank(String(value)) ? path.join('.') : undefined;
	}
	const parts = Object.entries(value);
	if (parts.length === 0) return path.join('.');
	for (const [name, part] of parts) {
		const found = findEmptyPart(part, [...path, name]);
		if (found !== undefined) return found;
	}
	return undefined;
}
