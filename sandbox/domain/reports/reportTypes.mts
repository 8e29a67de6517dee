import { createId } from '../../state/ids.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import type { PersonaTrait } from '../shared/testPersonas.mts';
import {
	checkDate,
	createPatternCheck,
	defineQuery,
	type ReportQuerySchema,
} from './reportQuery.mts';

/** The query and the result of a type of report. */
export interface ReportType {
	query: ReportQuerySchema;
	/** Is monitored continuously: it can be paused and resumed. */
	isContinuous?: true;
	/** Matches can be dismissed as a whole, or only one `entity` at a time. */
	dismissable?: 'whole' | 'entity';
	/** Its records can be reviewed, one by one or all. */
	reviewable?: true;
	/** The attributes of the type; `traits` is undefined while the report is pending. */
	buildAttributes(query: JsonObject, traits?: Set<PersonaTrait>): JsonObject;
}

const ADDRESS_FIELDS = [
	'address-street-1',
	'address-street-2',
	'address-city',
	'address-subdivision',
	'address-postal-code',
];
const checkSsn = createPatternCheck(/^\d{3}-\d{2}-\d{4}$/);
const NAME_SETS = [['name-first'], ['name-middle'], ['name-last'], ['term']];
const PLACE_FIELDS = ['name-first', 'name-last', 'address-city', 'address-subdivision'];
const PERSON_FIELDS = ['name-first', 'name-middle', 'name-last', 'term'];

/** These members of the query; missing ones are null. */
const pickOrNull = (query: JsonObject, names: string[]): JsonObject =>
	Object.fromEntries(names.map((name) => [name, query[name] ?? null]));

/** These members of the query without missing ones, for attributes that Persona never shows as null. */
const pickGiven = (query: JsonObject, names: string[]): JsonObject =>
	Object.fromEntries(names.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));

/** The name of the person or business in the query. */
const getFullName = (query: JsonObject): string =>
	String(
		query.term ??
			['name-first', 'name-middle', 'name-last'].flatMap((name) => query[name] ?? []).join(' '),
	);

const isMatched = (traits?: Set<PersonaTrait>) => traits?.has('isOnLists') === true;

const isRegistered = (traits?: Set<PersonaTrait>) => traits?.has('isUnregistered') === false;

/** Null while the report is pending. */
const getMatchStatus = (traits: Set<PersonaTrait> | undefined, isMatch: boolean) =>
	traits ? (isMatch ? 'match' : 'no_match') : null;

