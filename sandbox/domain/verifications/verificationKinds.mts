/** An attribute of one kind of verification. */
export interface VerificationAttribute {
	name: string;
	/** The name of its value in `SAMPLE_VALUES` or in the data of the person. */
	source: string;
	/** An attribute that is not nullable is missing where there is no value. */
	isNullable: boolean;
}

const names = 'name-first name-last';
const address =
	'address-street-1 address-street-2 address-city address-subdivision address-postal-code';
const contact = `name-first name-middle name-last birthdate email-address phone-number ${address}`;
const digitalId = `${names} identification-number birthdate response-country=address-country-code
	response-status`;

/** The same values under prefixed names. */
const addPrefix = (prefix: string, names: string, mark = '') =>
	names.replace(/\S+/g, (name) => `${prefix}-${name}${mark}=${name}`);

const rightToWork = `digital-verification-service-provider-registration-confirmation
	digital-verification-services-register-url supplementary-code-compliance-confirmation`;

/** `name=source`, or `name` where both are the same; `name!` is not nullable. */
const ATTRIBUTES_BY_KIND: Record<string, string> = {
	aamva: `${names} birthdate! issue-date! expiration-date! address-postal-code!
		issuing-authority! identification-number!`,
	'bank-pennydrop': '',
	'brand-asset': 'business-name business-website=website-url',
	'business-website': 'website-url extracted-identity',
	'certificate-korea': `${names} identification-number birthdate certificate-type`,
	'credit-card': '',
	'crypto-wallet': 'wallet-address chain-id expected-address=wallet-address',
	database: `${contact} ${addPrefix('normalized', address)} identification-number document-number
		document-issuing-date=issue-date document-expiry-date=expiration-date
		document-issuing-subdivision=issuing-authority`,
	'database-aadhaar': `${names} birthdate`,
	'database-business': `${contact} business-name! registration-number address-country-code!`,
	'database-business-footprint': '',
	'database-ecbsv': `${names} birthdate email-address identification-number signature-timestamp
		signature-ip`,
	'database-phone-carrier': `${names} birthdate phone-number ${address}`,
	'database-serpro': `name-first! name-last! name-full! birthdate cpf!=identification-number`,
	'database-standard': `${contact} ${addPrefix('normalized', address, '!')}`,
	'database-tin': `tin!=identification-number tin-type ${names} name-business=business-name`,
	'database-vat-number': `vat-number business-name ${address}
		${addPrefix('registered', `business-name ${address} address-country-code`)}`,
	'digital-id-connect-id': '',
	'digital-id-e-do-app': digitalId,
	'digital-id-finnish-trust-network': digitalId,
	'digital-id-france-identite': digitalId,
	'digital-id-generic': `${digitalId} selected-country-code=address-country-code
		selected-digital-id-type`,
	'digital-id-idin': digitalId,
	'digital-id-its-me': `${digitalId} address=address-full birth-place document-number
		email=email-address gender=sex id-expiry-date=expiration-date id-picture language nationality
		phone=phone-number`,
	'digital-id-kcb-credit-card': 'name-full birthdate sex native-foreigner-code ci di',
	'digital-id-mit-id': `${digitalId} level-of-assurance`,
	'digital-id-northern-ireland-drivers-license-check-code': `check-code
		license-number=identification-number name-full-input=name-full name-full license-status
		license-expiry-date=expiration-date driving-license-details`,
	'digital-id-one-id': digitalId,
	'digital-id-philsys': `name-first name-middle name-last suffix sex birthdate
		place-of-birth=birth-place issue-date issuer pcn=identification-number`,
	'digital-id-serpro': `name=name-full birthdate cpf=identification-number identification-number
		issue-date expiration-date qr-code-attachment selfie-compare-image-url
		selfie-comparison-error-code serpro-selfie-available selfie-confidence-level
		selfie-similarity-score`,
	'digital-id-singpass': `name=name-full alias-name hanyu-pinyin-name hanyu-pinyin-alias-name
		married-name birthdate sex race secondary-race identity-number=identification-number
		identity-coi=address-country-code nationality nationality-description=country-name
		birth-country=address-country-code birth-country-description=country-name
		residential-status pass-type pass-status pass-expiry-date=expiration-date
		address-street-1 address-street-2 address-postal-code address-country-code
		address-country-description=country-name`,
	'digital-id-swedish-bank-id': digitalId,
	'digital-id-uk-sharecode': `name-full birthdate sharecode reference-number immigration-status
		valid-from-date=issue-date valid-until-date=expiration-date
		right-to-work-start-date=issue-date right-to-work-end-date=expiration-date
		${addPrefix('right-to-work', rightToWork, '!')}`,
	'digital-id-world-id': '',
	// The attributes of these are built with their files.
	document: '',
	selfie: '',
	'email-address': 'email-address confirmation-code!',
	// The photos are added to these.
	'government-id': `name-first name-middle name-last name-suffix native-name-first
		native-name-middle native-name-last native-name-title birthdate birthplace=birth-place sex
		height nationality ${address} id-class identification-number document-number issuing-authority
		issuing-subdivision issue-date expiration-date visa-status designations endorsements
		restrictions vehicle-class
		vehicle-classes=license-classes`,
	'government-id-nfc': `name-first! name-last! birthdate sex ${address} id-class
		identification-number expiration-date selfie-photo selfie-photo-url`,
	'jp-my-number-nfc-scan': `operation name-full kana-name birthdate sex address=address-full
		identification-class=id-class identification-number expiration-date vehicle-classes
		selfie-photo`,
	mdoc: `${names} birthdate age-in-years meets-minimum-age nationality
		address-street=address-street-1 address-city address-state=address-subdivision
		address-postal-code address-country-code identification-number issuing-authority
		issuing-jurisdiction=issuing-authority issuing-country=address-country-code expiration-date
		validated-issuer-key portrait-photo=selfie-photo`,
	'persona-fff-inquiry': '',
	'phone-number': 'phone-number! confirmation-code! metadata!',
	'phone-number-silent-network-authentication': 'phone-number',
	'qes-infocert': 'tentative-sub-state',
	'verifiable-credential': `selected-credential-issuer selected-credential-types
		selected-credential-issuance-date=issued-at selected-credential-expiration-date=expires-at`,
};

/** Every kind of verification that Persona has, with the attributes of the kind. */
export const verificationKinds: Record<string, VerificationAttribute[]> = Object.fromEntries(
	Object.entries(ATTRIBUTES_BY_KIND).map(([kind, text]) => [
		kind,
		(text.match(/\S+/g) ?? []).map(parseAttribute),
	]),
);

function parseAttribute(word: string): VerificationAttribute {
	const [name, source = name] = word.replace('!', '').split('=');
	return { name, source, isNullable: !word.includes('!') };
}
