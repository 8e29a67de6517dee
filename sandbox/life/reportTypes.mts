import type { Trait } from '../people.mts';
import type { JsonObject } from '../store.mts';
import { accept, date, pattern, type QuerySchema } from './reportQuery.mts';

/** What a report of one type asks and what it finds. */
export interface ReportType {
	query: QuerySchema;
	/** Watches on: it can be run again, paused and resumed. */
	continuous?: true;
	/** Its matches can be dismissed; `entity` means that the dismissal must name one. */
	dismissable?: 'whole' | 'entity';
	/** The attributes of its own, before (`traits` is undefined) and after it is ready. */
	attributes(query: JsonObject, traits?: Set<Trait>): JsonObject;
}

const address = [
	'address-street-1',
	'address-street-2',
	'address-city',
	'address-subdivision',
	'address-postal-code',
];
const ssn = pattern(/^\d{3}-\d{2}-\d{4}$/);
const anyName = [['name-first'], ['name-middle'], ['name-last'], ['term']];
const place = ['name-first', 'name-last', 'address-city', 'address-subdivision'];
const person = ['name-first', 'name-middle', 'name-last', 'term'];

/** Only the named members of the query; those nobody gave are null. */
const echo = (query: JsonObject, names: string[]): JsonObject =>
	Object.fromEntries(names.map((name) => [name, query[name] ?? null]));

/** The same without those nobody gave, for members that Persona never shows as null. */
const given = (query: JsonObject, names: string[]): JsonObject =>
	Object.fromEntries(names.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));

/** What the person is called in this query. */
const fullName = (query: JsonObject): string =>
	String(
		query.term ??
			['name-first', 'name-middle', 'name-last'].flatMap((name) => query[name] ?? []).join(' '),
	);

const matched = (traits?: Set<Trait>) => traits?.has('isOnLists') === true;

const registered = (traits?: Set<Trait>) => traits?.has('isUnregistered') === false;

/** How something fits what was asked; null while nobody knows. */
const matchStatus = (traits: Set<Trait> | undefined, fits: boolean) =>
	traits ? (fits ? 'match' : 'no_match') : null;

const watchlistMatch = (name: string): JsonObject => ({
	name: 'Sample Sanctions List',
	url: 'https://sanctions.example/list',
	'list-type': 'sanction',
	'list-types': ['sanction'],
	slug: 'sample_sanctions',
	'flag-code': 'US',
	entities: [
		{
			name,
			'alias-type': 'name',
			birthdates: [{ day: '12', month: '10', year: '1965', granularity: 'day' }],
		},
	],
});

const mediaMatch = (name: string): JsonObject => ({
	akas: [name],
	birthdates: ['1965-10-12'],
	'match-types': ['name_exact'],
	media: [
		{
			date: '2023-05-06',
			snippet: `${name} was charged with fraud.`,
			url: 'https://news.example/fraud-charge',
			title: 'Fraud charge',
		},
	],
	name,
	sources: [{ 'country-codes': ['US'], name: 'Sample News', types: ['adverse-media'] }],
	'entity-id': 'sample-entity-1',
});

const pepMatch = (name: string): JsonObject => ({
	'entity-id': 'sample-entity-2',
	name,
	birthdates: ['1965-10-12'],
	'death-dates': [],
	locations: ['Washington'],
	country: 'US',
	sex: null,
	topics: ['role.pep'],
	positions: [
		{
			'pep-class': '1',
			'source-key': 'sample-register',
			name: 'Member of Parliament',
			topics: ['gov.national'],
			'start-date': '2015-01-01',
			'end-date': null,
		},
	],
	associates: [],
	affiliations: [],
	'related-urls': [],
	images: [],
	sources: {
		'sample-register': {
			url: 'https://register.example/members',
			name: 'Sample Register',
			'flag-code': 'US',
		},
	},
	'match-types': ['name_exact'],
	'pep-type': 'national',
});

const nonAuthoritative = [
	'name-first',
	'name-middle',
	'name-last',
	...address,
	'address-country-code',
	'email-address',
	'phone-number',
	'birthdate',
];