const buildWatchlistMatch = (name: string): JsonObject => ({
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

const buildMediaMatch = (name: string): JsonObject => ({
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

const buildPepMatch = (name: string): JsonObject => ({
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

/** A record with the form of a sanctioned person, as Persona's description has it. */
const buildScreeningRecord = (name: string): JsonObject => ({
	token: createId('scrre'),
	matched: true,
	'created-at': getTimestamp(),
	'reviewed-at': null,
	'review-status': 'pending',
	'risk-level': null,
	'present-in-last-run': true,
	'notify-on-change': false,
	'record-types': ['person'],
	names: [{ type: 'primary_name', name }],
	birthdates: [{ start: '1965-10-12', end: '1965-10-12' }],
	locations: [{ 'address-country-code': 'US', type: 'birthplace' }],
	sexes: ['female'],
	emails: null,
	identifications: null,
	details: null,
	listings: [
		{
			token: createId('scatr'),
			name: 'Sample Sanctions List',
			type: 'sanction',
			url: 'https://sanctions.example/list',
			active: true,
			'created-at': getTimestamp(),
			'deactivated-at': null,
			'reviewed-at': null,
			'review-status': 'pending',
		},
	],
	positions: null,
	'pep-classes': null,
	'pep-roles': null,
	topics: ['sanction'],
	articles: [],
});

const SCREENING_FIELDS = [
	...PERSON_FIELDS,
	'birthdate',
	...ADDRESS_FIELDS,
	'address-country-code',
	'email',
	'identification-number',
];

const NON_AUTHORITATIVE_FIELDS = [
	'name-first',
	'name-middle',
	'name-last',
	...ADDRESS_FIELDS,
	'address-country-code',
	'email-address',
	'phone-number',
	'birthdate',
];

const checkMaxResults = (value: Json) =>
	Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10
		? undefined
		: 'must be an integer from 1 to 10';

const buildNonprofit = (query: JsonObject, isFound: boolean): JsonObject => ({
	'organization-name': isFound ? 'Sample Foundation' : null,
	'organization-name-aka': null,
	address: null,
	'foundation-type-code': isFound ? 'PC' : null,
	'foundation-type-description': null,
	'irs-filing-requirement-code': null,
	'irs-pub-78-details': {
		'church-message': null,
		'organization-name': isFound ? 'Sample Foundation' : null,
		ein: query.ein ?? null,
		verified: isFound,
		city: null,
		state: null,
		'organization-types': [],
		'most-recent-pub78': null,
		'most-recent-irb': null,
		'bulletin-number': null,
		'bulletin-url': null,
	},
	'irs-bmf-details': null,
	'ca-ag-details': null,
	'ca-ftb-details': null,
});

const buildFoundBusiness = (query: JsonObject): JsonObject => ({
	'business-name': query['business-name'] ?? 'Acme Inc',
	'registration-number': query['registration-number'] ?? 'C1234567',
	'employer-identification-number': query['country-code'] === 'US' ? '123456789' : null,
	'entity-type': 'Corporation',
	'incorporation-date': query['country-code'] === 'US' ? null : '2003-02-01',
	addresses: [
		{
			type: 'headquarters',
			...pickOrNull(stripAddressPrefix(query), [
				...['street-1', 'street-2', 'city', 'subdivision', 'postal-code'],
				'country-code',
			]),
		},
	],
	ubos: [],
});

/** The report types that can be created, by name without `report/`. */
export const reportTypes: Record<string, ReportType> = {
	'address-lookup': {
		query: defineQuery(
			[...ADDRESS_FIELDS, 'addressee', 'address-country-code'],
			ADDRESS_FIELDS.filter((name) => name !== 'address-street-2').concat('address-country-code'),
		),
		buildAttributes: (query, traits) => ({
			...pickOrNull(query, ['addressee', ...ADDRESS_FIELDS]),
			...Object.fromEntries(
				['addressee', ...ADDRESS_FIELDS].map((name) => [
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
		query: defineQuery([...PERSON_FIELDS, 'birthdate', 'country-code'], [], NAME_SETS, {
			birthdate: checkDate,
		}),
		isContinuous: true,
		dismissable: 'entity',
		buildAttributes: (query, traits) => ({
			...pickOrNull(query, ['name-first', 'name-middle', 'name-last', 'birthdate', 'country-code']),
			term: getFullName(query),
			'birthdate-year': query.birthdate ? Number(String(query.birthdate).slice(0, 4)) : null,
			'related-sources': isMatched(traits) ? [buildMediaMatch(getFullName(query))] : [],
			'ignore-list-media': {},
			'ignore-list-entity': [],
		}),
	},
	'business-adverse-media': {
		query: defineQuery(['term'], ['term']),
		isContinuous: true,
		dismissable: 'entity',
		buildAttributes: ({ term }, traits) => ({
			term,
			'related-sources': [],
			query: { 'business-name': term },
			result: {
				'adverse-media': isMatched(traits)
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
		query: defineQuery(
			[
				...ADDRESS_FIELDS,
				'business-name',
				'phone-number',
				'website',
				'ein',
				'address-country-code',
			],
			['business-name', ...ADDRESS_FIELDS.filter((name) => name !== 'address-street-2')],
			[],
			{ 'associated-people': undefined },
		),
		buildAttributes: (query, traits) => ({
			query: {
				...pickOrNull(query, ['phone-number', 'website', 'ein', 'address-country-code']),
				...pickGiven(query, ['business-name', ...ADDRESS_FIELDS]),
				'incorporation-state': null,
				'associated-people': query['associated-people'] ?? [],
			},
			result: isRegistered(traits)
				? {
						name: query['business-name'],
						aliases: [],
						description: null,
						'legal-status': 'active',
						'legal-entity-type': 'corporation',
						'date-of-incorporation': { granularity: 'day', day: '01', month: '02', year: '2003' },
						addresses: [
							pickOrNull(stripAddressPrefix(query), [
								'street-1',
								'street-2',
								'city',
								'subdivision',
								'postal-code',
							]),
						],
						websites: [],
						'phone-numbers': [],
						officers: [],
						headcount: null,
					}
				: null,
			'match-status-strength': getMatchStatus(traits, isRegistered(traits)),
			'match-status-business-name': getMatchStatus(traits, isRegistered(traits)),
			'match-status-address': getMatchStatus(traits, isRegistered(traits)),
			'match-status-ein': query.ein
				? getMatchStatus(traits, isRegistered(traits) && !traits?.has('hasForeignEin'))
				: traits
					? 'not_applicable'
					: null,
		}),
	},
	'business-nonprofit': {
		query: defineQuery([], ['ein'], [], { ein: createPatternCheck(/^[0-9]{2}-?[0-9]{7}$/) }),
		buildAttributes: (query, traits) => ({
			query: pickGiven(query, ['ein']),
			result: traits ? buildNonprofit(query, isRegistered(traits)) : null,
		}),
	},
	'business-search': {
		query: defineQuery(
			['country-code', 'business-name', 'registration-number', ...ADDRESS_FIELDS],
			['country-code'],
			[['business-name'], ['registration-number']],
			{ 'max-results': checkMaxResults },
		),
		buildAttributes: (query, traits) => ({
			query: pickGiven(query, [
				...['country-code', 'business-name', 'registration-number', ...ADDRESS_FIELDS],
				'max-results',
			]),
			result: traits
				? {
						error: null,
						businesses: isRegistered(traits) ? [buildFoundBusiness(query)] : [],
					}
				: null,
		}),
	},
	'business-watchlist': {
		query: defineQuery(['term', 'address-country-code'], ['term']),
		isContinuous: true,
		dismissable: 'whole',
		buildAttributes: (_, traits) => ({
			'matched-lists': isMatched(traits) ? ['Sample Sanctions List'] : [],
			'sanction-list': isMatched(traits)
				? [{ name: 'Sample Sanctions List', url: 'https://sanctions.example/list' }]
				: [],
			'fitness-probity-list': [],
			'warning-list': [],
		}),
	},
	'crypto-address-watchlist': {
		query: defineQuery(['crypto-address'], ['crypto-address']),
		buildAttributes: (query, traits) => ({
			query: pickGiven(query, ['crypto-address']),
			result: traits ? [] : null,
		}),
	},
	'email-address': {
		query: defineQuery(['email-address'], ['email-address']),
		buildAttributes: (query, traits) => {
			const isRisky = traits?.has('isRisky') ?? false;
			const email = String(query['email-address'] ?? '');
			const toKnown = (value: boolean) => (traits ? value : null);
			return {
				'email-address': email,
				'email-domain': email.split('@')[1] ?? '',
				'email-reputation': traits ? (isRisky ? 'none' : 'high') : null,
				'email-domain-age-days': traits ? (isRisky ? 3 : 9000) : null,
				'email-is-disposable': toKnown(isRisky),
				'email-is-suspicious': toKnown(isRisky),
				'email-is-deliverable': toKnown(!isRisky),
				'email-is-valid-mx': toKnown(true),
				'email-is-free-provider': toKnown(false),
				'email-domain-exists': toKnown(true),
				'age-estimated-18-plus': toKnown(!isRisky),
			};
		},
	},
	'phone-number': {
		query: defineQuery(['phone-number'], ['phone-number']),
		buildAttributes: (query, traits) => {
			const isRisky = traits?.has('isRisky') ?? false;
			return {
				'phone-number': query['phone-number'],
				'phone-type': traits ? (isRisky ? 'VOIP' : 'MOBILE') : null,
				'phone-carrier': traits ? 'Example Mobile' : null,
				'phone-country-code': traits ? 'US' : null,
				'phone-risk-level': traits ? (isRisky ? 'high' : 'low') : null,
				'phone-risk-recommendation': traits ? (isRisky ? 'block' : 'allow') : null,
				'phone-risk-score': traits ? (isRisky ? 901 : 12) : null,
				'phone-risk-sim-swap': null,
			};
		},
	},
	'politically-exposed-person': {
		query: defineQuery([...PERSON_FIELDS, 'birthdate', 'country-code'], [], NAME_SETS, {
			birthdate: checkDate,
		}),
		isContinuous: true,
		dismissable: 'whole',
		buildAttributes: (query, traits) => ({
			query: {
				...pickOrNull(query, ['name-first', 'name-middle', 'name-last', 'country-code']),
				term: getFullName(query),
				...(query.birthdate && { birthdate: query.birthdate }),
			},
			result: traits ? (isMatched(traits) ? [buildPepMatch(getFullName(query))] : []) : null,
			'ignore-list': [],
		}),
	},
	profile: {
		query: defineQuery(
			['name-first', 'name-last', ...ADDRESS_FIELDS, 'country-code', 'phone-number'],
			[],
			[],
			{
				birthdate: checkDate,
				'social-security-number': checkSsn,
			},
		),
		buildAttributes: (query, traits) => ({
			...pickOrNull(query, [
				'name-first',
				'name-last',
				'birthdate',
				...ADDRESS_FIELDS,
				'phone-number',
			]),
			'social-security-number': query['social-security-number'] ?? null,
			'social-security-number-last-4': getLastFour(query['social-security-number']),
			'identity-records': traits
				? [
						{
							names: [
								{
									'name-full': getFullName(query),
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
		query: defineQuery(
			[...PLACE_FIELDS, 'phone-number', 'email-address'],
			[],
			[['phone-number'], ['email-address'], PLACE_FIELDS],
		),
		buildAttributes: (query, traits) => ({
			query: pickOrNull(query, NON_AUTHORITATIVE_FIELDS),
			result: traits
				? {
						name: getFullName(query) || null,
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
	screening: {
		query: defineQuery(
			SCREENING_FIELDS.filter((name) => name !== 'birthdate'),
			[],
			SCREENING_FIELDS.map((name) => [name]),
			{ birthdate: checkDate },
		),
		isContinuous: true,
		reviewable: true,
		buildAttributes: (query, traits) => ({
			query: pickGiven(query, SCREENING_FIELDS),
			'matched-screening-types': traits ? (isMatched(traits) ? ['sanction'] : []) : null,
			'matched-records': traits
				? isMatched(traits)
					? [buildScreeningRecord(getFullName(query)), buildScreeningRecord(getFullName(query))]
					: []
				: null,
		}),
	},
	'social-media': {
		query: defineQuery(
			[
				...PLACE_FIELDS,
				'phone-number',
				'email-address',
				'address-postal-code',
				'address-country-code',
			],
			[],
			[['phone-number'], ['email-address'], PLACE_FIELDS],
			{ birthdate: checkDate },
		),
		buildAttributes: (query, traits) => ({
			...pickOrNull(query, [...PLACE_FIELDS, 'phone-number', 'email-address']),
			...(query.birthdate && { birthdate: query.birthdate }),
			'linkedin-url': traits ? 'https://social.example/in/sample' : null,
			'linkedin-username': traits ? 'sample' : null,
		}),
	},
	synthetic: {
		query: defineQuery(
			[
				'name-first',
				'name-last',
				'identification-number',
				...ADDRESS_FIELDS,
				'address-country-code',
				'phone-number',
				'email-address',
			],
			[
				'name-first',
				'name-last',
				'birthdate',
				...ADDRESS_FIELDS.filter((name) => name !== 'address-street-2'),
				'address-country-code',
			],
			[['social-security-number'], ['identification-number']],
			{ birthdate: checkDate, 'social-security-number': checkSsn },
		),
		buildAttributes: (_, traits) => ({
			'sentilink-abuse-score': traits ? 102 : null,
			'sentilink-first-party-synthetic-score': traits ? 88 : null,
			'sentilink-third-party-synthetic-score': traits ? 64 : null,
		}),
	},
	watchlist: {
		query: defineQuery([...PERSON_FIELDS, 'birthdate', 'address-country-code'], [], NAME_SETS, {
			birthdate: checkDate,
		}),
		isContinuous: true,
		dismissable: 'whole',
		buildAttributes: (query, traits) => ({
			...pickOrNull(query, ['name-first', 'name-middle', 'name-last', 'birthdate']),
			term: getFullName(query),
			'country-code': query['address-country-code'] ?? null,
			'matched-lists': traits
				? isMatched(traits)
					? [buildWatchlistMatch(getFullName(query))]
					: []
				: null,
			'ignore-list': [],
		}),
	},
};

const getLastFour = (number: unknown) => (typeof number === 'string' ? number.slice(-4) : null);

const stripAddressPrefix = (query: JsonObject): JsonObject =>
	Object.fromEntries(
		Object.entries(query).map(([name, value]) => [name.replace('address-', ''), value]),
	);
