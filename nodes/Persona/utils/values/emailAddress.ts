import { getHostKey } from './domain';
import { toPlainCharacters } from './trimText';

/** The longest part before the @ in RFC 5321. */
const MAX_LOCAL_LENGTH = 64;

/** Finds the part before the @ and the host; undefined if the text is not a single address. */
function splitEmailAddress(text: string): [local: string, host: string] | undefined {
	const plain = toPlainCharacters(text);
	const [, inBrackets] = /^[^<>]*<([^<>]*)>$/.exec(plain) ?? [];
	const address = (inBrackets ?? plain)
		.trim()
		.replace(/^mailto:([^?]*).*$/i, '$1')
		.replace(/\s*@\s*/g, '@');
	const [, local, host] = /^([^\s@<>()[\]\\,:;"]+)@([^\s@]+)$/.exec(address) ?? [];
	if (!local || local.length > MAX_LOCAL_LENGTH || !getHostKey(host)) return undefined;
	return [local, host.replaceAll('。', '.').replace(/\.$/, '')];
}

/**
 * Formats an email address for writing: `mailto:jane@example.com`, `<jane@example.com>` and
 * `Jane Doe <jane@example.com>` become `jane@example.com`, in the letters that the user wrote.
 * Undefined if it cannot be read.
 */
export const formatEmailAddress = (text: string) => splitEmailAddress(text)?.join('@');

/**
 * Returns the text by which two spellings of an address are equal: case does not matter, nor whether
 * the host is written in its own letters or in punycode. Undefined if it is no address.
 */
export function getEmailAddressKey(text: string): string | undefined {
	const [local, host = ''] = splitEmailAddress(text) ?? [];
	return local === undefined ? undefined : `${local.toLowerCase()}@${getHostKey(host)}`;
}
