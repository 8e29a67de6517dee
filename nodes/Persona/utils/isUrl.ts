/**
 * Whether a text is a URL. `URL.canParse` is no substitute: in Node 20, once it is called often enough to
 * be optimized, it is false for every text with a letter outside ASCII.
 */
export function isUrl(text: string): boolean {
	try {
		return Boolean(new URL(text));
	} catch {
		return false;
	}
}

/** Whether a text is the URL of something on the web, not of a file, an app or an address for mail. */
export const isWebUrl = (text: string): boolean => /^https?:\/\//i.test(text) && isUrl(text);
