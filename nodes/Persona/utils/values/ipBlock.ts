import { toPlainCharacters } from './trimText';

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

/** Removes what servers write around an address: brackets, the port, the network interface. */
const unwrapAddress = (text: string) =>
	text
		.replace(/^\[([^\]]*)\](?::\d{1,5})?/, '$1')
		.replace(/^([\d.]+):\d{1,5}$/, '$1')
		.replace(/^([\da-f:.]+)%[\w.-]+/i, '$1');

/** The bits of a prefix; undefined if there is none, NaN if it is not one. */
function parsePrefix(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	if (!text.includes('.')) return /^\d{1,3}$/.test(text) ? Number(text) : NaN;
	const bits = parseIpv4(text)?.toString(2).padStart(32, '0') ?? '';
	return /^1*0*$/.test(bits) && bits !== '' ? bits.lastIndexOf('1') + 1 : NaN;
}

/** Writes `203.0.113.*` as the block that it means. */
function expandAsterisks(text: string): string {
	if (!/^(\d+\.){1,3}\*(\.\*)*$/.test(text) || text.split('.').length !== 4) return text;
	const given = text.split('.').indexOf('*');
	return `${text.replaceAll('*', '0')}/${8 * given}`;
}

/**
 * Parses an IPv4 or IPv6 address, or a block such as `203.0.113.0/24`. An address may have a port, and
 * a block may be written as `203.0.113.0/255.255.255.0` or `203.0.113.*`. Undefined for anything else:
 * also for several addresses, and for a zero at the beginning of a number.
 */
export function parseIpBlock(text: string): IpBlock | undefined {
	const plain = expandAsterisks(unwrapAddress(toPlainCharacters(text)));
	const [addressText, prefixText, ...others] = plain.split('/');
	const ipv4 = parseIpv4(addressText);
	const address = ipv4 ?? parseIpv6(addressText);
	const addressBits = ipv4 === undefined ? 128 : 32;
	const prefixBits = parsePrefix(prefixText) ?? addressBits;
	if (address === undefined || others.length > 0 || !(prefixBits <= addressBits)) return undefined;
	if (addressBits === 128 && prefixText?.includes('.')) return undefined;
	// An IPv4 address written as IPv6, such as ::ffff:203.0.113.42, is the same address.
	if (addressBits === 128 && prefixBits >= 96 && address >> 32n === 0xffffn) {
		return { addressBits: 32, address: address & 0xffffffffn, prefixBits: prefixBits - 96 };
	}
	return { addressBits, address, prefixBits };
}

function formatAddress(address: bigint, addressBits: number): string {
	const size = addressBits === 32 ? 8 : 16;
	const parts = Array.from({ length: addressBits / size }, (_, index) =>
		((address >> BigInt(addressBits - size * (index + 1))) & ((1n << BigInt(size)) - 1n)).toString(
			addressBits === 32 ? 10 : 16,
		),
	);
	// A URL has IPv6 addresses in the form of RFC 5952.
	return addressBits === 32
		? parts.join('.')
		: new URL(`http://[${parts.join(':')}]`).hostname.slice(1, -1);
}

/**
 * Formats an address or a block for writing, e.g. `203.0.113.42`, `203.0.113.0/24` or `2001:db8::1`. A
 * block begins with its first address. Undefined if the text is neither.
 */
export function formatIpBlock(text: string): string | undefined {
	const block = parseIpBlock(text);
	if (!block) return undefined;
	const { addressBits, address, prefixBits } = block;
	if (prefixBits === addressBits) return formatAddress(address, addressBits);
	const others = BigInt(addressBits - prefixBits);
	return `${formatAddress((address >> others) << others, addressBits)}/${prefixBits}`;
}

/** Whether all addresses of one block are in another. */
export const isWithin = (inner: IpBlock, outer: IpBlock) =>
	inner.addressBits === outer.addressBits &&
	inner.prefixBits >= outer.prefixBits &&
	(inner.address ^ outer.address) >> BigInt(outer.addressBits - outer.prefixBits) === 0n;
