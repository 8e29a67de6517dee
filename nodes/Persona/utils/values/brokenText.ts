import { trimText } from './trimText';

/** What is wrong with a value: the end of a sentence that begins with its field, and what to do. */
export interface ValueProblem {
	finding: string;
	advice: string;
}

/**
 * What a spreadsheet writes into a cell that it cannot calculate (Microsoft, "ERROR.TYPE function";
 * Google's `#ERROR!`). A file is read with these words, whatever the language of the program.
 */
const SPREADSHEET_ERRORS =
	/^#(N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|CONNECT!|BLOCKED!|BUSY!|UNKNOWN!|GETTING_DATA|ERROR!)$/i;

/**
 * Recognizes a text that stands where a value should be, since a program could not make one: an object
 * that has become a text, a date that does not exist, the error of a spreadsheet. Undefined for any
 * other text.
 */
export function findBrokenText(text: string): ValueProblem | undefined {
	if (text.includes('[object Object]')) {
		return {
			finding: 'contains an object instead of text',
			advice: 'Use one of its members, e.g. {{ $json.user.id }} instead of {{ $json.user }}.',
		};
	}
	const trimmed = trimText(text);
	// Luxon writes the first, JavaScript the second, which could be part of a sentence.
	if (text.includes('Invalid DateTime') || trimmed === 'Invalid Date') {
		return {
			finding: 'contains a date that does not exist',
			advice: 'Check the date that its expression reads, and how it is written.',
		};
	}
	if (SPREADSHEET_ERRORS.test(trimmed)) {
		return {
			finding: `contains the error of a spreadsheet: ${trimmed}`,
			advice: 'Correct the cell that it comes from, or leave its row out.',
		};
	}
	return undefined;
}

/**
 * Recognizes a whole number beyond 2^53. JavaScript keeps only about 16 of its digits and changes the
 * others without a word, also when it parses JSON. Undefined for any other value.
 */
export const findRoundedNumber = (value: unknown): ValueProblem | undefined =>
	Number.isInteger(value) && !Number.isSafeInteger(value)
		? {
				finding: 'contains a number with more digits than a number can hold',
				advice: 'Its last digits have changed. Keep it as text; in JSON, put it in quotes.',
			}
		: undefined;
