import { isUrl } from './isUrl';

const IPV4 = /^\d+(\.\d+){3}$/;

const LOOPBACK = /^(localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/;

/** The ranges of RFC 1918, 3927 and 6598, loopback, and the range that means "no address". */
const PRIVATE_IPV4 =
	/^(0|10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;

/** Unspecified, loopback and embedded IPv4 addresses; link-local; unique local. */
const PRIVATE_IPV6 = /^\[(::|fe[89ab]|f[cd])/;

const PRIVATE_NAME = /^[^.]+$|\.(local|localhost|localdomain|internal|lan|home\.arpa)$/;

/**
 * Returns the host of a URL in its standard form: `127.1` becomes `127.0.0.1`. Throws if it is no
 * URL.
 */
export const getHost = (url: string) => new URL(url).hostname.replace(/\.$/, '');

/** Whether a URL leads back to the machine that uses it. */
export const isLoopback = (url: string) => {
	const host = getHost(url);
	return host.startsWith('127.') ? IPV4.test(host) : LOOPBACK.test(host);
};

/** Whether the host of a URL can be public; whether it can be reached is not checked. */
export function isPublic(url: string): boolean {
	const host = getHost(url);
	if (host.startsWith('[')) return !PRIVATE_IPV6.test(host);
	return !(IPV4.test(host) ? PRIVATE_IPV4 : PRIVATE_NAME).test(host);
}

/**
 * Whether Persona can reach a URL, as far as its host tells. A fake Persona on this machine, at
 * `apiUrl`, can reach this machine.
 */
export const isReachable = (url: string, apiUrl: string): boolean =>
	isLoopback(url) ? isUrl(apiUrl) && isLoopback(apiUrl) : isPublic(url);

/** Says that Persona cannot reach n8n at this URL, and how to change that. */
export const explainUnreachable = (url: string): [headline: string, fix: string] => [
	`Persona cannot reach this n8n at ${getHost(url)}`,
	'Set a public URL in the environment variable N8N_WEBHOOK_URL, or use a tunnel, and try again.',
];

/** The parts of a URL that decide where a request goes, in their standard form. */
function toAddress(url: string): string {
	const { protocol, port, pathname, search } = new URL(url);
	return JSON.stringify([protocol, getHost(url), port, pathname.replace(/\/+$/, ''), search]);
}

/**
 * Whether two URLs lead to the same address, however they are written: host in capitals or Punycode,
 * default port, a slash at the end. False if either is no URL.
 */
export const isSameUrl = (one: unknown, other: unknown): boolean =>
	typeof one === 'string' &&
	typeof other === 'string' &&
	isUrl(one) &&
	isUrl(other) &&
	toAddress(one) === toAddress(other);
