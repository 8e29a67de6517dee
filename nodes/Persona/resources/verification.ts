import type { Variants, Resource } from '../engine/types';

/** All types of verifications with a route of their own. The keys are stored in workflows. */
const verificationTypes: Variants = {
	label: 'Verification Type',
	name: 'verificationType',
	options: {
		any: { name: 'Any', apiName: 'verifications' },
		aamva: { name: 'AAMVA', apiName: 'verification/aamvas' },
		database: { name: 'Database', apiName: 'verification/databases' },
		databaseEcbsv: { name: 'Database eCBSV', apiName: 'verification/database-ecbsvs' },
		databasePhoneCarrier: {
			name: 'Database Phone Carrier',
			apiName: 'verification/database-phone-carriers',
		},
		databaseSerpro: { name: 'Database Serpro', apiName: 'verification/database-serpros' },
		databaseStandard: { name: 'Database Standard', apiName: 'verification/database-standards' },
		databaseTin: { name: 'Database TIN', apiName: 'verification/database-tins' },
		document: { name: 'Document', apiName: 'verification/documents' },
		emailAddress: { name: 'Email Address', apiName: 'verification/email-addresses' },
		governmentId: { name: 'Government ID', apiName: 'verification/government-ids' },
		governmentIdNfc: { name: 'Government ID NFC', apiName: 'verification/government-id-nfcs' },
		phoneNumber: { name: 'Phone Number', apiName: 'verification/phone-numbers' },
		selfie: { name: 'Selfie', apiName: 'verification/selfies' },
	},
};

/** Verifications: the checks of an inquiry, such as a government ID or a selfie. */
export const verifications: Resource = {
	name: 'Verification',
	value: 'verification',
	builderHint:
		'One check within an inquiry, such as a government ID or a selfie. Only read: the person makes it in the inquiry.',
	include: [
		'accounts',
		'inquiry',
		'inquiry-template',
		'inquiry-template-version',
		'template',
		'transaction',
		'verification-template',
		'verification-template-version',
	],
	permission: 'verification',
	operations: {
		get: {
			name: 'Get',
			description:
				'Read the status, the checks with their reasons, and the data that the person provided',
			route: 'GET /{variant}/{verification-id}',
			variants: verificationTypes,
		},
		downloadFiles: {
			name: 'Download Files',
			action: 'Download files of verification',
			description:
				'Get the photos, videos and documents of a verification as files of n8n, one item per file',
			route: 'GET /verifications/{verification-id}',
			include: ['accounts', 'document', 'inquiry', 'transaction'],
			returns: 'files',
		},
		print: {
			name: 'Print PDF',
			action: 'Print verification as PDF',
			description:
				'Get the checks and the data of one verification as a document, e.g. for an auditor',
			route: 'GET /verifications/{verification-id}/print',
			returns: 'file',
		},
		redact: {
			name: 'Redact',
			description:
				'Permanently delete the personal data of a verification, e.g. because a person asked for it',
			route: 'DELETE /verifications/{verification-id}',
			irreversible: 'Redacting deletes the personal data of the verification for good',
			noIncludeAndFields: true,
		},
		investigationLock: {
			name: 'Lock for Investigation',
			action: 'Lock verification for investigation',
			description: 'Prevent a verification from being redacted while it is under investigation',
			route: 'POST /verifications/{verification-id}/investigation-lock',
		},
		investigationUnlock: {
			name: 'Unlock After Investigation',
			action: 'Unlock verification after investigation',
			description: 'End the investigation, so that the verification can be redacted again',
			route: 'POST /verifications/{verification-id}/investigation-unlock',
			guarded: true,
		},
	},
};
