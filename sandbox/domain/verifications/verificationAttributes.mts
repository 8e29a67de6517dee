import { createPng } from '../../files/png.mts';
import { createPhoto } from '../../files/sampleFiles.mts';
import { type StoredFile, toFileLink, toFileObject } from '../../state/fileLinks.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getInquirySubject } from './inquirySubject.mts';
import type { VerificationAttribute } from './verificationKinds.mts';

const YEAR_MS = 31_556_952_000;

/** What verifications show besides the person's own data. */
const SAMPLE_VALUES: JsonObject = {
	'alias-name': null,
	'birth-place': 'San Francisco',
	'business-name': 'Acme Inc',
	'certificate-type': 'toss',
	'chain-id': 'eip155:1',
	'check-code': 'Ab12Cd34',
	ci: 'c2FuZGJveC1jaQ==',
	'confirmation-code': '123456',
	'country-name': 'UNITED STATES',
	designations: null,
	di: 'c2FuZGJveC1kaQ==',
	'digital-verification-service-provider-registration-confirmation': 'Yes',
	'digital-verification-services-register-url':
		'https://www.access-dvs-register.service.gov.uk/register/service-details?serviceId=261',
	'document-number': 'I1234562',
	'driving-license-details': null,
	endorsements: null,
	'expiration-date': '2031-06-15',
	'expires-at': '2031-06-15T00:00:00.000Z',
	'extracted-identity': {
		'business-names': [{ value: 'Acme Inc', source: 'https://example.com' }],
		addresses: null,
		'phone-numbers': null,
		emails: [{ value: 'hello@example.com', source: 'https://example.com/contact' }],
	},
	'hanyu-pinyin-alias-name': null,
	'hanyu-pinyin-name': null,
	height: null,
	'id-class': 'dl',
	'immigration-status': 'Settled',
	'issue-date': '2021-06-15',
	'issued-at': '2021-06-15T00:00:00.000Z',
	issuer: 'PSA',
	'issuing-authority': 'CA',
	'issuing-subdivision': 'California',
	'kana-name': null,
	language: 'en',
	'level-of-assurance': 'SUBSTANTIAL',
	'license-classes': { B: { 'issue-date': '2021-06-15', 'expiration-date': '2031-06-15' } },
	'license-status': 'Full',
	'married-name': null,
	metadata: { 'telesign-risk-score': 306 },
	'name-suffix': null,
	nationality: 'US',
	'native-foreigner-code': '1',
	'native-name-first': null,
	'native-name-last': null,
	'native-name-middle': null,
	'native-name-title': null,
	operation: 'dl_read',
	'pass-status': 'Live',
	'pass-type': 'Employment Pass',
	race: null,
	'reference-number': 'SANDBOX-0001',
	'registration-number': '12-3456789',
	'residential-status': null,
	restrictions: null,
	'secondary-race': null,
	'selected-credential-issuer': 'https://issuer.example.com',
	'selected-credential-types': ['VerifiableCredential'],
	'selected-digital-id-type': 'generic',
	'selfie-comparison-error-code': null,
	'serpro-selfie-available': true,
	sex: 'F',
	sharecode: 'W12345678',
	'signature-ip': '203.0.113.42',
	suffix: null,
	'supplementary-code-compliance-confirmation': 'Yes',
	'tentative-sub-state': null,
	'tin-type': 'ssn',
	'validated-issuer-key': 'sandbox_wallet',
	'vat-number': 'DE123456789',
	'vehicle-class': 'C',
	'vehicle-classes': { other: { 'acquisition-date': '2021-06-15' } },
	'visa-status': null,
	'wallet-address': '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
	'website-url': 'https://example.com',
};

/** The values of these attributes for the person of an inquiry; may add files. */
export function buildVerificationAttributes(
	state: SandboxState,
	inquiry: StoredObject,
	attributes: VerificationAttribute[],
	isPassed: boolean,
): JsonObject {
	const person = getInquirySubject(inquiry);
	const age = Math.floor((Date.now() - Date.parse(String(person.birthdate))) / YEAR_MS);
	const street = [person['address-street-1'], person['address-city']];
	let portrait: StoredFile | undefined;
	const getPortrait = () => (portrait ??= createPhoto(state, 'portrait'));
	// Created on demand only, since each of them stores a file.
	const fileBuilders: Record<string, () => Json> = {
		'id-picture': () => createPng('portrait').toString('base64'),
		'qr-code-attachment': () => toFileObject(createPhoto(state, 'qr-code')),
		'selfie-compare-image-url': () => toFileLink(getPortrait().name),
		'selfie-photo': () => toFileObject(getPortrait()),
		'selfie-photo-url': () => toFileLink(getPortrait().name),
	};
	const knownValues: JsonObject = {
		...SAMPLE_VALUES,
		...person,
		'address-full': street.join(', '),
		'age-in-years': age,
		'meets-minimum-age': age >= 18,
		'response-status': isPassed ? 'success' : 'failure',
		'selfie-confidence-level': isPassed ? 'high' : 'low',
		'selfie-similarity-score': isPassed ? 97.1 : 12.4,
		'signature-timestamp': inquiry.attributes['created-at'],
	};
	const values = attributes.map(({ name, source, isNullable }): [string, Json | undefined] => {
		const value = fileBuilders[source]?.() ?? knownValues[source];
		return [name, value === null && !isNullable ? undefined : value];
	});
	return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as JsonObject;
}
