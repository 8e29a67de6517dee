import { testExamples } from '../support/testExamples.mts';
import { buildTagExamples } from '../support/tagExamples.mts';

const reportId = 'rep_1';

testExamples('report', [
	{
		operation: 'create',
		parameters: {
			queryNameFirst: 'Jane',
			queryNameLast: 'Doe',
			queryBirthdate: '1994-04-12',
			autoCreateAccountReferenceId: 'user-42',
			additionalFields: {
				queryAddressCountryCode: 'US',
				reportTemplateId: 'rptp_1',
				accountId: 'act_1',
			},
		},
		request: 'POST /reports',
		body: {
			data: {
				type: 'report/watchlist',
				attributes: {
					'account-id': 'act_1',
					'report-template-id': 'rptp_1',
					query: {
						'name-first': 'Jane',
						'name-last': 'Doe',
						birthdate: '1994-04-12',
						'address-country-code': 'US',
					},
				},
			},
			meta: { 'auto-create-account-reference-id': 'user-42' },
		},
		response: {
			data: {
				type: 'report/watchlist',
				id: 'rep_1',
				attributes: { status: 'ready', 'has-match': false },
			},
		},
		items: [{ type: 'report/watchlist', id: 'rep_1', status: 'ready', hasMatch: false }],
	},
	{
		operation: 'create',
		parameters: {
			waitForResult: false,
			reportType: 'businessLookup',
			queryBusinessName: 'Acme',
			queryAddressStreet1: '123 Main St',
			queryAddressCity: 'San Francisco',
			queryAddressSubdivision: 'California',
			queryAddressPostalCode: '94111',
			additionalFields: { queryAssociatedPeople: '[{"name-full": "Jane Doe"}]' },
		},
		request: 'POST /reports',
		body: {
			data: {
				type: 'report/business-lookup',
				attributes: {
					query: {
						'business-name': 'Acme',
						'address-street-1': '123 Main St',
						'address-city': 'San Francisco',
						'address-subdivision': 'California',
						'address-postal-code': '94111',
						'associated-people': [{ 'name-full': 'Jane Doe' }],
					},
				},
			},
		},
	},
	{
		operation: 'create',
		parameters: {
			waitForResult: false,
			reportType: 'template',
			reportTemplateId: 'rptp_1',
			query: '{"term": "Jane Doe"}',
			additionalFields: { processingMode: 'sync', requestFlags: 'sync' },
		},
		request: 'POST /reports',
		body: {
			data: { attributes: { 'report-template-id': 'rptp_1', query: { term: 'Jane Doe' } } },
			meta: { 'processing-mode': 'sync', 'request-flags': ['sync'] },
		},
	},
	{ operation: 'get', parameters: { reportId }, request: 'GET /reports/rep_1' },
	{
		operation: 'getAll',
		parameters: {
			filters: {
				accountId: { __rl: true, mode: 'id', value: 'act_1' },
				referenceId: 'user-42',
			},
		},
		request: 'GET /reports',
		query: { 'filter[account-id]': 'act_1', 'filter[reference-id]': 'user-42' },
	},
	{ operation: 'redact', parameters: { reportId }, request: 'DELETE /reports/rep_1' },
	{
		operation: 'history',
		parameters: { reportId },
		request: 'GET /reports/rep_1/history',
		response: { data: [{ type: 'run', id: 'rpr_1', 'run-type': 'scheduled', matches: 2 }] },
		items: [{ type: 'run', id: 'rpr_1', runType: 'scheduled', matches: 2 }],
	},
	{ operation: 'run', parameters: { reportId }, request: 'POST /reports/rep_1/run' },
	{ operation: 'pause', parameters: { reportId }, request: 'POST /reports/rep_1/pause' },
	{ operation: 'resume', parameters: { reportId }, request: 'POST /reports/rep_1/resume' },
	{
		operation: 'dismiss',
		parameters: {
			reportId,
			reason: 'Other birthdate',
			additionalFields: { dismissType: 'entity', entityId: 'ent_1' },
		},
		request: 'POST /reports/rep_1/dismiss',
		body: {
			data: {
				attributes: { reason: 'Other birthdate', 'dismiss-type': 'entity', 'entity-id': 'ent_1' },
			},
		},
	},
	{
		operation: 'print',
		parameters: { reportId },
		request: 'GET /reports/rep_1/print',
		response: Buffer.from('%PDF-1.7'),
		items: [{ id: 'rep_1', fileName: 'report-rep_1.pdf', mimeType: 'application/pdf' }],
	},
	{
		operation: 'reviewMatches',
		parameters: {
			reportId,
			recordToken: 'scrre_1',
			reviewStatus: 'false_positive',
			comment: 'Other birthdate',
			additionalFields: { riskLevel: 'immaterial', notifyOnChange: true },
		},
		request: 'POST /reports/rep_1/review',
		body: {
			data: {
				attributes: {
					'review-type': 'record',
					'record-token': 'scrre_1',
					'review-status': 'false_positive',
					comment: 'Other birthdate',
					'risk-level': 'immaterial',
					'notify-on-change': true,
				},
			},
		},
	},
	{
		operation: 'reviewMatches',
		parameters: { reportId, records: 'all', reviewStatus: 'true_positive' },
		request: 'POST /reports/rep_1/review',
		body: {
			data: { attributes: { 'review-type': 'all_records', 'review-status': 'true_positive' } },
		},
	},
	{
		operation: 'getMatches',
		parameters: { reportId, output: 'allFields' },
		request: 'GET /reports/rep_1',
		response: {
			data: {
				type: 'report/screening',
				id: 'rep_1',
				attributes: {
					status: 'ready',
					'has-match': true,
					'matched-records': [
						{
							token: 'scrre_1',
							'review-status': 'pending',
							'risk-level': null,
							names: [{ type: 'primary_name', name: 'Jane Doe' }],
							listings: [{ name: 'Sample List', type: 'sanction' }],
							positions: [{ name: 'Member of Parliament' }],
							articles: null,
						},
					],
				},
				relationships: { account: { data: { type: 'account', id: 'act_1' } } },
			},
		},
		items: [
			{
				reportId: 'rep_1',
				reportType: 'screening',
				accountId: 'act_1',
				token: 'scrre_1',
				entityId: null,
				name: 'Jane Doe',
				listings: ['Sample List'],
				types: ['sanction'],
				positions: ['Member of Parliament'],
				articles: [],
				reviewStatus: 'pending',
				riskLevel: null,
				record: {
					token: 'scrre_1',
					reviewStatus: 'pending',
					riskLevel: null,
					names: [{ type: 'primary_name', name: 'Jane Doe' }],
					listings: [{ name: 'Sample List', type: 'sanction' }],
					positions: [{ name: 'Member of Parliament' }],
					articles: null,
				},
			},
		],
	},
	...buildTagExamples('/reports/rep_1', { reportId }),
]);
