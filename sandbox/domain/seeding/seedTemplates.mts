import { fixtures, SEEDED_AT } from '../../state/fixtures.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import {
	buildChoicesField,
	buildFieldSchema,
	buildFileField,
	buildTextField,
	inquiryFieldSchemas,
} from '../shared/fieldSchemas.mts';
import { verificationKinds } from '../verifications/verificationKinds.mts';

/** Adds the templates, account types, queues and users that exist from the start. */
export function seedTemplates({ store }: SandboxState) {
	const addInquiryTemplate = (id: string, name: string, version: string, fields: JsonObject[]) => {
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
				'created-at': SEEDED_AT,
				'updated-at': SEEDED_AT,
				'published-at': SEEDED_AT,
				theme: { 'color-primary': '#3f51b5', 'font-family': 'sans-serif' },
			},
			relationships: { 'inquiry-template': { data: { type: 'inquiry-template', id } } },
		});
	};
	addInquiryTemplate(
		fixtures.idOnlyInquiryTemplate,
		'Government ID only',
		'itmplv_SandboxIdOnly1',
		inquiryFieldSchemas.slice(0, 4),
	);
	addInquiryTemplate(
		fixtures.inquiryTemplate,
		'Government ID and selfie',
		fixtures.inquiryTemplateVersion,
		inquiryFieldSchemas,
	);
	// As in the attribute `deployments` of a version: of the deployments themselves, no schema is published.
	const version = { token: fixtures.inquiryTemplateVersion, tag: null };
	store.add({
		type: 'deployment',
		id: fixtures.deployment,
		attributes: {
			'created-at': SEEDED_AT,
			routes: [
				{
					'resource-type': 'inquiry-template',
					'template-id': fixtures.inquiryTemplate,
					environment: { token: fixtures.environment, name: 'production' },
					rules: [{ strategy: { type: 'constant', version } }],
				},
			],
		},
	});
	for (const kind of Object.keys(verificationKinds)) {
		const id = fixtures.getVerificationTemplate(kind);
		const version = fixtures.getVerificationTemplateVersion(kind);
		store.add({ type: `verification-template/${kind}`, id, attributes: {} });
		store.add({ type: `verification-template-version/${kind}`, id: version, attributes: {} });
	}
	store.add({ type: 'template', id: fixtures.legacyTemplate, attributes: { name: 'Legacy flow' } });
	store.add({
		type: 'account-type',
		id: fixtures.accountType,
		attributes: {
			name: 'User',
			'created-at': SEEDED_AT,
			'updated-at': SEEDED_AT,
			'field-schemas': [
				buildTextField('name_first', 'First Name'),
				buildTextField('name_last', 'Last Name'),
				buildFieldSchema('date', 'birthdate', 'Birthdate', { 'min-date': null, 'max-date': null }),
				buildFieldSchema('email-address', 'email_address', 'Email Address'),
				buildTextField('customer_number', 'Customer Number'),
			] as Json,
		},
		relationships: {
			'account-statuses': {
				data: [{ type: 'account-status', id: fixtures.getAccountStatus('Default') }],
			},
			'default-account-status': {
				data: { type: 'account-status', id: fixtures.getAccountStatus('Default') },
			},
		},
	});
	store.add({
		type: 'case-template',
		id: fixtures.caseTemplate,
		attributes: {
			status: 'active',
			name: 'Standard Review',
			resolutions: ['Approved', 'Declined'],
			'created-at': SEEDED_AT,
			'updated-at': SEEDED_AT,
			'archived-at': null,
			'field-schemas': [
				buildTextField('notes', 'Reviewer Notes'),
				buildChoicesField('priority', 'Priority', { low: 'Low', high: 'High' }),
				buildFieldSchema('integer', 'risk_score', 'Risk Score', { min: 0, max: 100 }),
				buildFileField('evidence', 'Evidence'),
			],
		},
	});
	store.add({
		type: 'case-queue',
		id: fixtures.caseQueue,
		attributes: {
			status: 'active',
			name: 'Review',
			'created-at': SEEDED_AT,
			'updated-at': SEEDED_AT,
			'archived-at': null,
		},
	});
	store.add({
		type: 'transaction-type',
		id: fixtures.transactionType,
		attributes: {
			name: 'Payment',
			'created-at': SEEDED_AT,
			'updated-at': SEEDED_AT,
			'field-schemas': [
				buildFieldSchema('number', 'amount', 'Amount', { min: 0, max: 10_000_000 }),
				buildTextField('currency', 'Currency'),
				buildTextField('order_number', 'Order Number'),
				buildFileField('receipt', 'Receipt'),
				buildFileField('selfie_photo', 'Selfie'),
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
