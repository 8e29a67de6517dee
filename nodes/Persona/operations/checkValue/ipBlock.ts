/** All addresses that begin with the same bits; a single address is a block of its own. */
export interface IpBlock {
	/** How many bits an address has: 32 or 128. */
	addressBits: number;
	/** An address of the block as one number. */
	address: bigint;
	/** How many bits are the same. */
	prefixBits: number;
}

function parseIpv4(text: string): bigint | undefined {
	// Zeros in front would be octal to some programs and decimal to others.
	const byte = /^(0|[1-9]\d{0,2})$/;
	const bytes = text.split('.');
	if (bytes.length !== 4 || !bytes.every((one) => byte.test(one) && Number(one) < 256)) return;
	return bytes.reduce((sum, one) => (sum << 8n) | BigInt(one), 0n);
}

/** The 16-bit groups of one side of `::`; the last four bytes may be written as IPv4. */
function parseIpv6Groups(text: string): bigint[] | undefined {
	if (text === '') return [];
	const groups = text.split(':').flatMap((group, index, all) => {
		const last = index === all.length - 1 ? parseIpv4(group) : undefined;
		if (last !== undefined) return [last >> 16n, last & 0xffffn];
		return /^[\da-f]{1,4}$/i.test(group) ? BigInt(`0x${group}`) : -1n;
	});
	return groups.includes(-1n) ? undefined : groups;
}

function parseIpv6(text: string): bigint | undefined {
	const [head, tail, ...others] = text.split('::').map(parseIpv6Groups);
	if (!head || others.length > 0) return undefined;
	const given = head.length + (tail?.length ?? 0);
	// What `::` stands for is one group at least.
	if (text.includes('::') ? !tail || given > 7 : given !== 8) return undefined;
	const gap = Array.from({ length: 8 - given }, () => 0n);
	return [...head, ...gap, ...(tail ?? [])].reduce((sum, group) => (sum << 16n) | group, 0n);
}

/** An IPv4 or IPv6 address, or a block such as `203.0.113.0/24`; undefined if it is neither. */
export function parseIpBlock(text: string): IpBlock | undefined {
	const [written, bits, ...others] = text.trim().split('/');
	const four = parseIpv4(written);
	const address = four ?? parseIpv6(written);
	const size = four === undefined ? 128 : 32;
	const prefix = bits === undefined ? size : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
	if (address === undefined || others.length > 0 || prefix > size) return undefined;
	// An IPv4 address written as IPv6, such as ::ffff:203.0.113.42, is the same address.
	if (size === 128 && prefix >= 96 && address >> 32n === 0xffffn) {
		return { addressBits: 32, address: address & 0xffffffffn, prefixBits: prefix - 96 };
	}
	return { addressBits: size, address, prefixBits: prefix };
}

/** Whether all addresses of one block lie in another. */
export const isWithin = (inner: IpBlock, outer: IpBlock) =>
	inner.addressBits === outer.addressBits &&
	inner.prefixBits >= outer.prefixBits &&
	(inner.address ^ outer.address) >> BigInt(outer.addressBits - outer.prefixBits) === 0n;
