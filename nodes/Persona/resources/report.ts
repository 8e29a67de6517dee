import { choice, id, map, required, text, toggle, words, expert } from '../fields/kinds';
import { buildPairRequirements } from '../engine/requirements';
import type { Requirement, Variant, Resource } from '../engine/types';
import { getMatches } from '../operations/reportMatches/getMatches';
import { waitForResult } from '../operations/waitForResult';
import { accountId, accountMetaFields, referenceId } from './shared/accountFields';
import { buildReportQuery } from './shared/personFields';
import { buildTagOperation } from './shared/tags';

const templateId = id(
	'Report Template',
	'rptp',
	'Template of the report, from Reports > Templates in the Persona dashboard',
	'searchReportTemplates',
);

/** Persona's type of the report is its name with dashes, such as `report/address-lookup`. */
const buildReportType = (name: string, query: string, requirement?: Requirement): Variant => ({
	name,
	apiName: `report/${name.toLowerCase().replaceAll(' ', '-')}`,
	attributes: { ...buildReportQuery(query), 'report-template-id': templateId },
	...(requirement && { requirements: [requirement] }),
});

/** Commas part the alternatives, and blanks the names of attributes that are needed together. */
const buildRequirement = (problem: string, alternatives: string): Requirement => ({
	problem,
	oneOf: alternatives.split(', ').map((names) => names.split(' ').map((name) => `query.${name}`)),
});

/** What a person is looked for by. */
const PERSON = 'name-first? name-middle name-last? term? birthdate?';

const personRequirement = buildRequirement(
	'Give at least a name or a search term',
	'term, name-first, name-middle, name-last',
);

const contactRequirement = buildRequirement(
	'Give a phone number, an email address, or a name with city and subdivision',
	'phone-number, email-address, name-first name-last address-city address-subdivision',
);

// Persona publishes no rule for this one, but without any of them there is nothing to look for.
const profileRequirement = buildRequirement(
	'Give at least one thing to look for',
	'name-first, name-last, birthdate, social-security-number, phone-number, address-street-1, address-city, address-postal-code',
);

const numberRequirement = buildRequirement(
	'Give a social security number or another number of the person',
	'social-security-number, identification-number',
);

const businessSearchRequirement = buildRequirement(
	'Give the name of the business or its registration number',
	'business-name, registration-number',
);

/** What must be known about an address. */
const ADDRESS =
	'address-street-1* address-street-2 address-city* address-subdivision* address-postal-code*';

/** The parts of an address that only narrow a search. */
const ADDRESS_PARTS = ADDRESS.replaceAll('*', '');

/** What a Screening report looks for. */
const SCREENED = `${PERSON} ${ADDRESS_PARTS} address-country-code email identification-number`;

const screeningRequirement = buildRequirement(
	'Give at least one thing to look for',
	SCREENED.replaceAll('?', '').replaceAll(' ', ', '),
);

/** What a person without documents is looked for by. */
const CONTACT = 'phone-number+? email-address? name-first name-last';

/** All types of reports that can be created. The names are stored in workflows. */
const reportTypes: Record<string, Variant> = {
	watchlist: buildReportType('Watchlist', `${PERSON} address-country-code`, personRequirement),
	addressLookup: buildReportType('Address Lookup', `${ADDRESS} address-country-code* addressee`),
	adverseMedia: buildReportType('Adverse Media', `${PERSON} country-code`, personRequirement),
	businessAdverseMedia: buildReportType('Business Adverse Media', 'term*'),
	businessLookup: buildReportType(
		'Business Lookup',
		`business-name* ${ADDRESS} address-country-code associated-people ein phone-number website`,
	),
	businessNonprofit: buildReportType('Business Nonprofit', 'ein*'),
	businessSearch: buildReportType(
		'Business Search',
		`country-code* business-name? registration-number? ${ADDRESS_PARTS} max-results`,
		businessSearchRequirement,
	),
	businessWatchlist: buildReportType('Business Watchlist', 'term* address-country-code'),
	cryptoAddressWatchlist: buildReportType('Crypto Address Watchlist', 'crypto-address*'),
	emailAddress: buildReportType('Email Address', 'email-address*'),
	phoneRisk: { ...buildReportType('Phone Risk', 'phone-number+*'), apiName: 'report/phone-number' },
	politicallyExposedPerson: buildReportType(
		'Politically Exposed Person',
		`${PERSON} country-code`,
		personRequirement,
	),
	profile: buildReportType(
		'Profile',
		`name-first? name-last? birthdate? social-security-number phone-number ${ADDRESS_PARTS} country-code`,
		profileRequirement,
	),
	profileNonAuthoritative: {
		...buildReportType(
			'Profile (Non-Authoritative)',
			`${CONTACT} address-city address-subdivision`,
			contactRequirement,
		),
		apiName: 'report/profile-non-authoritative',
	},
	screening: {
		...buildReportType(
			'Screening (Sanctions, PEP and Adverse Media)',
			SCREENED,
			screeningRequirement,
		),
		apiName: 'report/screening',
	},
	socialMedia: buildReportType(
		'Social Media',
		`${CONTACT} birthdate address-city address-subdivision address-postal-code address-country-code`,
		contactRequirement,
	),
	synthetic: buildReportType(
		'Synthetic',
		`name-first* name-last* birthdate* social-security-number? identification-number? ${ADDRESS} address-country-code* phone-number email-address`,
		numberRequirement,
	),
	template: {
		name: 'By Report Template',
		attributes: {
			'report-template-id': required(templateId),
			query: required({
				...map(
					'Query',
					'What to look for, as a JSON object with the field names of the report type',
					'{"name-first": "Jane", "name-last": "Doe"}',
				),
				neverEmpty: true,
			}),
		},
	},
};

