/** What is special about a person; everybody else simply passes. */
export type Trait =
	| 'failsGovernmentId'
	| 'failsSelfie'
	| 'needsReview'
	| 'isOnLists'
	| 'isRisky'
	| 'hidesLocation'
	| 'isUnregistered'
	| 'hasForeignEin'
	| 'breaksReports';

/**
 * Seconds that a report takes about somebody whose name says so, such as "Waits 12"; "Waits Forever"
 * never comes to an end.
 */
export function secondsOf(query: Record<string, unknown>): number | undefined {
	const said = names.map((name) => /\bwaits (\d+|forever)\b/i.exec(String(query[name] ?? ''))?.[1]);
	const [first] = said.filter((one) => one !== undefined);
	if (first === undefined) return undefined;
	return /forever/i.test(first) ? Infinity : Number(first);
}

/** One line of the table of people. */
export interface PersonRule {
	/** Names of inquiry fields or report queries that are looked at, in kebab-case. */
	fields: string[];
	/** Holds for the whole value, whatever its case. */
	matches: RegExp;
	/** A value that matches. */
	example: string;
	trait: Trait;
	/** What happens to such a person. */
	effect: string;
}

const names = ['name-first', 'name-middle', 'name-last', 'term', 'business-name', 'addressee'];

/**
 * The people the sandbox knows. Any other name passes everything. A birthdate less than 18 years ago
 * passes too, and stands on the ID, so that a workflow can find out by itself.
 */
export const testPersonas: PersonRule[] = [
	{
		fields: ['name-last'],
		matches: /^fail$/i,
		example: 'Fail',
		trait: 'failsGovernmentId',
		effect: 'The government ID check fails, and with it the inquiry',
	},
	{
		fields: ['name-last'],
		matches: /^mask$/i,
		example: 'Mask',
		trait: 'failsSelfie',
		effect: 'The selfie does not match the ID; the inquiry fails',
	},
	{
		fields: ['name-last'],
		matches: /^review$/i,
		example: 'Review',
		trait: 'needsReview',
		effect: 'The inquiry completes and is then marked for review',
	},
	{
		fields: names,
		matches: /^(.* )?match( .*)?$/i,
		example: 'Match',
		trait: 'isOnLists',
		effect: 'Watchlist, PEP and adverse media reports match',
	},
	{
		fields: ['email-address'],
		matches: /@disposable\.example$/i,
		example: 'jane@disposable.example',
		trait: 'isRisky',
		effect: 'The email report says disposable and suspicious',
	},
	{
		fields: ['phone-number'],
		matches: /0000$/,
		example: '+1 555 555 0000',
		trait: 'isRisky',
		effect: 'The phone report advises to block',
	},
	{
		fields: ['name-last'],
		matches: /^proxy$/i,
		example: 'Proxy',
		trait: 'hidesLocation',
		effect: 'The session comes through a VPN and a proxy, and Tor',
	},
	{
		fields: ['business-name'],
		matches: /^unregistered( .*)?$/i,
		example: 'Unregistered Inc',
		trait: 'isUnregistered',
		effect: 'The business lookup finds no such business',
	},
	{
		fields: ['ein'],
		matches: /0000$/,
		example: '12-3450000',
		trait: 'hasForeignEin',
		effect: 'The business lookup says that the EIN is not that of the business',
	},
	{
		fields: [...names, 'email-address', 'phone-number', 'crypto-address'],
		matches: /^(.* )?error(@.*)?$/i,
		example: 'Error',
		trait: 'breaksReports',
		effect: 'Reports end as errored',
	},
];

/** What is special about the person with these values, by kebab-case field name. */
export function traitsOf(values: Record<string, unknown>): Set<Trait> {
	const traits = new Set<Trait>();
	for (const { fields, matches, trait } of testPersonas) {
		for (const field of fields) {
			const value = values[field];
			if (typeof value === 'string' && matches.test(value.trim())) traits.add(trait);
		}
	}
	return traits;
}
