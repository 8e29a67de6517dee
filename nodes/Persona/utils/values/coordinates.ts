import { toHyphens, toPlainCharacters } from './trimText';

/** A place on earth, in degrees north and east. */
export interface Coordinates {
	latitude: number;
	longitude: number;
}

/** Degrees, or degrees with minutes and seconds, and the direction before or after them. */
const ANGLE =
	/^([NSEW])?\s*(-?)(\d{1,3}(?:\.\d+)?)\s*°?(?:\s*(\d{1,2}(?:\.\d+)?)\s*['′’](?:\s*(\d{1,2}(?:\.\d+)?)\s*(?:["”]|''|′′|’’))?)?\s*([NSEW])?$/i;

/** Parses one of both; `direction` is N, S, E or W where it is written. */
function parseAngle(text: string): { degrees: number; direction: string } | undefined {
	const [, before, sign, degrees, minutes = '0', seconds = '0', after] = ANGLE.exec(text) ?? [];
	if (degrees === undefined || (before && after)) return undefined;
	const direction = (before ?? after ?? '').toUpperCase();
	if ((sign && direction) || Number(minutes) >= 60 || Number(seconds) >= 60) return undefined;
	const size = Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600;
	return { degrees: sign || /[SW]/.test(direction) ? -size : size, direction };
}

/** What may stand between the two numbers. A comma inside of them is a decimal comma. */
const SEPARATORS = [/;/g, /,\s/g, /\s/g, /,/g];

/** Parses both numbers; the text between them begins at `at`. */
function parsePair(text: string, at: number): Coordinates | undefined {
	const [first, second] = [text.slice(0, at), text.slice(at + 1)].map((part) =>
		parseAngle(part.trim().replace(',', '.')),
	);
	if (!first || !second) return undefined;
	const isReversed = /[EW]/.test(first.direction) || /[NS]/.test(second.direction);
	const [north, east] = isReversed ? [second, first] : [first, second];
	if (/[EW]/.test(north.direction) || /[NS]/.test(east.direction)) return undefined;
	if (Math.abs(north.degrees) > 90 || Math.abs(east.degrees) > 180) return undefined;
	return { latitude: north.degrees, longitude: east.degrees };
}

/**
 * Parses latitude and longitude, e.g. `37.78, -122.39`, `37,78; -122,39`, `37.78° N, 122.39° W` or
 * `37°46'48" N 122°23'24" W`. Undefined if it cannot be read in exactly one way, or is no place on
 * earth.
 */
export function parseCoordinates(text: string): Coordinates | undefined {
	const plain = toHyphens(toPlainCharacters(text));
	for (const separator of SEPARATORS) {
		const places = Array.from(plain.matchAll(separator), ({ index }) => parsePair(plain, index));
		const [place, ...others] = places.filter((one) => one !== undefined);
		if (place) return others.length === 0 ? place : undefined;
	}
	return undefined;
}
