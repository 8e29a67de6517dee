import { testExamples } from '../support/testExamples.mts';

const verificationId = 'ver_1';

const buildGetExample = (verificationType: string, path: string) => ({
	operation: 'get',
	parameters: { verificationType, verificationId },
	request: `GET ${path}/ver_1`,
});

testExamples('verification', [
	{
		...buildGetExample('any', '/verifications'),
		response: {
			data: {
				type: 'verification/government-id',
				id: 'ver_1',
				attributes: {
					status: 'failed',
					'name-first': 'Jane',
					checks: [{ name: 'id_tamper_detection', status: 'failed', reasons: ['tampering'] }],
				},
				relationships: {
					document: { data: { type: 'document/government-id', id: 'doc_1' } },
					accounts: { data: [{ type: 'account', id: 'act_1' }] },
				},
			},
		},
		items: [
			{
				type: 'verification/government-id',
				id: 'ver_1',
				status: 'failed',
				checks: [{ name: 'id_tamper_detection', status: 'failed', reasons: ['tampering'] }],
				documentId: 'doc_1',
				accountIds: ['act_1'],
			},
		],
	},
	buildGetExample('aamva', '/verification/aamvas'),
	buildGetExample('database', '/verification/databases'),
	buildGetExample('databaseEcbsv', '/verification/database-ecbsvs'),
	buildGetExample('databasePhoneCarrier', '/verification/database-phone-carriers'),
	buildGetExample('databaseSerpro', '/verification/database-serpros'),
	buildGetExample('databaseStandard', '/verification/database-standards'),
	buildGetExample('databaseTin', '/verification/database-tins'),
	buildGetExample('document', '/verification/documents'),
	buildGetExample('emailAddress', '/verification/email-addresses'),
	buildGetExample('governmentId', '/verification/government-ids'),
	buildGetExample('governmentIdNfc', '/verification/government-id-nfcs'),
	buildGetExample('phoneNumber', '/verification/phone-numbers'),
	buildGetExample('selfie', '/verification/selfies'),
	{
		operation: 'downloadFiles',
		parameters: { verificationId, options: { include: ['document'] } },
		request: 'GET /verifications/ver_1',
		query: { include: 'document' },
		items: [],
	},
	{
		operation: 'print',
		parameters: { verificationId },
		request: 'GET /verifications/ver_1/print',
		response: Buffer.from('%PDF-1.7'),
		items: [{ id: 'ver_1', fileName: 'verification-ver_1.pdf', mimeType: 'application/pdf' }],
	},
	{
		operation: 'redact',
		parameters: { verificationId },
		request: 'DELETE /verifications/ver_1',
	},
	{
		operation: 'investigationLock',
		parameters: { verificationId },
		request: 'POST /verifications/ver_1/investigation-lock',
	},
	{
		operation: 'investigationUnlock',
		parameters: { verificationId },
		request: 'POST /verifications/ver_1/investigation-unlock',
	},
]);
