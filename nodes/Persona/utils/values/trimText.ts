/**
 * A blank of any script, a control character, or one of the characters that Unicode calls ignorable:
 * byte-order mark, zero-width and direction marks, soft hyphen, variation selectors.
 */
const BLANK = /[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Tabs and ends of lines are blanks, so they are not ignored. */
const IGNORABLE = /\ufeff|(?!\s)[\p{Cc}\p{Default_Ignorable_Code_Point}]/gu;

/** Marks at the end that change what is seen: by the character before them, and the mark. */
const MEANINGFUL_MARKS: Array<[before: RegExp, mark: RegExp]> = [
	// The colours of an emoji, and the flags of parts of a country.
	[/\p{Extended_Pictographic}/u, /[\ufe0e\ufe0f\u{e0020}-\u{e007f}]/u],
	[/\p{Ideographic}/u, /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u],
	// Joiners after a virama decide which letter of an Indic script is written.
	[/\p{M}/u, /[\u200c\u200d]/],
];

function getCharacterBefore(text: string, end: number): string {
	const pair = text.slice(Math.max(0, end - 2), end);
	return /^[\ud800-\udbff][\udc00-\udfff]$/.test(pair) ? pair : pair.slice(-1);
}

/**
 * Removes blanks and invisible marks at both ends of a text; its inside stays as it is. For writing,
 * where nothing else may change.
 */
export function trimText(text: string): string {
	let start = 0;
	for (const character of text) {
		if (!BLANK.test(character)) break;
		start += character.length;
	}
	let end = text.length;
	let last = getCharacterBefore(text, end);
	while (end > start && BLANK.test(last)) {
		end -= last.length;
		last = getCharacterBefore(text, end);
	}
	const [, mark] = MEANINGFUL_MARKS.find(([before]) => before.test(last)) ?? [];
	for (const character of end > start && mark ? text.slice(end) : '') {
		if (!mark?.test(character)) break;
		end += character.length;
	}
	return text.slice(start, end);
}

/** The value of a digit of any script, e.g. 3 for `٣`. */
function toDigit(character: string): string {
	const code = character.codePointAt(0) as number;
	// Unicode places the ten digits of a script in a row that begins at …0 or at …6.
	const rowStart = code & ~0xf;
	const isFromZero = /\p{Nd}/u.test(String.fromCodePoint(rowStart));
	return String(code - rowStart - (isFromZero ? 0 : 6));
}

/**
 * Prepares a text for comparing, or for a kind of value in which invisible marks mean nothing: full
 * width and ligatures become plain letters, digits of any script 0 to 9, and the marks go.
 */
export const toPlainCharacters = (text: string) =>
	trimText(
		text
			.normalize('NFKC')
			.replace(IGNORABLE, '')
			.replace(/\s/g, ' ')
			.replace(/\p{Nd}/gu, toDigit),
	);

/** Replaces each kind of dash and minus by a hyphen. */
export const toHyphens = (text: string) => text.replace(/[\p{Pd}\u2212]/gu, '-');
