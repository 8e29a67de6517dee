import { choice, number, text } from '../../engine/fields';
import type { Fields, ItemContext } from '../../engine/types';
import { isWebUrl } from '../../utils/isUrl';

const UNIT_MS: Record<string, number> = {
	seconds: 1_000,
	minutes: 60_000,
	hours: 3_600_000,
	days: 86_400_000,
};

/** Persona keeps no inquiry open for longer than a year. */
const MAX_TIMEOUT_MS = 366 * UNIT_MS.days;

/** How long to wait, and where the person goes after the flow. */
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
		'Where to send the person after the flow, e.g. a page of your website. Recommended: without it, the person sees a short thank-you page of n8n, which shows an error if it is reloaded. Persona adds its IDs and the status to the URL.',
		'https://example.com/verified',
	),
};

/** Reads how long to wait, in milliseconds. Throws where that is 0 or more than a year. */
export function readTimeoutMs(context: ItemContext): number {
	const unitMs = UNIT_MS[context.readSetting<string>('waitUnit')];
	const timeoutMs = context.readSetting<number>('waitAtMost') * unitMs;
	if (timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
	return context.fail(
		"'Wait at Most' is not a valid time",
		'Enter more than 0 and at most 366 days.',
	);
}

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
