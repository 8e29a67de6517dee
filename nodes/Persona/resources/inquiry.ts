import {
	choices,
	commaList,
	emailAddress,
	id,
	map,
	duration,
	required,
	text,
	timeRange,
	toggle,
	expert,
} from '../fields/kinds';
import { prepareRequest } from '../engine/prepare';
import type { Fields } from '../fields/types';
import type { Operation, Resource } from '../engine/types';
import { generateOneTimeLink } from '../operations/generateOneTimeLink';
import { getMetrics } from '../operations/metrics/getMetrics';
import { collectEvidence } from '../operations/evidence/collectEvidence';
import { getDecisionSummary } from '../operations/decisionSummary/getDecisionSummary';
import { prepareDecision } from '../operations/decision/prepareDecision';
import { listSimulateActions } from '../operations/listSimulateActions';
import { createAndWait, waitForPerson } from '../operations/waitForPerson/waitForPerson';
import { buildSearch } from '../operations/search/buildSearch';
import { INQUIRY_STATUSES } from '../values/inquiryStatuses';
import { accountId, accountMetaFields, referenceId } from './shared/accountFields';
import { buildDownloadOperation } from './shared/downloadOperation';
import { pathIds } from './shared/pathIds';
import { buildTagOperation, tagsField } from './shared/tags';

const DECIDED_BEFORE =
	'If that was decided before, nothing is sent and alreadyDecided is true. Otherwise, previousDecision says what was.';

const commentFields: Fields = {
	comment: text(
		'Comment',
		'Reason for the decision, stored with it',
		'Documents checked by phone',
		{ topLevel: true },
	),
};

const fields = map(
	'Fields',
	'Values by the field keys of the template, as a JSON object',
	'{"name-first": "Jane", "birthdate": "1994-04-12"}',
	'inquiryFields',
);

const note = text('Note', 'Free text stored with the inquiry', 'Sign-up from the mobile app', {
	clearable: true,
});

const redirectUri = text(
	'Redirect URL',
	'Where the hosted flow sends the person afterwards',
	'https://example.com/verified',
	{ clearable: true },
);

const accountIds = commaList('Account IDs', 'IDs of accounts, separated by commas', 'act_ABC123');

const templateIds = commaList(
	'Inquiry Template IDs',
	'IDs of templates, separated by commas',
	'itmpl_ABC123',
);

/** Persona takes it for a flow that is not legacy. */
const themeSet: Fields = {
	'theme-set-id': id('Theme Set', 'theset', 'Theme of the flow', 'searchThemeSets'),
};

/** Row members that Create and Create and Wait share. */
const creation = {
	variants: {
		label: 'Create From',
		name: 'createFrom',
		options: {
			template: {
				name: 'Template',
				attributes: {
					'inquiry-template-id': required(pathIds['inquiry-template-id']),
					...themeSet,
				},
			},
			templateVersion: {
				name: 'Template Version',
				attributes: {
					'inquiry-template-version-id': required(
						id(
							'Inquiry Template Version',
							'itmplv',
							'A specific version of a template, published or draft. Get Many Versions lists them.',
						),
					),
					...themeSet,
				},
			},
			legacyTemplate: {
				name: 'Legacy Template',
				attributes: {
					'template-id': required(
						id('Legacy Template', 'tmpl', 'A template of the first generation'),
					),
					'theme-id': expert(id('Theme', 'the', 'Theme of the flow of a legacy template')),
				},
			},
		},
	},
	attributes: {
		fields,
		'account-id': accountId,
		'creator-email-address': emailAddress(
			'Creator Email Address',
			'Email address of the member of your Persona organization to record as the creator',
		),
		'initial-step-name': text(
			'Initial Step Name',
			'Step of the flow to start with (beta in Persona)',
			'start_here',
		),
		note,
		tags: tagsField,
	},
	meta: {
		...accountMetaFields,
		'expiration-after-create-interval-seconds': duration(
			'Expire After Creation',
			'Time from creation until the inquiry expires. By default, the template decides.',
			'1 days',
		),
		'expiration-after-start-interval-seconds': duration(
			'Expire After Start',
			'Time from the start of the flow until the inquiry expires. By default, the template decides.',
			'1 days',
		),
		'expiration-after-resume-interval-seconds': duration(
			'Expire After Resume',
			'Time from resuming until the inquiry expires. By default, the template decides.',
			'1 days',
		),
		'one-time-link-expiration-seconds': duration(
			'Expire Handoff Links After',
			'How long a link for continuing on another device stays valid. By default, the template decides.',
			'1 hours',
		),
	},
} satisfies Partial<Operation>;

