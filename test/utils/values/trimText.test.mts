import fc from 'fast-check';
import { toPlainCharacters, trimText } from '../../../nodes/Persona/utils/values/trimText.ts';

/** Blanks, no-break spaces, byte-order, zero-width and direction marks, soft hyphen, selectors. */
const MARKS = [
	...[' ', '\t', '\n', '\u00a0', '\u202f', '\u3000', '\u2800', '\ufeff', '\u200b', '\u200c'],
	...['\u200d', '\u2060', '\u00ad', '\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2069'],
	...['\ufe0f', '\u180e', '\u034f', '\u0000'],
];

const marks = fc.array(fc.constantFrom(...MARKS), { maxLength: 5 }).map((all) => all.join(''));

describe('the ends of a text', () => {
	it('lose every blank and invisible mark, and the inside loses nothing', () => {
		const words = fc.constantFrom(
			'Jane',
			'می\u200cخواهم',
			'a \u200b b',
			'👩\u200d💻 x',
			'東京',
			'7',
		);
		fc.assert(
			fc.property(marks, words, marks, (before, word, after) => {
				const trimmed = trimText(before + word + after.replaceAll(/[\ufe0f]/g, ''));
				expect(trimmed).toBe(word);
				expect(trimText(trimmed)).toBe(word);
			}),
		);
	});

	it.each(['❤\ufe0f', '👍🏽', '葛\u{e0100}', 'രാജന\u0d4d\u200d', '🏴\u{e0067}\u{e0062}\u{e007f}'])(
		'keep a mark that belongs to the last character: %s',
		(text) => expect(trimText(`\u200e ${text} \u200f`)).toBe(text),
	);

	it('are all of a text that has nothing else', () => {
		fc.assert(fc.property(marks, (text) => expect(trimText(text)).toBe('')));
	});

	it('are found in a long text at once', () => {
		const text = `x${' '.repeat(300_000)}x`;
		expect(trimText(text)).toBe(text);
	});
});

describe('plain characters', () => {
	it.each([
		['ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'jane@example.com'],
		['٠١٢٣٤٥٦٧٨٩', '0123456789'],
		['۰۱۲۳۴۵۶۷۸۹', '0123456789'],
		['०१२३४५६७८९', '0123456789'],
		['𞥐𞥑𞥒', '012'],
		['A\u200bB\u00adC', 'ABC'],
		['ﬁ', 'fi'],
	])('are made of %s', (text, plain) => {
		expect(toPlainCharacters(text)).toBe(plain);
	});

	it('stay as they are', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (text) => {
				const plain = toPlainCharacters(text);
				expect(toPlainCharacters(plain)).toBe(plain);
			}),
		);
	});
});
