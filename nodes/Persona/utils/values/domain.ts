import { toPlainCharacters } from './trimText';

/** The longest name of RFC 1035. */
const MAX_LENGTH = 253;

/** The host of an address on the web, or of what remains of one. */
const HOST = /^(?:(?:[a-z][a-z\d+.-]*:)?\/\/(?:[^/?#@]*@)?)?([^/?#:]+)(?::\d*)?(?:[/?#].*)?$/i;

/**
 * Converts a host name to the form in which two spellings of it are equal: lower case, punycode, no
 * dot at the end. Undefined if it is no name of a host.
 */
export function getHostKey(text: string): string | undefined {
	const name = text.replaceAll('。', '.').replace(/\.$/, '');
	if (!/^[\p{L}\p{M}\p{N}_-]+(\.[\p{L}\p{M}\p{N}_-]+)*$/u.test(name)) return undefined;
	try {
		const { hostname } = new URL(`http://${name}`);
		// Digits alone are an IP address.
		return /^[\d.]+$/.test(hostname) || hostname.length > MAX_LENGTH ? undefined : hostname;
	} catch {
		return undefined;
	}
}

/**
 * Formats a domain for writing: `@example.com`, `*@example.com` and an address on the web become
 * `example.com`, in the letters that the user wrote. Undefined if it cannot be read, as `*.example.com`,
 * which means other domains than `example.com`.
 */
export function formatDomain(text: string): string | undefined {
	const plain = toPlainCharacters(text).replace(/^\*?@/, '').replaceAll('。', '.');
	const [, host = ''] = HOST.exec(plain) ?? [];
	const domain = host.replace(/\.$/, '');
	return domain.includes('.') && getHostKey(domain) !== undefined ? domain : undefined;
}

/** Returns the text by which two spellings of a domain are equal; undefined if it is none. */
export function getDomainKey(text: string): string | undefined {
	const domain = formatDomain(text);
	return domain === undefined ? undefined : getHostKey(domain);
}