/** What the person, or the app that embeds the flow, needs to start it. */
const accessFields: Fields = {
	'auto-create-one-time-link': toggle(
		'Create One-Time Link',
		'return a link that opens the inquiry once, as oneTimeLink and oneTimeLinkShort. It is valid for 24 hours, unless the template says otherwise.',
		{ topLevel: true },
	),
	'auto-create-inquiry-session': toggle(
		'Create Inquiry Session',
		'return a session token, with which an embedded or mobile flow resumes the inquiry',
	),
};

/** Inquiries: one person's or business's verification from start to decision. */
export const inquiries: Resource = {
	name: 'Inquiry',
	value: 'inquiry',
	builderHint:
		'One verification of a person or business, from the link to the decision. Most workflows begin here.',
	include: [
		'account',
		'documents',
		'inquiry-template',
		'inquiry-template-version',
		'reports',
		'reviewer',
		'selfies',
		'sessions',
		'template',
		'transaction',
		'verifications',
	],
	permission: 'inquiry',
	operations: {
		create: {
			name: 'Create',
			description: 'Start a verification, optionally with a link to send to the person',
			builderHint: 'With `autoCreateOneTimeLink`, the output begins with `oneTimeLink`.',
			route: 'POST /inquiries',
			...creation,
			attributes: { ...creation.attributes, 'redirect-uri': redirectUri },
			meta: { ...creation.meta, ...accessFields },
		},
		generateOneTimeLink,
		createAndWait: createAndWait(creation),
		waitForPerson,
		get: {
			name: 'Get',
			description:
				'Read where an inquiry stands and what the person entered. Get Decision Summary also says why.',
			route: 'GET /inquiries/{inquiry-id}',
		},
		getDecisionSummary,
		approve: {
			name: 'Approve',
			description: `Accept the person or business. ${DECIDED_BEFORE}`,
			route: 'POST /inquiries/{inquiry-id}/approve',
			meta: commentFields,
			guarded: true,
			prepare: async (context) => await prepareDecision(context, 'approved'),
		},
		decline: {
			name: 'Decline',
			description: `Reject the person or business. ${DECIDED_BEFORE}`,
			route: 'POST /inquiries/{inquiry-id}/decline',
			meta: commentFields,
			guarded: true,
			prepare: async (context) => await prepareDecision(context, 'declined'),
		},
		markForReview: {
			name: 'Mark for Review',
			action: 'Mark inquiry for review',
			description: `Hand an inquiry to a person for a decision. ${DECIDED_BEFORE}`,
			route: 'POST /inquiries/{inquiry-id}/mark-for-review',
			prepare: async (context) => await prepareDecision(context, 'needs_review'),
		},
		getAll: {
			name: 'Get Many',
			description: 'List inquiries, newest first, by status, template, account or time',
			route: 'GET /inquiries',
			filter: {
				'account-id': accountIds,
				...timeRange('Created'),
				'inquiry-id': commaList(
					'Inquiry IDs',
					'IDs of inquiries, separated by commas',
					'inq_ABC123',
				),
				'inquiry-template-id': templateIds,
				note: text(
					'Note',
					'Exact text of the note. Persona accepts no other filter together with it.',
					'Sign-up from the mobile app',
				),
				'reference-id': referenceId,
				'template-id': expert(
					commaList('Legacy Template IDs', 'IDs of legacy templates', 'tmpl_ABC123'),
				),
				status: choices('Status', 'Statuses to list', INQUIRY_STATUSES),
			},
			returns: 'list',
		},
		search: {
			name: 'Search',
			description: 'Find inquiries by conditions on status, template, reference ID and dates',
			route: 'POST /inquiries/search',
			...buildSearch(
				{
					created_at: 'Created At',
					inquiry_template_id: 'Inquiry Template ID',
					reference_id: 'Reference ID',
					status: 'Status',
					updated_at: 'Updated At',
				},
				'approved',
				{ offered: { status: Object.keys(INQUIRY_STATUSES) } },
			),
			returns: 'list',
		},
		update: {
			name: 'Update',
			description:
				'Change the fields, note, tags or redirect URL of an inquiry that exists, e.g. to correct prefilled data',
			route: 'PATCH /inquiries/{inquiry-id}',
			attributes: { fields, note, 'redirect-uri': redirectUri, tags: tagsField },
		},
		getMetrics: getMetrics({ 'account-id': accountIds, 'inquiry-template-id': templateIds }),
		redact: {
			name: 'Redact',
			description:
				'Permanently delete the personal data of an inquiry and of everything that belongs to it',
			route: 'DELETE /inquiries/{inquiry-id}',
			irreversible:
				'Redacting deletes the personal data of the inquiry, its verifications, reports and documents for good',
		},
		expire: {
			name: 'Expire',
			description: 'End an inquiry and all its sessions before its time. It can be resumed later.',
			route: 'POST /inquiries/{inquiry-id}/expire',
			guarded: true,
		},
		resume: {
			name: 'Resume',
			description: 'Let the person continue a pending or expired inquiry, with a session token',
			route: 'POST /inquiries/{inquiry-id}/resume',
		},
		print: {
			name: 'Print PDF',
			action: 'Print inquiry as PDF',
			description: 'Get the whole inquiry as one document, e.g. for an auditor or your files',
			route: 'GET /inquiries/{inquiry-id}/print',
			returns: 'file',
		},
		...buildDownloadOperation('inquiry', '/inquiries/{inquiry-id}', [
			'account',
			'documents',
			'selfies',
			'verifications',
		]),
		collectEvidence,
		changeTags: buildTagOperation('inquiry', '/inquiries/{inquiry-id}'),
		simulate: {
			name: 'Simulate Actions',
			action: 'Simulate actions on inquiry',
			description:
				'Move a sandbox inquiry through its lifecycle as if a person had done it. Works only in the sandbox.',
			route: 'POST /inquiries/{inquiry-id}/perform-simulate-actions',
			guarded: true,
			meta: {
				'simulate-actions.type': required(
					choices(
						'Actions',
						'Actions to simulate, in this order. For one twice, use an expression.',
						{
							approve_inquiry: 'Approve Inquiry',
							complete_inquiry: 'Complete Inquiry',
							create_failed_verification: 'Create Failed Verification',
							create_passed_verification: 'Create Passed Verification',
							decline_inquiry: 'Decline Inquiry',
							expire_inquiry: 'Expire Inquiry',
							fail_inquiry: 'Fail Inquiry',
							mark_for_review_inquiry: 'Mark Inquiry for Review',
							start_inquiry: 'Start Inquiry',
						},
					),
				),
				'simulate-actions.data.verification-template-id': text(
					'Verification Template ID',
					'Template of the verification, required to create one, from Verifications > Templates in the Persona dashboard. For several verifications: one for all, or one for each, with commas.',
					'vtmpl_ABC123',
					{ topLevel: true },
				),
			},
			prepare: async (context) =>
				await prepareRequest(context, (request) => listSimulateActions(context, request)),
		},
	},
};
