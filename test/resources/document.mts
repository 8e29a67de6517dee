import { testExamples } from '../support/testExamples.mts';

const documentId = 'doc_1';

testExamples('document', [
	{
		operation: 'get',
		parameters: { documentType: 'any', documentId, options: { include: ['document-files'] } },
		request: 'GET /documents/doc_1',
		query: { include: 'document-files' },
		response: {
			data: {
				type: 'document/generic',
				id: 'doc_1',
				attributes: { status: 'processed', 'document-type': 'bank_statement' },
				relationships: { 'document-files': { data: [{ type: 'document-file', id: 'docf_1' }] } },
			},
			included: [
				{ type: 'document-file', id: 'docf_1', attributes: { 'capture-method': 'upload' } },
			],
		},
		items: [
			{
				type: 'document/generic',
				id: 'doc_1',
				status: 'processed',
				documentType: 'bank_statement',
				documentFileIds: ['docf_1'],
				documentFiles: [{ type: 'document-file', id: 'docf_1', captureMethod: 'upload' }],
			},
		],
	},
	{
		operation: 'get',
		parameters: { documentType: 'generic', documentId },
		request: 'GET /document/generics/doc_1',
	},
	{
		operation: 'get',
		parameters: { documentType: 'governmentId', documentId },
		request: 'GET /document/government-ids/doc_1',
	},
	{
		operation: 'downloadFiles',
		parameters: { documentId },
		request: 'GET /documents/doc_1',
		items: [],
	},
]);
