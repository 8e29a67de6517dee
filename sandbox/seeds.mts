import type { Json, Members } from './store.mts';
import type { World } from './world.mts';

/** IDs that are there from the start, because in Persona only the dashboard can make such things. */
export const seeds = {
	/** Government ID and selfie. */
	inquiryTemplate: 'itmpl_SandboxIdAndSelfie',
	inquiryTemplateVersion: 'itmplv_SandboxIdAndSelfie1',
	/** Government ID alone. */
	otherInquiryTemplate: 'itmpl_SandboxIdOnly',
	legacyTemplate: 'tmpl_SandboxLegacy',
	accountType: 'acttp_SandboxUser',
	/** Fits the pattern that the description gives for account actions. */
	accountAction: 'accac_SandboxRefreshDetails1234',
	governmentIdTemplate: 'vtmpl_SandboxGovernmentId',
	selfieTemplate: 'vtmpl_SandboxSelfie',
	themeSet: 'theset_Sandbox',
	/** One report template for each type, e.g. `rptp_Sandbox-watchlist`. */
	reportTemplate: (kind: string) => `rptp_Sandbox-${kind}`,
	user: 'user_SandboxReviewer',
	workflow: 'wfl_SandboxRefreshDetails',
	workflowVersion: 'wfv_SandboxRefreshDetails1',
};

const SINCE = '2024-01-02T03:04:05.000Z';

const config = (more: Members = {}): Members => ({
	required: false,
	'archived-at': null,
	'deactivated-at': null,
	...more,
});

const schema = (type: string, key: string, label: string, more?: Members): Members => ({
	type,
	key,
	label,
	config: config(more),
});

const textSchema = (key: string, label: string) =>
	schema('string', key, label, { 'max-char-length': 255, sanitize: [] });

/** The fields of the inquiry templates: what a template always has, and a few of a customer's own. */
export const inquiryFieldSchemas: Members[] = [
	textSchema('name-first', 'First Name'),
	textSchema('name-middle', 'Middle Name'),
	textSchema('name-last', 'Last Name'),
	schema('date', 'birthdate', 'Birthdate', { 'min-date': null, 'max-date': null }),
	schema('email-address', 'email-address', 'Email Address'),
	textSchema('phone-number', 'Phone Number'),
	textSchema('address-street-1', 'Street 1'),
	textSchema('address-street-2', 'Street 2'),
	textSchema('address-city', 'City'),
	textSchema('address-subdivision', 'Subdivision'),
	textSchema('address-postal-code', 'Postal Code'),
	textSchema('address-country-code', 'Country Code'),
	textSchema('identification-number', 'Identification Number'),
	schema('choices', 'plan', 'Plan', {
		'allow-empty': true,
		options: ['basic', 'premium'],
		'option-labels': ['Basic', 'Premium'],
	}),
	schema('multi-choices', 'interests', 'Interests', {
		'allow-empty': true,
		options: ['savings', 'loans', 'cards'],
		'option-labels': ['Savings', 'Loans', 'Cards'],
	}),
	schema('boolean', 'accepts_terms', 'Accepts Terms'),
	schema('integer', 'employees', 'Employees', { min: 0, max: 1_000_000 }),
	schema('number', 'monthly_income', 'Monthly Income', { min: 0, max: 10_000_000 }),
	schema('datetime', 'signed_up_at', 'Signed Up At'),
];

/** Puts the things into the store that are there from the start. */
export function plantSeeds({ store }: World) {
	const template = (id: string, name: string, version: string, fields: Members[]) => {
		store.add({
			type: 'inquiry-template',
			id,
			attributes: {
				name,
				status: 'active',
				'embedded-flow-domain-allowlist': ['example.com'],
				'hosted-flow-subdomains': ['inquiry'],
				'hosted-flow-redirect-uri-schemes': ['https', 'http'],
				'field-schemas': fields,
			},
			relationships: {
				'latest-published-version': { data: { type: 'inquiry-template-version', id: version } },
			},
		});
		store.add({
			type: 'inquiry-template-version',
			id: version,
			attributes: {
				'name-display': name,
				description: null,
				status: 'published',
				live: true,
				'last-updater': 'reviewer@example.com',
				'enabled-locales': ['en'],
				'created-at': SINCE,
				'updated-at': SINCE,
				'published-at': SINCE,
				theme: { 'color-primary': '#3f51b5', 'font-family': 'sans-serif' },
			},
			relationships: { 'inquiry-template': { data: { type: 'inquiry-template', id } } },
		});
	};
	template(
		seeds.otherInquiryTemplate,
		'Government ID only',
		'itmplv_SandboxIdOnly1',
		inquiryFieldSchemas.slice(0, 4),
	);
	template(
		seeds.inquiryTemplate,
		'Government ID and selfie',
		seeds.inquiryTemplateVersion,
		inquiryFieldSchemas,
	);
	store.add({ type: 'template', id: seeds.legacyTemplate, attributes: { name: 'Legacy flow' } });
	store.add({
		type: 'account-type',
		id: seeds.accountType,
		attributes: {
			name: 'User',
			'created-at': SINCE,
			'updated-at': SINCE,
			'field-schemas': [
				textSchema('name_first', 'First Name'),
				textSchema('name_last', 'Last Name'),
				schema('date', 'birthdate', 'Birthdate', { 'min-date': null, 'max-date': null }),
				schema('email-address', 'email_address', 'Email Address'),
				textSchema('customer_number', 'Customer Number'),
			] as Json,
		},
		relationships: {
			'account-statuses': { data: [{ type: 'account-status', id: 'actst_SandboxDefault' }] },
			'default-account-status': { data: { type: 'account-status', id: 'actst_SandboxDefault' } },
		},
	});
	store.add({
		type: 'user',
		id: seeds.user,
		attributes: {
			'email-address': 'reviewer@example.com',
			'name-first': 'Robin',
			'name-last': 'Reviewer',
		},
	});
}
