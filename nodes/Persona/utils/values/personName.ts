import { toHyphens, toPlainCharacters } from './trimText';

/** Apostrophes, and the marks that people type in place of one. */
const APOSTROPHES = /['`´‘’‛′ʹʻʼʽʾʿˈ＇ꞌ՚᾽᾿]/g;

/** Accents of Latin, Greek and Cyrillic letters, points of Hebrew, and vowels of Arabic. */
const ACCENTS =
	/[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u0652\u0670]/g;

/** Letters with an accent, and ligatures, that Unicode does not take apart. */
const LETTERS: Record<string, string> = {
	...{ ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', ŧ: 't', ı: 'i', ς: 'σ', æ: 'ae', œ: 'oe', þ: 'th' },
};

/** What follows a comma in "Downey, Jr." is no first name. */
const SUFFIXES =
	/^(jr|jnr|junior|sr|snr|senior|ii|iii|iv|2nd|3rd|4th|esq|esquire|phd|md|dds|jd|mba|cpa|rn|obe|mbe|cbe|kc|qc)$/;

/** Removes case, accents and apostrophes; each dash is a blank. Commas stay. */
const normalizeName = (name: string) =>
	toHyphens(toPlainCharacters(name.replace(APOSTROPHES, '')))
		.replace(APOSTROPHES, '')
		.replaceAll('.', '')
		.toUpperCase()
		.toLowerCase()
		.normalize('NFKD')
		.replace(ACCENTS, '')
		.replace(/\p{L}/gu, (letter) => LETTERS[letter] ?? letter)
		.replace(/[\s-]+/g, ' ');

const toWords = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '');

/**
 * Returns the text by which two spellings of a name are equal. The parts are in the order in which
 * they are spoken. Empty if there is no letter in it.
 */
export const getNameKey = (...parts: string[]) => toWords(normalizeName(parts.join(' '))).join(' ');

/**
 * Returns the same for a whole name, which may begin with the family name: "Doe, Jane" is "Jane Doe",
 * but "Robert Downey, Jr." is "Robert Downey Jr.".
 */
export function getFullNameKey(name: string): string {
	const [family, ...others] = normalizeName(name).split(',').map(toWords);
	const suffixes: string[] = [];
	for (const words of others) {
		let end = words.length;
		while (end > 0 && SUFFIXES.test(words[end - 1])) end--;
		suffixes.push(...words.splice(end));
	}
	return [...others.reverse().flat(), ...family, ...suffixes].join(' ');
}

/** Letters of Chinese, Japanese and Korean, with the marks and blanks that names have. */
const EAST_ASIAN =
	/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{M}ー・· ]+$/u;

/**
 * Returns the keys of a person's name, of which a whole name has one. The family name is last, and first
 * in a Chinese, Japanese or Korean name, which is often written without a blank. Empty if there is no
 * letter.
 */
export function getPersonKeys(first: string, last: string): string[] {
	const key = getNameKey(first, last);
	if (!EAST_ASIAN.test(key)) return key === '' ? [] : [key];
	return [key, getNameKey(last, first)].map((name) => name.replace(/[ ・·]/g, ''));
}

/** Returns the key of a whole name that one of `getPersonKeys` equals if they are the same. */
export function getWholeNameKey(name: string): string {
	const key = getFullNameKey(name);
	return EAST_ASIAN.test(key) ? key.replace(/[ ・·]/g, '') : key;
}

/** A name for `mayBeSameName`. */
export interface NameWords {
	/** Without case, accents and apostrophes; the longest first. */
	words: string[];
	/** The name without blanks, in each order that is known. */
	joined: string[];
}

/** Splits a whole name, or the parts of one, which may be in either order. */
export function splitName(...parts: string[]): NameWords {
	const keys = [parts, [...parts].reverse()].map((names) =>
		names.length === 1 ? getFullNameKey(names[0]) : getNameKey(...names),
	);
	return {
		words: keys[0].split(' ').sort((one, other) => other.length - one.length),
		joined: keys.map((key) => key.replaceAll(' ', '')),
	};
}

const isInitial = (one: string, other: string) =>
	Math.min(one.length, other.length) === 1 && (one.startsWith(other) || other.startsWith(one));

/**
 * Whether two names may be those of one person: their words are in another order, as where the family
 * name is first; one has more words, as a middle name or a second family name; a word is an initial; or
 * blanks are in other places. At least one word must be the same.
 */
export function mayBeSameName(one: NameWords, other: NameWords): boolean {
	if (one.joined.some((name) => other.joined.includes(name))) return true;
	const [shorter, longer] = [one, other]
		.map(({ words }) => words)
		.sort((words, more) => words.length - more.length);
	if (!shorter.some((word) => longer.includes(word))) return false;
	const rest = [...longer];
	return shorter.every((word) => {
		const same = rest.indexOf(word);
		const found = same >= 0 ? same : rest.findIndex((candidate) => isInitial(word, candidate));
		return found >= 0 && rest.splice(found, 1).length > 0;
	});
}
