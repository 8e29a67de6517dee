/** All addresses that begin with the same bits. A single address is a block, too. */
export interface IpBlock {
	/** Length of an address in bits: 32 or 128. */
	addressBits: number;
	/** An address of the block as one number. */
	address: bigint;
	/** How many bits all addresses of the block share. */
	prefixBits: number;
}

function parseIpv4(text: string): bigint | undefined {
	// Some programs read a leading zero as octal, others as decimal.
	const byte = /^(0|[1-9]\d{0,2})$/;
	const bytes = text.split('.');
	if (bytes.length !== 4 || !bytes.every((part) => byte.test(part) && Number(part) < 256)) return;
	return bytes.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

/** Parses the 16-bit groups on one side of `::`; the last four bytes may be written as IPv4. */
function parseIpv6Groups(text: string): bigint[] | undefined {
	if (text === '') return [];
	const groups = text.split(':').flatMap((group, index, all) => {
		const ipv4 = index === all.length - 1 ? parseIpv4(group) : undefined;
		if (ipv4 !== undefined) return [ipv4 >> 16n, ipv4 & 0xffffn];
		return /^[\da-f]{1,4}$/i.test(group) ? BigInt(`0x${group}`) : -1n;
	});
	return groups.includes(-1n) ? undefined : groups;
}

function parseIpv6(text: string): bigint | undefined {
	const [head, tail, ...others] = text.split('::').map(parseIpv6Groups);
	if (!head || others.length > 0) return undefined;
	const groupCount = head.length + (tail?.length ?? 0);
	// `::` replaces at least one group.
	if (text.includes('::') ? !tail || groupCount > 7 : groupCount !== 8) return undefined;
	const gap = Array.from({ length: 8 - groupCount }, () => 0n);
	return [...head, ...gap, ...(tail ?? [])].reduce((sum, group) => (sum << 16n) | group, 0n);
}

/** Parses an IPv4 or IPv6 address, or a block such as `203.0.113.0/24`; undefined for anything else. */
export function parseIpBlock(text: string): IpBlock | undefined {
	const [addressText, prefixText, ...others] = text.trim().split('/');
	const ipv4 = parseIpv4(addressText);
	const address = ipv4 ?? parseIpv6(addressText);
	const addressBits = ipv4 === undefined ? 128 : 32;
	const prefixBits = parsePrefixBits(prefixText, addressBits);
	if (address === undefined || others.length > 0 || prefixBits > addressBits) return undefined;
	// An IPv4 address written as IPv6, such as ::ffff:203.0.113.42, is the same address.
	if (addressBits === 128 && prefixBits >= 96 && address >> 32n === 0xffffn) {
		return { addressBits: 32, address: address & 0xffffffffn, prefixBits: prefixBits - 96 };
	}
	return { addressBits, address, prefixBits };
}

/** All bits where there is no prefix; Infinity where it is no number. */
function parsePrefixBits(text: string | undefined, addressBits: number): number {
	if (text === undefined) return addressBits;
	return /^\d{1,3}$/.test(text) ? Number(text) : Infinity;
}

/** Whether all addresses of one block are in another. */
export const isWithin = (inner: IpBlock, outer: IpBlock) =>
	inner.addressBits === outer.addressBits &&
	inner.prefixBits >= outer.prefixBits &&
	(inner.address ^ outer.address) >> BigInt(outer.addressBits - outer.prefixBits) === 0n;