/** Reports: what Persona finds about a person, a business, an address or a number. */
export const reports: Resource = {
	name: 'Report',
	value: 'report',
	builderHint:
		'A search in databases: watchlists, politically exposed people, adverse media, registers of businesses',
	include: ['account', 'inquiry', 'report-template', 'transaction'],
	permission: 'report',
	operations: {
		create: {
			name: 'Create',
			description:
				'Start a check such as a watchlist screening, and wait until its result is ready',
			builderHint:
				'The output has `hasMatch` and `status`, which is `ready` once there is a result.',
			route: 'POST /reports',
			...waitForResult('GET /reports/{report-id}'),
			variants: { label: 'Report Type', name: 'reportType', options: reportTypes },
			attributes: { 'account-id': accountId },
			meta: {
				...accountMetaFields,
				'processing-mode': expert(text('Processing Mode', 'How Persona runs the report', 'sync')),
				'request-flags': expert(
					words('Request Flags', 'Flags for Persona, separated by commas', 'sync'),
				),
			},
		},
		get: {
			name: 'Get',
			description: 'Read the status and the result, e.g. of a report that nobody waited for',
			route: 'GET /reports/{report-id}',
		},
		getAll: {
			name: 'Get Many',
			description: 'List reports, newest first, optionally of one account only',
			route: 'GET /reports',
			filter: {
				'account-id': {
					...accountId,
					description: 'The account that the reports belong to, e.g. act_ABC123',
				},
				'reference-id': referenceId,
			},
			returns: 'list',
		},
		getMatches,
		redact: {
			name: 'Redact',
			description:
				'Permanently delete the personal data of a report, e.g. because a person asked for it',
			route: 'DELETE /reports/{report-id}',
			irreversible: 'Redacting deletes the personal data of the report for good',
		},
		history: {
			name: 'Get History',
			action: 'Get history of report',
			description: 'List the runs, dismissals, pauses and resumptions of a report, newest first',
			route: 'GET /reports/{report-id}/history',
			type: 'report-history',
			noIncludeAndFields: true,
			returns: 'list',
		},
		run: {
			name: 'Run',
			action: 'Run report again',
			description: 'Run a continuously monitored report again, immediately',
			route: 'POST /reports/{report-id}/run',
		},
		pause: {
			name: 'Pause Monitoring',
			action: 'Pause monitoring of report',
			description: 'Look for no new matches until the monitoring is resumed',
			route: 'POST /reports/{report-id}/pause',
			guarded: true,
		},
		resume: {
			name: 'Resume Monitoring',
			action: 'Resume monitoring of report',
			description: 'Look for new matches again after a pause',
			route: 'POST /reports/{report-id}/resume',
		},
		dismiss: {
			name: 'Dismiss Matches',
			action: 'Dismiss matches of report',
			description: 'Mark the matches of a report as not relevant, with a reason',
			route: 'POST /reports/{report-id}/dismiss',
			attributes: {
				reason: required(text('Reason', 'Why the matches are not relevant', 'Other birthdate')),
				'dismiss-type': choice(
					'Dismiss Type',
					'Type of the object that the ID belongs to; required for adverse media reports',
					{ entity: 'Entity', media: 'Media' },
				),
				'entity-id': text(
					'Entity ID',
					'ID of the entity or media in the result; required for adverse media reports',
					'ent_ABC123',
				),
			},
			requirements: buildPairRequirements(
				"'Dismiss Type' and 'Entity ID' belong together",
				'dismiss-type',
				'entity-id',
			),
			guarded: true,
		},
		reviewMatches: {
			name: 'Review Matches',
			action: 'Review matches of screening report',
			description:
				'Record whether one match of a Screening report, or all of them, are who was searched for',
			route: 'POST /reports/{report-id}/review',
			variants: {
				label: 'Records',
				name: 'records',
				options: {
					one: {
						name: 'One',
						attributes: {
							'record-token': required(
								id('Record', 'scrre', 'A token from matchedRecords', 'searchMatchedRecords'),
							),
						},
						alignAttributes: (own) => ({ ...own, 'review-type': 'record' }),
					},
					all: {
						name: 'All',
						alignAttributes: (own) => ({ ...own, 'review-type': 'all_records' }),
					},
				},
			},
			attributes: {
				'review-status': required(
					choice('Verdict', 'What the review has found', {
						false_positive: 'False Positive (Someone Else)',
						indeterminate: 'Indeterminate',
						pending: 'Pending (Review Again)',
						true_positive: 'True Positive (The Same)',
					}),
				),
				comment: text('Comment', 'Why you decided so', 'Other birthdate', { topLevel: true }),
				'risk-level': choice('Risk Level', 'Whether the match matters', {
					immaterial: 'Immaterial',
					material: 'Material',
				}),
				'notify-on-change': toggle(
					'Review Again',
					'set them to Pending if their data changes later',
				),
			},
			guarded: true,
		},
		print: {
			name: 'Print PDF',
			action: 'Print report as PDF',
			description: 'Get the result as one document, e.g. for an auditor or your files',
			route: 'GET /reports/{report-id}/print',
			returns: 'file',
		},
		changeTags: buildTagOperation('report', '/reports/{report-id}'),
	},
};
