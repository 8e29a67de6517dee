import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { InputForm } from './probeInput.mts';

/** One case of each kind: enough for each field of each operation. */
export const commonCases: unknown[] = [
	...[{ a: 1 }, ['a', null], NaN, ' \t\n', '\ud83d cut in two'],
	...['[object Object]', '\u200b', [null, ''], '["vip","mobile"]'],
	...['../../webhooks?a=b#c\r\nX-Evil: 1', '{"__proto__": {"polluted": true}}'],
];

/** Enough to find an operation that treats a common setting differently. */
export const minimalCases: unknown[] = [{ a: 1 }, '\ud83d cut in two'];

const types = [
	...[0, -0, -1, 42, 1.5, 1e308, Infinity, 10n, true, false, null, undefined],
	...[
		[],
		[[1]],
		[''],
		[null],
		[['vip'], 'mobile'],
		{ none: undefined },
		{ text: '[object Object]' },
	],
	...[['vip', 'vip, mobile', ' '], [undefined], {}, { toString: null }],
	...[Object.create(null), { deep: { list: [{ at: new Date(0) }], none: undefined } }],
	...[{ deep: { not: [NaN] } }, { deep: { at: new Date(NaN) } }],
] as unknown[];

const times = [
	...[new Date('2024-02-29T12:00:00Z'), new Date(NaN), new Date(8.64e15), new Date(-1e15)],
	...[DateTime.fromISO('2024-02-29T12:00:00Z'), DateTime.fromISO('never')],
	DateTime.fromISO('9999-12-31T23:59:59-10:00', { setZone: true }),
	...['1994', '12', '14:00', '2025-06', '20250630', '2025-06-30', '2025-06-30 14:00', 'yesterday'],
	...['2025-02-30', '+275760-09-13', '0000-00-00', '2025-06-30T25:00:00Z', '2025-W26-1'],
	1719756000000,
];

const numbers = ['12abc', '1e400', '0x10', '1,5', ' 7 ', '-3', '٣', 'NaN'];

const texts = [
	...['', '😀', 'שלום\u202e', 'a\u0000b', 'e\u0301', 'x\udc00', 'Ключ', '\u2028', '\ufeff'],
	...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'true', 'null', ',', ' , ,'],
];

const listTexts = [
	...['TRUE', 'False', '1', '0', '[vip]', '[]', '[""]', '[["vip"], 1]', 'vip, [object Object]'],
	...['{"a":1}', '[{"a":1}]', 'vip, [beta]', '\u200b, \u00a0'],
];

const paths = [
	...['../../webhooks', '..%2F..', '%2F', '?a=b', '#x', 'inq_1/approve', '.', '..', '%2e%2e'],
	...['\\..\\', 'a;b', '//example.com', 'https://example.com/inq_1', '\r\nX: y', 'inq_1 ', '..\t'],
];

const json = [
	...['{"a":', '[1, 2', '{a: 1}', '{"a": 1} x', '[]', '[null]', '"text"', '7', '{ }'],
	...['{"constructor": {"prototype": {"polluted": true}}}', '[{"__proto__": {"polluted": true}}]'],
];

const lists = ['__proto__:a', 'constructor:a, constructor:b', 'a:b:c', ':', 'a:', 'a][b:c'];

const keys = ['order\r\nX-Evil: 1', 'tab\there', 'naïve', 'k'.repeat(10_000), 'k'.repeat(255)];

const binaryFields = ['data', 'data2', 'empty', 'folder', 'missing', '../data', 'data, data2'];

function buildNested(levels: number): unknown {
	let value: unknown = {};
	for (let level = 0; level < levels; level++) value = { value };
	return value;
}

const huge = ['h'.repeat(1_000_000), Array.from({ length: 10_000 }, (_, at) => `word${at}`)];

const small: unknown[] = [
	...[...commonCases, ...types, ...times, ...numbers, ...texts, ...listTexts, ...paths, ...json],
	...[...lists, ...keys, ...binaryFields],
];

/** All cases, for an input of a form that no earlier one had. */
export const getAllCases = (form: InputForm): unknown[] => [
	...small,
	...(['json', 'jsonList', 'map', 'column'].includes(form) ? [buildNested(400)] : []),
	...huge,
];

/** Any text, also with unpaired surrogates. */
const anyText = fc
	.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
	.map((units) => String.fromCharCode(...units));

/** Values of every kind, with the known edge cases. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
	fc.constantFrom(...small),
	anyText,
	fc.string({ unit: 'grapheme' }),
	fc.double(),
	fc.bigInt(),
	fc.date({ noInvalidDate: false }),
	fc.jsonValue(),
	fc.jsonValue().map((value) => JSON.stringify(value)),
);
