import { choice, number, text } from '../../engine/fields';
import type { Fields, ItemContext } from '../../engine/types';

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
	waitAtMost: number(
		'Wait at Most',
		'How long the execution waits at most, e.g. 24; then the inquiry is returned as is, with finished set to false if it is still open',
		{ default: 24, typeOptions: { minValue: 0 }, topLevel: true },
	),
	waitUnit: choice(
		'Wait Unit',
		'Unit of Wait at Most',
		{ days: 'Days', hours: 'Hours', minutes: 'Minutes', seconds: 'Seconds' },
		{ default: 'hours', topLevel: true },
	),
	redirectUrl: text(
		'Redirect URL',
		'Where to send the person after the flow, instead of a thank-you page. Persona adds its IDs and the status to the URL.',
		'https://example.com/verified',
	),
};

/** The length of the sleep in milliseconds. Throws where it is none. */
export function readTimeoutMs(session: ItemContext): number {
	const length =
		session.readSetting<number>('waitAtMost') * UNIT_MS[session.readSetting<string>('waitUnit')];
	if (length > 0 && length <= MAX_TIMEOUT_MS) return length;
	return session.fail(
		"'Wait at Most' is not a valid time",
		'Enter more than 0 and at most 366 days.',
	);
}

/** Where the person goes on to. Throws where no browser should go there. */
export function readRedirectUrl(session: ItemContext): string {
	const url = session.readSetting<string>('redirectUrl').trim();
	if (url === '') return url;
	if (/^https?:\/\//i.test(url) && URL.canParse(url)) return new URL(url).href;
	return session.fail(
		"'Redirect URL' is not a web address",
		'It must begin with https:// or http://, e.g. https://example.com/verified',
	);
}