/** The report types that can be created, without their `report/`. */
export const reportTypes: Record<string, ReportType> = {
	'address-lookup': {
		query: accept(
			[...address, 'addressee', 'address-country-code'],
			address.filter((name) => name !== 'address-street-2').concat('address-country-code'),
		),
		attributes: (query, traits) => ({
			...echo(query, ['addressee', ...address]),
			...Object.fromEntries(
				['addressee', ...address].map((name) => [
					`resolved-${name}`,
					traits ? (query[name] ?? null) : null,
				]),
			),
			'metadata-record-type': traits ? 'S' : null,
			'metadata-zip-type': traits ? 'Standard' : null,
			'metadata-latitude': traits ? 37.77 : null,
			'metadata-longitude': traits ? -122.42 : null,
			'metadata-time-zone': traits ? 'Pacific' : null,
			'metadata-utc-offset': traits ? -8 : null,
			'analysis-dpv-match-code': traits ? 'Y' : null,
			'analysis-dpv-vacant': traits ? 'N' : null,
			'analysis-active': traits ? 'Y' : null,
			'error-message': null,
		}),
	},
	'adverse-media': {
		query: accept([...person, 'birthdate', 'country-code'], [], anyName, { birthdate: date }),
		continuous: true,
		dismissable: 'entity',
		attributes: (query, traits) => ({
			...echo(query, ['name-first', 'name-middle', 'name-last', 'birthdate', 'country-code']),
			term: fullName(query),
			'birthdate-year': query.birthdate ? Number(String(query.birthdate).slice(0, 4)) : null,
			'related-sources': matched(traits) ? [mediaMatch(fullName(query))] : [],
			'ignore-list-media': {},
			'ignore-list-entity': [],
		}),
	},
	'business-adverse-media': {
		query: accept(['term'], ['term']),
		continuous: true,
		dismissable: 'entity',
		attributes: ({ term }, traits) => ({
			term,
			'related-sources': [],
			query: { 'business-name': term },
			result: {
				'adverse-media': matched(traits)
					? [
							{
								title: 'Fraud charge',
								url: 'https://news.example/fraud-charge',
								date: '2023-05-06',
							},
						]
					: [],
			},
		}),
	},
	'business-lookup': {
		query: accept(
			[...address, 'business-name', 'phone-number', 'website', 'ein', 'address-country-code'],
			['business-name', ...address.filter((name) => name !== 'address-street-2')],
			[],
			{ 'associated-people': undefined },
		),
		attributes: (query, traits) => ({
			query: {
				...echo(query, ['phone-number', 'website', 'ein', 'address-country-code']),
				...given(query, ['business-name', ...address]),
				'incorporation-state': null,
				'associated-people': query['associated-people'] ?? [],
			},
			result: registered(traits)
				? {
						name: query['business-name'],
						aliases: [],
						description: null,
						'legal-status': 'active',
						'legal-entity-type': 'corporation',
						'date-of-incorporation': { granularity: 'day', day: '01', month: '02', year: '2003' },
						addresses: [
							echo(renamed(query), ['street-1', 'street-2', 'city', 'subdivision', 'postal-code']),
						],
						websites: [],
						'phone-numbers': [],
						officers: [],
						headcount: null,
					}
				: null,
			'match-status-strength': matchStatus(traits, registered(traits)),
			'match-status-business-name': matchStatus(traits, registered(traits)),
			'match-status-address': matchStatus(traits, registered(traits)),
			'match-status-ein': query.ein
				? matchStatus(traits, registered(traits) && !traits?.has('hasForeignEin'))
				: traits
					? 'not_applicable'
					: null,
		}),
	},
	'business-watchlist': {
		query: accept(['term', 'address-country-code'], ['term']),
		continuous: true,
		dismissable: 'whole',
		attributes: (_, traits) => ({
			'matched-lists': matched(traits) ? ['Sample Sanctions List'] : [],
			'sanction-list': matched(traits)
				? [{ name: 'Sample Sanctions List', url: 'https://sanctions.example/list' }]
				: [],
			'fitness-probity-list': [],
			'warning-list': [],
		}),
	},
	'crypto-address-watchlist': {
		query: accept(['crypto-address'], ['crypto-address']),
		attributes: (query, traits) => ({
			query: given(query, ['crypto-address']),
			result: traits ? [] : null,
		}),
	},
	'email-address': {
		query: accept(['email-address'], ['email-address']),
		attributes: (query, traits) => {
			const risky = traits?.has('isRisky') ?? false;
			const email = String(query['email-address'] ?? '');
			const known = (value: boolean) => (traits ? value : null);
			return {
				'email-address': email,
				'email-domain': email.split('@')[1] ?? '',
				'email-reputation': traits ? (risky ? 'none' : 'high') : null,
				'email-domain-age-days': traits ? (risky ? 3 : 9000) : null,
				'email-is-disposable': known(risky),
				'email-is-suspicious': known(risky),
				'email-is-deliverable': known(!risky),
				'email-is-valid-mx': known(true),
				'email-is-free-provider': known(false),
				'email-domain-exists': known(true),
				'age-estimated-18-plus': known(!risky),
			};
		},
	},
	'phone-number': {
		query: accept(['phone-number'], ['phone-number']),
		attributes: (query, traits) => {
			const risky = traits?.has('isRisky') ?? false;
			return {
				'phone-number': query['phone-number'],
				'phone-type': traits ? (risky ? 'VOIP' : 'MOBILE') : null,
				'phone-carrier': traits ? 'Example Mobile' : null,
				'phone-country-code': traits ? 'US' : null,
				'phone-risk-level': traits ? (risky ? 'high' : 'low') : null,
				'phone-risk-recommendation': traits ? (risky ? 'block' : 'allow') : null,
				'phone-risk-score': traits ? (risky ? 901 : 12) : null,
				'phone-risk-sim-swap': null,
			};
		},
	},
	'politically-exposed-person': {
		query: accept([...person, 'birthdate', 'country-code'], [], anyName, { birthdate: date }),
		continuous: true,
		dismissable: 'whole',
		attributes: (query, traits) => ({
			query: {
				...echo(query, ['name-first', 'name-middle', 'name-last', 'country-code']),
				term: fullName(query),
				...(query.birthdate && { birthdate: query.birthdate }),
			},
			result: traits ? (matched(traits) ? [pepMatch(fullName(query))] : []) : null,
			'ignore-list': [],
		}),
	},
	profile: {
		query: accept(['name-first', 'name-last', ...address, 'country-code', 'phone-number'], [], [], {
			birthdate: date,
			'social-security-number': ssn,
		}),
		attributes: (query, traits) => ({
			...echo(query, ['name-first', 'name-last', 'birthdate', ...address, 'phone-number']),
			'social-security-number': query['social-security-number'] ?? null,
			'social-security-number-last-4': last4(query['social-security-number']),
			'identity-records': traits
				? [
						{
							names: [
								{
									'name-full': fullName(query),
									'name-first': query['name-first'] ?? '',
									'name-middle': '',
									'name-last': query['name-last'] ?? '',
								},
							],
							birthdates: query.birthdate ? [query.birthdate] : [],
							addresses: [],
							'social-security-numbers': [],
							'phone-numbers': query['phone-number'] ? [query['phone-number']] : [],
							'email-addresses': [],
							deceased: false,
							'drivers-licenses': [],
						},
					]
				: [],
			'omitted-identity-records': [],
		}),
	},
	'profile-non-authoritative': {
		query: accept(
			[...place, 'phone-number', 'email-address'],
			[],
			[['phone-number'], ['email-address'], place],
		),
		attributes: (query, traits) => ({
			query: echo(query, nonAuthoritative),
			result: traits
				? {
						name: fullName(query) || null,
						birthdate: null,
						emails: [],
						'phone-numbers': [],
						location: null,
						education: [],
						experience: [],
						'social-media-profiles': [],
					}
				: null,
		}),
	},
	'social-media': {
		query: accept(
			[...place, 'phone-number', 'email-address', 'address-postal-code', 'address-country-code'],
			[],
			[['phone-number'], ['email-address'], place],
			{ birthdate: date },
		),
		attributes: (query, traits) => ({
			...echo(query, [...place, 'phone-number', 'email-address']),
			...(query.birthdate && { birthdate: query.birthdate }),
			'linkedin-url': traits ? 'https://social.example/in/sample' : null,
			'linkedin-username': traits ? 'sample' : null,
		}),
	},
	synthetic: {
		query: accept(
			[
				'name-first',
				'name-last',
				'identification-number',
				...address,
				'address-country-code',
				'phone-number',
				'email-address',
			],
			[
				'name-first',
				'name-last',
				'birthdate',
				...address.filter((name) => name !== 'address-street-2'),
				'address-country-code',
			],
			[['social-security-number'], ['identification-number']],
			{ birthdate: date, 'social-security-number': ssn },
		),
		attributes: (_, traits) => ({
			'sentilink-abuse-score': traits ? 102 : null,
			'sentilink-first-party-synthetic-score': traits ? 88 : null,
			'sentilink-third-party-synthetic-score': traits ? 64 : null,
		}),
	},
	watchlist: {
		query: accept([...person, 'birthdate', 'address-country-code'], [], anyName, {
			birthdate: date,
		}),
		continuous: true,
		dismissable: 'whole',
		attributes: (query, traits) => ({
			...echo(query, ['name-first', 'name-middle', 'name-last', 'birthdate']),
			term: fullName(query),
			'country-code': query['address-country-code'] ?? null,
			'matched-lists': traits ? (matched(traits) ? [watchlistMatch(fullName(query))] : []) : null,
			'ignore-list': [],
		}),
	},
};

const last4 = (number: unknown) => (typeof number === 'string' ? number.slice(-4) : null);

const renamed = (query: JsonObject): JsonObject =>
	Object.fromEntries(
		Object.entries(query).map(([name, value]) => [name.replace('address-', ''), value]),
	);
