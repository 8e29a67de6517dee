import fc from 'fast-check';
import { parseIpBlock, isWithin } from '../../../nodes/Persona/utils/values/ipBlock.ts';

describe('an IP address', () => {
	const createBlocks = (addressBits: number) =>
		fc.tuple(
			fc.bigInt({ min: 0n, max: 2n ** BigInt(addressBits) - 1n }),
			fc.integer({ min: 0, max: addressBits }),
		);

	const formatIpv4 = (address: bigint) =>
		[24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.');

	const formatIpv6 = (address: bigint) =>
		Array.from({ length: 8 }, (_, index) =>
			((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
		).join(':');

	it.each([
		[32, formatIpv4],
		[128, formatIpv6],
	])(
		'of %d bits is within every block that shares its prefix, and within no other',
		(addressBits, format) => {
			fc.assert(
				fc.property(createBlocks(addressBits), fc.nat(), ([address, prefixBits], seed) => {
					const inside = parseIpBlock(format(address));
					const outer = parseIpBlock(`${format(address)}/${prefixBits}`);
					if (!inside || !outer) throw new Error(`${format(address)}/${prefixBits} was not parsed`);
					expect(isWithin(inside, outer)).toBe(true);
					if (prefixBits === 0) return;
					// Flip one of the bits that must be the same.
					const flipped = address ^ (1n << BigInt(addressBits - 1 - (seed % prefixBits)));
					const outside = parseIpBlock(format(flipped));
					expect(outside && isWithin(outside, outer)).toBe(false);
				}),
			);
		},
	);

	it('is the same with and without its zeros', () => {
		const groups = fc.array(fc.constantFrom('0', '1', 'ab', 'ffff'), {
			minLength: 8,
			maxLength: 8,
		});
		fc.assert(
			fc.property(groups, (all) => {
				// A URL writes addresses in their shortest form.
				const { hostname } = new URL(`http://[${all.join(':')}]`);
				const padded = all.map((group) => group.padStart(4, '0').toUpperCase()).join(':');
				expect(parseIpBlock(hostname.slice(1, -1))).toEqual(parseIpBlock(padded));
				expect(parseIpBlock(padded)).toBeDefined();
			}),
		);
	});

	it('is parsed or rejected, whatever the text is', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'0123456789af:./') }), (text) => {
				const block = parseIpBlock(text);
				expect(block === undefined || block.prefixBits <= block.addressBits).toBe(true);
			}),
		);
	});
});
