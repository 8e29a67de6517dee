import { createUserError, readList, requireComplete } from '../../events/readValues';
import { toCamelCase } from '../../transport/flatten';
import { hasEmptyEntry } from '../../utils/parseList';
import type { WebhookTriggerContext } from './listener';

/** The form of an entry: a name, perhaps with an exclamation mark before it, or a path. */
const ENTRY = /^!?[\p{L}_*/][^\s;"'`{}[\]]*$/u;

/** What an expression that compares something, or that finds nothing, makes of an entry. */
const NO_NAME = /^(true|false|null|undefined)$/;

/**
 * Reads a blocklist; `stored` is its text with its expressions. Throws for an entry that turns out empty or
 * cannot be an attribute, since that would let an attribute through.
 */
export function readBlocklist(
	context: WebhookTriggerContext,
	label: string,
	value: unknown,
	stored: unknown,
): string[] {
	const entries = readList(context, label, value);
	if (entries.length === 0) {
		throw createUserError(
			context,
			`${label} is empty, so it would block nothing. Enter attributes, or remove the option if none should be left out.`,
		);
	}
	if (hasEmptyEntry(value)) {
		throw createUserError(
			context,
			`${label} has an empty entry. Enter an attribute, or remove the entry.`,
		);
	}
	requireComplete(context, label, value, stored);
	const wrong = entries.find((entry) => !ENTRY.test(entry) || NO_NAME.test(entry));
	if (wrong === undefined) return entries;
	throw createUserError(
		context,
		`${label} contains ${JSON.stringify(wrong.slice(0, 40))}, which is not the name of an attribute. Write names with commas between them, e.g. name-last, address-*.`,
	);
}

/** Whether the target of an entry is an attribute itself, by its name in camelCase. */
function isTarget(target: string, attribute: string): boolean {
	const name = toCamelCase(target.replace('/data/attributes/', ''));
	const parts = name.split('*').map((part) => part.replace(/[^\w-]/g, '\\$&'));
	return new RegExp(`^${parts.join('.*')}$`).test(attribute);
}

/**
 * Whether a blocklist leaves an attribute of the object out of all events. An entry for one type of object
 * (`?type=`) decides nothing, and an exclamation mark keeps what other entries leave out.
 */
export const isBlocked = (blocklist: string[], attribute: string): boolean =>
	blocklist.some((entry) => isTarget(entry, attribute)) &&
	!blocklist.some((entry) => entry.startsWith('!') && isTarget(entry.slice(1), attribute));
