import type { FailItem } from '../transport/errors';

/**
 * What IDs begin with, by the examples in Persona's API description. Persona may add to it at any time,
 * so that an unknown beginning says nothing about an ID.
 */
export const ID_KINDS = {
	accac: 'an account action',
	act: 'an account',
	actst: 'an account status',
	acttp: 'an account type',
	api: 'an API key',
	case: 'a case',
	cnst: 'a share token',
	cqueue: 'a case queue',
	cscm: 'a case comment',
	ctmpl: 'a case template',
	cxn: 'a connection',
	dev: 'a device',
	doc: 'a document',
	env: 'an environment',
	evt: 'an event',
	grphq: 'a graph query',
	inq: 'an inquiry',
	iqse: 'an inquiry session',
	itmpl: 'an inquiry template',
	itmplv: 'an inquiry template version',
	libf: 'a list item',
	lic: 'a list item',
	lidf: 'a list item',
	liea: 'a list item',
	ligin: 'a list item',
	ligl: 'a list item',
	liif: 'a list item',
	liip: 'a list item',
	lin: 'a list item',
	lipn: 'a list item',
	lst: 'a list',
	mprt: 'an import',
	mprtpr: 'a batch job',
	org: 'an organization',
	rep: 'a report',
	req: 'an API log',
	rptp: 'a report template',
	scrre: 'a record of a report',
	self: 'a selfie',
	tag: 'a tag',
	the: 'a theme',
	theset: 'a theme set',
	tmpl: 'a legacy template',
	txn: 'a transaction',
	txntp: 'a transaction type',
	ual: 'a user audit log',
	user: 'a user',
	ver: 'a verification',
	vtmpl: 'a verification template',
	wbh: 'a webhook',
	wbhe: 'a webhook event',
	wfl: 'a workflow',
	wfr: 'a workflow run',
	wfv: 'a workflow version',
} as const;

/** What the IDs of a kind of object begin with, before the underscore. */
export type IdPrefix = keyof typeof ID_KINDS;

/** Kinds that people mistake for each other. The panel names these, the run all. */
export const EVERYDAY_PREFIXES: IdPrefix[] = [
	'inq',
	'act',
	'rep',
	'case',
	'txn',
	'ver',
	'itmpl',
	'itmplv',
	'wfl',
];

/** The part of a text that can be an ID: without slashes or dots, so that it cannot change a path. */
const ID_PATTERN = /^[\w-]{1,99}$/;

/** Whether a text can be an ID of Persona. What an expression makes of nothing is none. */
export const isId = (text: string) =>
	ID_PATTERN.test(text) && !['undefined', 'null', 'NaN'].includes(text);

/** Returns what an ID begins with, if that is known. */
export const getPrefix = (id: string): IdPrefix | undefined => {
	const [, prefix = ''] = /^([a-z]+)_[\w-]+$/.exec(id) ?? [];
	return Object.hasOwn(ID_KINDS, prefix) ? (prefix as IdPrefix) : undefined;
};

/** Whether an ID is of a kind with one of these prefixes, or of none that is known. */
const isOfKind = (id: string, prefixes: IdPrefix[]) => {
	const found = getPrefix(id);
	const isSame = (prefix: IdPrefix) => found && ID_KINDS[found] === ID_KINDS[prefix];
	return found === undefined || prefixes.some(isSame);
};

/**
 * Finds the ID in a text: the text itself, or in the address of a page of Persona's dashboard the last
 * part that has the prefix, of several the first that is there, else the last that is an ID of any kind.
 * Undefined if an address has none.
 */
export function findId(text: string, prefix?: IdPrefix | IdPrefix[]): string | undefined {
	if (!/^(https?:\/\/)?([\w-]+\.)*withpersona\.com\//i.test(text)) return text;
	// The page comes before what is shown on it: /workflows/wfl_1?version=wfv_1.
	const [path, ...rest] = text.split(/[?#]/);
	const listIds = (part: string) =>
		part.split(/[/&=]/).filter((name) => getPrefix(name) !== undefined);
	const ids = [...rest.flatMap(listIds), ...listIds(path)];
	const fitting = [prefix ?? []]
		.flat()
		.flatMap((one) => ids.filter((id) => isOfKind(id, [one])).slice(-1));
	return fitting[0] ?? ids.at(-1);
}

/** Returns the ID in a text. Fails the item if there is none, or one of another kind. */
export function parseId(
	text: string,
	{ displayName: label, idPrefix }: { displayName: string; idPrefix?: IdPrefix | IdPrefix[] },
	fail: FailItem,
): string {
	const id = findId(text, idPrefix);
	const prefixes = [idPrefix ?? []].flat();
	if (id === undefined) {
		return fail(
			`'${label}' is an address without an ID`,
			`Open the page of the object in Persona and copy its address${prefixes.length ? `, which contains ${prefixes.join('_ or ')}_` : ''}.`,
		);
	}
	if (!isId(id)) {
		return fail(
			`'${label}' is not an ID`,
			'Enter only the ID: letters, digits, _ and -. Or the address of its page in Persona.',
		);
	}
	const found = getPrefix(id);
	if (!found || prefixes.length === 0 || isOfKind(id, prefixes)) return id;
	const kinds = prefixes.map((prefix) => `${ID_KINDS[prefix]}'s begins with ${prefix}_`);
	return fail(
		`'${label}' has the wrong kind of ID`,
		`This is the ID of ${ID_KINDS[found]} (${found}_…); ${kinds.join(', ')}.`,
	);
}

/** Where Persona finds objects by the reference ID that the user has given them, and what a key needs. */
export const REFERENCE_LISTS: Partial<Record<IdPrefix, { path: string; permission: string }>> = {
	act: { path: '/accounts', permission: 'account' },
	inq: { path: '/inquiries', permission: 'inquiry' },
	txn: { path: '/transactions', permission: 'txn' },
};
