/** The item of a decision about an inquiry whose status is not known. */
const newlyDecided = {
	type: 'inquiry',
	id: 'obj_1',
	alreadyDecided: false,
	previousDecision: 'unknown',
};

import type { IDataObject } from 'n8n-workflow';
import { runNode } from '../support/runNode.mts';
import { testExamples } from '../support/testExamples.mts';
import { buildTagExamples } from '../support/tagExamples.mts';
import { buildDuration } from '../support/buildDuration.mts';

const inquiryId = 'inq_1';

const search = {
	query: { and: [{ attribute: 'status', operator: 'eq', value: 'approved' }] },
	page: { size: 50 },
};

testExamples('inquiry', [
	{
		operation: 'create',
		parameters: {
			inquiryTemplateId: 'itmpl_1',
			fields: '{"name-first": "Jane"}',
			autoCreateAccountReferenceId: 'user-42',
			autoCreateOneTimeLink: true,
			additionalFields: {
				autoCreateAccount: true,
				expirationAfterCreateInterval: buildDuration(1, 'hours'),
				note: 'Sign-up',
				redirectUri: 'https://example.com',
				tags: 'vip, mobile',
			},
		},
		request: 'POST /inquiries',
		body: {
			data: {
				attributes: {
					'inquiry-template-id': 'itmpl_1',
					fields: { 'name-first': 'Jane' },
					note: 'Sign-up',
					'redirect-uri': 'https://example.com',
					tags: ['vip', 'mobile'],
				},
			},
			meta: {
				'auto-create-account-reference-id': 'user-42',
				'auto-create-account': true,
				'auto-create-one-time-link': true,
				'expiration-after-create-interval-seconds': 3600,
			},
		},
		response: {
			data: {
				type: 'inquiry',
				id: 'inq_1',
				attributes: {
					status: 'created',
					fields: { 'name-first': { type: 'string', value: 'Jane' } },
				},
				relationships: { account: { data: { type: 'account', id: 'act_1' } } },
			},
			meta: { 'session-token': null, 'one-time-link': 'https://perso.na/1' },
		},
		items: [
			{
				id: 'inq_1',
				type: 'inquiry',
				status: 'created',
				accountId: 'act_1',
				oneTimeLink: 'https://perso.na/1',
			},
		],
	},
	{
		operation: 'create',
		parameters: { createFrom: 'templateVersion', inquiryTemplateVersionId: 'itmplv_1' },
		request: 'POST /inquiries',
		body: {
			data: { attributes: { 'inquiry-template-version-id': 'itmplv_1' } },
			meta: { 'auto-create-one-time-link': false },
		},
	},
	{
		operation: 'create',
		parameters: {
			createFrom: 'legacyTemplate',
			templateId: 'tmpl_1',
			additionalFields: { themeId: 'the_1' },
		},
		request: 'POST /inquiries',
		body: {
			data: { attributes: { 'template-id': 'tmpl_1', 'theme-id': 'the_1' } },
			meta: { 'auto-create-one-time-link': false },
		},
	},
	{
		operation: 'create',
		parameters: {
			inquiryTemplateId: 'itmpl_1',
			fieldsMode: 'columns',
			fieldsColumns: {
				mappingMode: 'defineBelow',
				value: { 'name-first': '={{ "Ja" + "ne" }}', plan: null },
				schema: ['name-first', 'plan'].map((id) => ({
					id,
					displayName: id,
					required: false,
					defaultMatch: false,
					display: true,
					type: 'string',
				})),
			},
		},
		request: 'POST /inquiries',
		body: {
			data: {
				attributes: { 'inquiry-template-id': 'itmpl_1', fields: { 'name-first': 'Jane' } },
			},
			meta: { 'auto-create-one-time-link': false },
		},
	},
	{
		operation: 'get',
		parameters: { inquiryId, options: { include: ['account', 'reports'] } },
		request: 'GET /inquiries/inq_1',
		query: { include: 'account,reports' },
	},
	{
		operation: 'get',
		parameters: { inquiryId, options: { include: ['inquiry-template.latest-published-version'] } },
		request: 'GET /inquiries/inq_1',
		query: { include: 'inquiry-template.latest-published-version' },
		response: {
			data: {
				type: 'inquiry',
				id: 'inq_1',
				relationships: {
					'inquiry-template': { data: { type: 'inquiry-template', id: 'itmpl_1' } },
				},
			},
			included: [
				{
					type: 'inquiry-template',
					id: 'itmpl_1',
					relationships: {
						'latest-published-version': {
							data: { type: 'inquiry-template-version', id: 'itmplv_1' },
						},
					},
				},
				{ type: 'inquiry-template-version', id: 'itmplv_1', attributes: { 'name-display': 'v1' } },
			],
		},
		items: [
			{
				type: 'inquiry',
				id: 'inq_1',
				inquiryTemplateId: 'itmpl_1',
				inquiryTemplate: {
					type: 'inquiry-template',
					id: 'itmpl_1',
					latestPublishedVersionId: 'itmplv_1',
					latestPublishedVersion: {
						type: 'inquiry-template-version',
						id: 'itmplv_1',
						nameDisplay: 'v1',
					},
				},
			},
		],
	},
	{
		operation: 'createAndWait',
		parameters: {
			inquiryTemplateId: 'itmpl_1',
			waitAtMost: 3,
			waitAtMostUnit: 'days',
			additionalFields: { note: 'Sign-up' },
			options: { redirectUrl: 'https://example.com/verified' },
		},
		request: 'POST /inquiries',
		body: { data: { attributes: { 'inquiry-template-id': 'itmpl_1', note: 'Sign-up' } } },
		response: { data: { type: 'inquiry', id: 'inq_1', attributes: { status: 'approved' } } },
		items: [{ id: 'inq_1', type: 'inquiry', status: 'approved', finished: true }],
	},
	{
		operation: 'waitForPerson',
		parameters: { inquiryId, options: { fieldsToReturn: 'note' } },
		request: 'GET /inquiries/inq_1',
		query: { 'fields[inquiry]': 'note,status' },
		response: {
			data: { type: 'inquiry', id: 'inq_1', attributes: { note: 'Sign-up', status: 'expired' } },
		},
		items: [{ id: 'inq_1', type: 'inquiry', note: 'Sign-up', finished: false }],
	},
	{
		operation: 'getDecisionSummary',
		parameters: { inquiryId, options: { includeName: true } },
		request: 'GET /inquiries/inq_1',
		query: { include: 'verifications,sessions,reports' },
		response: {
			data: {
				type: 'inquiry',
				id: 'inq_1',
				attributes: {
					status: 'declined',
					'completed-at': '2026-03-01T10:00:00.000Z',
					fields: {
						'name-first': { type: 'string', value: 'Jane' },
						birthdate: { type: 'date', value: '2008-03-02' },
					},
				},
				relationships: {
					reviewer: { data: { type: 'user', id: 'user_1' } },
					reports: { data: [{ type: 'report/watchlist', id: 'rep_1' }] },
				},
			},
			included: [
				{
					type: 'report/watchlist',
					id: 'rep_1',
					attributes: { status: 'ready', 'has-match': true },
				},
				{ type: 'inquiry-session', id: 'iqse_1', attributes: { 'is-vpn': true } },
				{
					type: 'verification/selfie',
					id: 'ver_1',
					attributes: { checks: [{ name: 'selfie_id_comparison', status: 'failed' }] },
				},
			],
		},
		items: [
			expect.objectContaining({
				inquiryId: 'inq_1',
				decision: 'declined',
				decidedBy: 'person',
				reportsResult: 'matched',
				failedCheckCount: 1,
				text: 'Jane (inq_1): declined by review · failed: selfie ID comparison · 1 watchlist match · age 17 (not from an accepted ID) · VPN',
			}) as IDataObject,
		],
	},
	{
		operation: 'getAll',
		parameters: {
			filters: {
				status: ['approved', 'needs_review'],
				createdAtStart: '2025-06-30T14:00:00+02:00',
				accountId: 'act_1, act_2',
				templateId: 'tmpl_1',
			},
		},
		request: 'GET /inquiries',
		query: {
			'filter[template-id]': 'tmpl_1',
			'filter[account-id]': 'act_1,act_2',
			'filter[created-at-start]': '2025-06-30T12:00:00.000Z',
			'filter[status]': 'approved,needs_review',
		},
	},
	{
		operation: 'getMetrics',
		parameters: {
			from: '2025-06-30T12:00:00Z',
			to: '2025-06-30T18:00:00+02:00',
			filters: { inquiryTemplateId: 'itmpl_1' },
		},
		request: 'GET /inquiries',
		query: {
			'page[size]': '100',
			'fields[inquiry]': 'status,created-at,started-at,completed-at,decisioned-at',
			'filter[inquiry-template-id]': 'itmpl_1',
			'filter[created-at-start]': '2025-06-30T12:00:00.000Z',
			'filter[created-at-end]': '2025-06-30T16:00:00.000Z',
		},
		response: { data: [], links: { next: null } },
		items: [expect.objectContaining({ created: 0, completionRate: null, templates: [] })],
	},
	{
		operation: 'search',
		parameters: {
			conditions: { condition: [{ attribute: 'status', operator: 'eq', value: 'approved' }] },
		},
		request: 'POST /inquiries/search',
		body: search,
	},
	{
		operation: 'update',
		parameters: { inquiryId, updateFields: { note: '', tags: 'vip' } },
		request: 'PATCH /inquiries/inq_1',
		body: { data: { attributes: { note: null, tags: ['vip'] } } },
	},
	{ operation: 'redact', parameters: { inquiryId }, request: 'DELETE /inquiries/inq_1' },
	{
		operation: 'approve',
		parameters: { inquiryId, comment: 'All good' },
		request: 'GET /inquiries/inq_1',
		furtherRequests: ['POST /inquiries/inq_1/approve'],
		items: [newlyDecided],
	},
	{
		operation: 'decline',
		parameters: { inquiryId },
		request: 'GET /inquiries/inq_1',
		furtherRequests: ['POST /inquiries/inq_1/decline'],
		items: [newlyDecided],
	},
	{
		operation: 'markForReview',
		parameters: { inquiryId },
		request: 'GET /inquiries/inq_1',
		furtherRequests: ['POST /inquiries/inq_1/mark-for-review'],
		items: [newlyDecided],
	},
	{ operation: 'expire', parameters: { inquiryId }, request: 'POST /inquiries/inq_1/expire' },
	{
		operation: 'resume',
		parameters: { inquiryId },
		request: 'POST /inquiries/inq_1/resume',
		response: { data: { type: 'inquiry', id: 'inq_1' }, meta: { 'session-token': 'ey' } },
		items: [{ type: 'inquiry', id: 'inq_1', sessionToken: 'ey' }],
	},
	{
		operation: 'generateOneTimeLink',
		parameters: { inquiryId, additionalFields: { expiresIn: buildDuration(60, 'seconds') } },
		request: 'POST /inquiries/inq_1/generate-one-time-link',
		body: { meta: { 'expires-in-seconds': 60 } },
	},
	{
		operation: 'generateOneTimeLink',
		parameters: { inquiryId, options: { resumeFirst: true } },
		request: 'GET /inquiries/inq_1',
		query: { 'fields[inquiry]': 'status' },
		furtherRequests: [
			'POST /inquiries/inq_1/resume',
			'POST /inquiries/inq_1/generate-one-time-link',
		],
		response: { data: { type: 'inquiry', id: 'inq_1', attributes: { status: 'expired' } } },
		items: [{ type: 'inquiry', id: 'inq_1', status: 'expired' }],
	},
	{
		operation: 'print',
		parameters: { inquiryId },
		request: 'GET /inquiries/inq_1/print',
		response: Buffer.from('%PDF-1.7'),
		items: [{ id: 'inq_1', fileName: 'inquiry-inq_1.pdf', mimeType: 'application/pdf' }],
	},
	{
		operation: 'downloadFiles',
		parameters: { inquiryId, options: { include: ['verifications', 'selfies'] } },
		request: 'GET /inquiries/inq_1',
		query: { include: 'verifications,selfies' },
		items: [],
	},
	{
		operation: 'collectEvidence',
		parameters: { inquiryId, collect: ['json'], options: { output: 'itemPerFile' } },
		request: 'GET /inquiries/inq_1',
		query: {
			include:
				'account,documents,inquiry-template,inquiry-template-version,reports,reviewer,selfies,sessions,template,transaction,verifications',
		},
		response: {
			data: {
				type: 'inquiry',
				id: 'inq_1',
				attributes: { status: 'approved', 'reference-id': 'user-42' },
			},
		},
		items: [
			expect.objectContaining({
				inquiryId: 'inq_1',
				referenceId: 'user-42',
				fileName: 'inq_1-inquiry.json',
				kind: 'json',
				from: 'GET /inquiries/inq_1',
				mimeType: 'application/json',
				byteSize: 100,
			}) as IDataObject,
			expect.objectContaining({
				inquiryId: 'inq_1',
				decision: 'approved',
				files: [expect.objectContaining({ fileName: 'inq_1-inquiry.json' })],
				missing: [],
				fileName: 'inq_1-manifest.json',
				kind: 'manifest',
			}) as IDataObject,
		],
	},
	...buildTagExamples('/inquiries/inq_1', { inquiryId }),
	{
		operation: 'simulate',
		parameters: {
			inquiryId,
			simulateActionsType: ['start_inquiry', 'create_passed_verification', 'approve_inquiry'],
			simulateActionsDataVerificationTemplateId: 'vtmpl_1',
		},
		request: 'POST /inquiries/inq_1/perform-simulate-actions',
		body: {
			meta: {
				'simulate-actions': [
					{ type: 'start_inquiry' },
					{
						type: 'create_passed_verification',
						data: { 'verification-template-id': 'vtmpl_1' },
					},
					{ type: 'approve_inquiry' },
				],
			},
		},
	},
	{
		operation: 'simulate',
		parameters: {
			inquiryId,
			simulateActionsType:
				'={{ ["create_failed_verification", "create_failed_verification", "fail_inquiry"] }}',
			simulateActionsDataVerificationTemplateId: 'vtmpl_1, vtmpl_2',
		},
		request: 'POST /inquiries/inq_1/perform-simulate-actions',
		body: {
			meta: {
				'simulate-actions': [
					...['vtmpl_1', 'vtmpl_2'].map((id) => ({
						type: 'create_failed_verification',
						data: { 'verification-template-id': id },
					})),
					{ type: 'fail_inquiry' },
				],
			},
		},
	},
]);

describe('Simulate Actions', () => {
	it('requires a template to create a verification', async () => {
		const { error } = await runNode({
			parameters: {
				resource: 'inquiry',
				operation: 'simulate',
				inquiryId: { __rl: true, mode: 'id', value: inquiryId },
				simulateActionsType: ['create_failed_verification'],
			},
		});
		expect(error?.message).toBe("'Verification Template ID' is empty");
	});

	it('requires one template for all verifications, or one for each', async () => {
		const { error } = await runNode({
			parameters: {
				resource: 'inquiry',
				operation: 'simulate',
				inquiryId: { __rl: true, mode: 'id', value: inquiryId },
				simulateActionsType: ['create_failed_verification', 'approve_inquiry'],
				simulateActionsDataVerificationTemplateId: 'vtmpl_1, vtmpl_2',
			},
		});
		expect(error?.message).toBe("'Verification Template ID' does not fit the actions");
	});
});
