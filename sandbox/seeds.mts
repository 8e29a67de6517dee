import { verificationKinds } from './life/verificationKinds.mts';
import type { Json, JsonObject } from './store.mts';
import type { World } from './world.mts';

/** `government-id` to `GovernmentId`. */
const joined = (kind: string) =>
	kind.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase());

/** The version of the verification template for a kind. */
export const verificationTemplateVersion = (kind: string) => `vtmplv_Sandbox${joined(kind)}1`;

/** IDs that are there from the start, because in Persona only the dashboard can make such things. */
export const fixtures = {
	/** Government ID and selfie. */
	inquiryTemplate: 'itmpl_SandboxIdAndSelfie',
	inquiryTemplateVersion: 'itmplv_SandboxIdAndSelfie1',
	/** Government ID alone. */
	idOnlyInquiryTemplate: 'itmpl_SandboxIdOnly',
	legacyTemplate: 'tmpl_SandboxLegacy',
	accountType: 'acttp_SandboxUser',
	/** Fits the pattern that the description gives for account actions. */
	accountAction: 'accac_SandboxRefreshDetails1234',
	/** One verification template for each kind, e.g. `vtmpl_SandboxGovernmentId`. */
	getVerificationTemplate: (kind: string) => `vtmpl_Sandbox${joined(kind)}`,
	caseTemplate: 'ctmpl_SandboxReview',
	caseQueue: 'cqueue_SandboxReview',
	transactionType: 'txntp_SandboxPayment',
	/** Lists of device fingerprints and of fields, e.g. `lst_Sandbox-field`. */
	getDashboardList: (type: string) => `lst_Sandbox-${type}`,
	graphQueryTemplate: 'grphqt_Sandbox',
	themeSet: 'theset_Sandbox',
	/** One report template for each type, e.g. `rptp_Sandbox-watchlist`. */
	getReportTemplate: (kind: string) => `rptp_Sandbox-${kind}`,
	user: 'user_SandboxReviewer',
	userEmail: 'reviewer@example.com',
	/** The connection by which another organization shares with this one. */
	connection: 'cxn_SandboxPartner',
	partnerOrganization: 'org_SandboxPartner',
	workflow: 'wfl_SandboxRefreshDetails',
	workflowVersion: 'wfv_SandboxRefreshDetails1',
};

const SINCE = '2024-01-02T03:04:05.000Z';

const config = (more: JsonObject = {}): JsonObject => ({
	required: false,
	'archived-at': null,
	'deactivated-at': null,
	...more,
});

const schema = (type: string, key: string, label: string, more?: JsonObject): JsonObject => ({
	type,
	key,
	label,
	config: config(more),
});

const textSchema = (key: string, label: string) =>
	schema('string', key, label, { 'max-char-length': 255, sanitize: [] });

const choicesSchema = (key: string, label: string, options: Record<string, string>) =>
	schema('choices', key, label, {
		'allow-empty': true,
		options: Object.keys(options),
		'option-labels': Object.values(options),
	});

const fileSchema = (key: string, label: string) =>
	schema('file', key, label, { 'max-file-size-bytes': 10_000_000, 'min-file-size-bytes': 1 });

/** The statuses of the case template, the first one first, and the state that a case has in each. */
export const caseStatuses: Record<string, 'open' | 'resolved'> = {
	Open: 'open',
	Pending: 'open',
	Approved: 'resolved',
	Declined: 'resolved',
};

/** The fields of the inquiry templates: what a template always has, and a few of a customer's own. */
export const inquiryFieldSchemas: JsonObject[] = [
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
	choicesSchema('plan', 'Plan', { basic: 'Basic', premium: 'Premium' }),
	schema('multi-choices', 'interests', 'Interests', {
		'allow-empty': true,
		options: ['savings', 'loans', 'cards'],
		'option-labels': ['Savings', 'Loans', 'Cards'],
	}),
	schema('boolean', 'accepts_terms', 'Accepts Terms'),
	schema('integer', 'employees', 'Employees', { min: 0, max: 1_000_000 }),
	schema('number', 'monthly_income', 'Monthly Income', { min: 0, max: 10_000_000 }),
	schema('datetime', 'signed_up_at', 'Signed Up At'),
	fileSchema('proof_of_address', 'Proof of Address'),
];

/** Puts the things into the store that are there from the start. */
export function plantSeeds({ store }: World) {
	const template = (id: string, name: string, version: string, fields: JsonObject[]) => {
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
		fixtures.idOnlyInquiryTemplate,
		'Government ID only',
		'itmplv_SandboxIdOnly1',
		inquiryFieldSchemas.slice(0, 4),
	);
	template(
		fixtures.inquiryTemplate,
		'Government ID and selfie',
		fixtures.inquiryTemplateVersion,
		inquiryFieldSchemas,
	);
	for (const kind of Object.keys(verificationKinds)) {
		const id = fixtures.getVerificationTemplate(kind);
		const version = verificationTemplateVersion(kind);
		store.add({ type: `verification-template/${kind}`, id, attributes: {} });
		store.add({ type: `verification-template-version/${kind}`, id: version, attributes: {} });
	}
	store.add({ type: 'template', id: fixtures.legacyTemplate, attributes: { name: 'Legacy flow' } });
	store.add({
		type: 'account-type',
		id: fixtures.accountType,
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
		type: 'case-template',
		id: fixtures.caseTemplate,
		attributes: {
			status: 'active',
			name: 'Standard Review',
			resolutions: ['Approved', 'Declined'],
			'created-at': SINCE,
			'updated-at': SINCE,
			'archived-at': null,
			'field-schemas': [
				textSchema('notes', 'Reviewer Notes'),
				choicesSchema('priority', 'Priority', { low: 'Low', high: 'High' }),
				schema('integer', 'risk_score', 'Risk Score', { min: 0, max: 100 }),
				fileSchema('evidence', 'Evidence'),
			],
		},
	});
	store.add({
		type: 'case-queue',
		id: fixtures.caseQueue,
		attributes: {
			status: 'active',
			name: 'Review',
			'created-at': SINCE,
			'updated-at': SINCE,
			'archived-at': null,
		},
	});
	store.add({
		type: 'transaction-type',
		id: fixtures.transactionType,
		attributes: {
			name: 'Payment',
			'created-at': SINCE,
			'updated-at': SINCE,
			'field-schemas': [
				schema('number', 'amount', 'Amount', { min: 0, max: 10_000_000 }),
				textSchema('currency', 'Currency'),
				textSchema('order_number', 'Order Number'),
				fileSchema('receipt', 'Receipt'),
				fileSchema('selfie_photo', 'Selfie'),
			],
		},
	});
	store.add({
		type: 'user',
		id: fixtures.user,
		attributes: {
			'email-address': fixtures.userEmail,
			'name-first': 'Robin',
			'name-last': 'Reviewer',
		},
	});
}
