import { isEmptyValue, removeEmptyMembers } from '../../nodes/Persona/engine/emptyValues.ts';
import { map, required } from '../../nodes/Persona/fields/kinds.ts';

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

describe('a map that must not be empty', () => {
	const field = { ...map('Query', 'What to look for', '{}'), neverEmpty: true } as const;

	it.each<unknown>([
		'{}',
		'{"name-first": "", "name-last": " "}',
		'{"name-first": null, "titles": [], "address": {"city": "\u200B"}}',
		{ 'name-first': undefined, 'name-last': '' },
	])('is empty if all its members are: %j', (value) => {
		expect(isEmptyValue(value, required(field))).toBe(true);
	});

	it.each<unknown>(['{"name-first": "", "count": 0}', { flag: false }, '{"name-first": "Jane"'])(
		'is not empty if a member says something, or if it cannot be read: %j',
		(value) => expect(isEmptyValue(value, required(field))).toBe(false),
	);
});
