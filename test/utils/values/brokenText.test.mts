import { findBrokenText } from '../../../nodes/Persona/utils/values/brokenText.ts';

describe('findBrokenText', () => {
	it.each([
		['[object Object]', 'contains an object instead of text'],
		['user-[object Object]', 'contains an object instead of text'],
		['Invalid DateTime', 'contains a date that does not exist'],
		['born Invalid DateTime', 'contains a date that does not exist'],
		['Invalid Date', 'contains a date that does not exist'],
		['#N/A', 'contains the error of a spreadsheet: #N/A'],
		['\u00a0#REF!\n', 'contains the error of a spreadsheet: #REF!'],
		['#div/0!', 'contains the error of a spreadsheet: #div/0!'],
		['#NAME?', 'contains the error of a spreadsheet: #NAME?'],
	])('says what stands in the place of a value: %j', (text, finding) => {
		expect(findBrokenText(text)).toMatchObject({ finding });
	});

	it.each([
		...['', 'Jane', '#vip', '#N/A is what Excel writes', 'N/A', '[beta]'],
		...['Invalid Date of birth on the form', 'object', '#1'],
	])('leaves a text of the user alone: %j', (text) => {
		expect(findBrokenText(text)).toBeUndefined();
	});
});
