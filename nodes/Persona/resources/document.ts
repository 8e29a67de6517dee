import type { Resource } from '../engine/types';

/** Documents: what a person uploaded or photographed, such as an ID or a utility bill. */
export const documents: Resource = {
	name: 'Document',
	value: 'document',
	include: [
		'document-files',
		'inquiry',
		'inquiry-template',
		'inquiry-template-version',
		'template',
		'transaction',
	],
	permission: 'document',
	operations: {
		get: {
			name: 'Get',
			description: 'Read the status of a document and the data that Persona extracted from it',
			route: 'GET /{variant}/{document-id}',
			variants: {
				label: 'Document Type',
				name: 'documentType',
				options: {
					any: { name: 'Any', apiName: 'documents' },
					generic: { name: 'Generic', apiName: 'document/generics' },
					governmentId: { name: 'Government ID', apiName: 'document/government-ids' },
				},
			},
		},
		downloadFiles: {
			name: 'Download Files',
			action: 'Download files of document',
			description: 'Get the pages and photos of a document as files of n8n, one item per file',
			route: 'GET /documents/{document-id}',
			include: ['document-files', 'inquiry', 'transaction'],
			returns: 'files',
		},
	},
};
