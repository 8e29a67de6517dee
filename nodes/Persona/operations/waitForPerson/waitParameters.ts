import { choice, count, text } from '../../engine/fields';
import type { Fields } from '../../engine/types';
import type { NodeItemContext } from '../../engine/itemContext';

/** Milliseconds. */
const UNIT_MS: Record<string, number> = {
	seconds: 1_000,
	minutes: 60_000,
	hours: 3_600_000,
	days: 86_400_000,
};

/** Milliseconds; a year is longer than Persona keeps an inquiry open. */
const MAX_TIMEOUT_MS = 366 * UNIT_MS.days;

/** How long to wait, and where the person goes then. */
export const waitParameters: Fields = {
	waitAtMost: count(
		'Wait at Most',
		'How long the execution sleeps at most, e.g. 24; then the inquiry is put out as it is, with finished false if it is still open',
		{ default: 24, typeOptions: { minValue: 0 }, topLevel: true },
	),
	waitUnit: choice(
		'Wait Unit',
		'What the number stands for',
		{ days: 'Days', hours: 'Hours', minutes: 'Minutes', seconds: 'Seconds' },
		{ default: 'hours', topLevel: true },
	),
	redirectUrl: text(
		'Redirect URL',
		'Where the person goes on to when the flow is done, with the IDs and the status that Persona adds, instead of a page that says thank you',
		'https://example.com/verified',
	),
};

/** The length of the sleep in milliseconds. Throws where it is none. */
export function readTimeoutMs(session: NodeItemContext): number {
	const length =
		session.getSetting<number>('waitAtMost') * UNIT_MS[session.getSetting<string>('waitUnit')];
	if (length > 0 && length <= MAX_TIMEOUT_MS) return length;
	return session.fail(
		"'Wait at Most' is no time to wait for",
		'Give a number above 0 that makes a year at most.',
	);
}

/** Where the person goes on to. Throws where no browser should go there. */
export function readRedirectUrl(session: NodeItemContext): string {
	const url = session.getSetting<string>('redirectUrl').trim();
	if (url === '') return url;
	if (/^https?:\/\//i.test(url) && URL.canParse(url)) return new URL(url).href;
	return session.fail(
		"'Redirect URL' is not an address of the web",
		'It begins with https:// or http://, e.g. https://example.com/verified',
	);
}
