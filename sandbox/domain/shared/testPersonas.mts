/** What makes a test persona special. */
export type PersonaTrait =
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
 * The seconds that a report takes when a name in its query asks for it: "Waits 12" takes 12 seconds,
 * "Waits Forever" never ends.
 */
export function parseDelaySeconds(query: Record<string, unknown>): number | undefined {
	const delays = NAME_FIELDS.map(
		(name) => /\bwaits (\d+|forever)\b/i.exec(String(query[name] ?? ''))?.[1],
	);
	const delay = delays.find((each) => each !== undefined);
	if (delay === undefined) return undefined;
	return /forever/i.test(delay) ? Infinity : Number(delay);
}

/** A person with a special result, recognized by one field. */
export interface TestPersona {
	/** Names of fields of inquiries or members of report queries, in kebab-case. */
	fields: string[];
	/** Must match the whole value, ignoring case. */
	pattern: RegExp;
	/** A value that matches. */
	example: string;
	trait: PersonaTrait;
	/** What happens, as a sentence for the overview page. */
	effect: string;
}

const NAME_FIELDS = [
	'name-first',
	'name-middle',
	'name-last',
	'term',
	'business-name',
	'addressee',
];

/**
 * All special test personas. Everyone else passes everything. Minors pass too; their birthdate is on
 * the ID, so that a workflow can detect them.
 */
export const testPersonas: TestPersona[] = [
	{
		fields: ['name-last', 'email-address'],
		pattern: /^fail(@.*)?$/i,
		example: 'Fail',
		trait: 'failsGovernmentId',
		effect: 'The government ID check fails, and with it the inquiry',
	},
	{
		fields: ['name-last', 'email-address'],
		pattern: /^mask(@.*)?$/i,
		example: 'Mask',
		trait: 'failsSelfie',
		effect: 'The selfie does not match the ID; the inquiry fails',
	},
	{
		fields: ['name-last', 'email-address'],
		pattern: /^review(@.*)?$/i,
		example: 'Review',
		trait: 'needsReview',
		effect: 'The inquiry completes and is then marked for review',
	},
	{
		fields: NAME_FIELDS,
		pattern: /^(.* )?match( .*)?$/i,
		example: 'Match',
		trait: 'isOnLists',
		effect: 'Watchlist, PEP and adverse media reports match',
	},
	{
		fields: ['email-address'],
		pattern: /@disposable\.example$/i,
		example: 'jane@disposable.example',
		trait: 'isRisky',
		effect: 'The email report says disposable and suspicious',
	},
	{
		fields: ['phone-number'],
		pattern: /0000$/,
		example: '+1 555 555 0000',
		trait: 'isRisky',
		effect: 'The phone report advises to block',
	},
	{
		fields: ['name-last', 'email-address'],
		pattern: /^proxy(@.*)?$/i,
		example: 'Proxy',
		trait: 'hidesLocation',
		effect: 'The session uses a VPN, a proxy and Tor',
	},
	{
		fields: ['business-name'],
		pattern: /^unregistered( .*)?$/i,
		example: 'Unregistered Inc',
		trait: 'isUnregistered',
		effect: 'The business lookup does not find the business',
	},
	{
		fields: ['ein'],
		pattern: /0000$/,
		example: '12-3450000',
		trait: 'hasForeignEin',
		effect: 'The business lookup reports that the EIN belongs to another business',
	},
	{
		fields: [...NAME_FIELDS, 'email-address', 'phone-number', 'crypto-address'],
		pattern: /^(.* )?error(@.*)?$/i,
		example: 'Error',
		trait: 'breaksReports',
		effect: 'Reports end as errored',
	},
];

/** The traits of a person by their values, which have kebab-case names. */
export function detectTraits(values: Record<string, unknown>): Set<PersonaTrait> {
	const traits = new Set<PersonaTrait>();
	for (const { fields, pattern, trait } of testPersonas) {
		for (const field of fields) {
			const value = values[field];
			if (typeof value === 'string' && pattern.test(value.trim())) traits.add(trait);
		}
	}
	return traits;
}
