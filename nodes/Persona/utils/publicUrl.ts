const IPV4 = /^\d+(\.\d+){3}$/;

const LOOPBACK = /^(localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/;

/** Ranges of RFC 1918, 3927 and 6598, and what stands for no address at all. */
const PRIVATE_IPV4 =
	/^(0|10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;

/** Unspecified, loopback and IPv4 in disguise; link-local; unique local. */
const PRIVATE_IPV6 = /^\[(::|fe[89ab]|f[cd])/;

const PRIVATE_NAME = /^[^.]+$|\.(local|localhost|localdomain|internal|lan|home\.arpa)$/;

/** The host of an address, as the URL standard writes it: `127.1` comes out as `127.0.0.1`. */
export const getHost = (address: string) => new URL(address).hostname.replace(/\.$/, '');

/** Whether an address leads back to the machine it is used on. */
export const isLoopback = (address: string) => {
	const host = getHost(address);
	return host.startsWith('127.') ? IPV4.test(host) : LOOPBACK.test(host);
};

/** Whether the internet can know a host by this name or number; it may still not answer. */
export function isPublic(address: string): boolean {
	const host = getHost(address);
	if (host.startsWith('[')) return !PRIVATE_IPV6.test(host);
	return !(IPV4.test(host) ? PRIVATE_IPV4 : PRIVATE_NAME).test(host);
}
