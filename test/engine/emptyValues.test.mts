import { removeEmptyMembers } from '../../nodes/Persona/engine/emptyValues.ts';

describe('removeEmptyMembers', () => {
	it.each([
		[{ first: 'Jane', last: '' }, { first: 'Jane' }],
		[{ first: 'Jane', last: ' \u200b' }, { first: 'Jane' }],
		[{ first: 'Jane', last: null, middle: undefined }, { first: 'Jane' }],
		[{ address: { city: '', lines: [] }, first: 'Jane' }, { first: 'Jane' }],
		[{ address: { city: 'Rome', lines: [''] } }, { address: { city: 'Rome' } }],
		[{ aliases: ['J.', '', null, {}] }, { aliases: ['J.'] }],
		[{ last: '', first: null }, {}],
	])('makes of the model’s %j the map %j', (map, expected) => {
		expect(removeEmptyMembers(map as never)).toEqual(expected);
	});

	it('keeps zero, false and dates, which say something', () => {
		const map = { amount: 0, isMinor: false, at: new Date(0) };
		expect(removeEmptyMembers(map as never)).toEqual(map);
	});
});
