import { duration, text } from '../../fields/kinds';
import type { Fields } from '../../fields/types';
import type { ItemContext } from '../../engine/types';
import { UNIT_SECONDS } from '../../utils/duration';
import { isWebUrl } from '../../utils/isUrl';

/** Persona keeps no inquiry open for longer than a year. */
const MAX_TIMEOUT_SECONDS = 366 * UNIT_SECONDS.days;

/** How long to wait, and where the person goes after the flow. */
export const waitParameters: Fields = {
	waitAtMost: duration(
		'Wait at Most',
		'How long the execution waits at most. Then the inquiry is returned as is, with finished set to false if it is still open.',
		'24 hours',
		[1, MAX_TIMEOUT_SECONDS],
		{ topLevel: true },
	),
	redirectUrl: text(
		'Redirect URL',
		'Where to send the person after the flow, e.g. a page of your website. Recommended: without it, the person sees a short thank-you page of n8n, which shows a technical error if it is reloaded. Persona adds its IDs and the status to the URL.',
		'https://example.com/verified',
	),
};

/** Reads where to send the person after the flow; empty for the default. Throws for anything but a web address. */
export function readRedirectUrl(context: ItemContext): string {
	const url = context.readSetting<string>('redirectUrl').trim();
	if (url === '') return url;
	if (isWebUrl(url)) return new URL(url).href;
	return context.fail(
		"'Redirect URL' is not a web address",
		'It must begin with https:// or http://, e.g. https://example.com/verified',
	);
}
