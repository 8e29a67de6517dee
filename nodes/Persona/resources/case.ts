import { duration, emailAddress, files, id, map, required, text } from '../fields/kinds';
import type { Resource } from '../engine/types';
import { referenceId } from './shared/accountFields';
import { buildObjectIds, buildObjectOperations } from './shared/objects';
import { buildSearch } from '../operations/search/buildSearch';
import { pathIds } from './shared/pathIds';
import { buildTagOperation } from './shared/tags';

const fields = map(
	'Fields',
	'Values by the field keys of the case template, as a JSON object',
	'{"priority": "high"}',
	'caseFields',
);

const queueId = id(
	'Case Queue',
	'cqueue',
	'Queue of the case, from Cases > Queues in the Persona dashboard',
	'searchCaseQueues',
);

const buildSlaField = (minimum: 0 | 1) =>
	duration(
		'SLA Expires In',
		`Time from now until the SLA of the case expires${minimum === 0 ? '. 0 removes the SLA.' : ''}`,
		'1 days',
		[minimum, 7_776_000],
	);

const buildMemberField = (label: string, what: string) =>
	emailAddress(label, `Email address of the member of your Persona organization ${what}`);

const objectIds = buildObjectIds(
	'accounts, documents, graph queries, inquiries, reports, transactions or verifications',
	['inq', 'act', 'doc', 'grphq', 'rep', 'txn', 'ver'],
);

const status = text('Status', 'Name of the status, spelled as in the case template', 'Approved');

/** Cases: what people review and decide, with the objects that it is about. */
export const cases: Resource = {
	name: 'Case',
	value: 'case',
	builderHint: 'Work for a reviewer in Persona, such as a doubtful inquiry',
	include: [
		'accounts',
		'case-comments',
		'case-queue',
		'case-template',
		'inquiries',
		'reports',
		'txns',
		'verifications',
	],
	permission: 'case',
	operations: {
		create: {
			name: 'Create',
			description: 'Open a case for people to review, with the objects that it is about',
			route: 'POST /cases',
			attributes: {
				'case-template-id': required(pathIds['case-template-id']),
				fields,
				'case-queue-id': queueId,
				'creator-email-address': buildMemberField(
					'Creator Email Address',
					'to record as the creator',
				),
			},
			meta: {
				'object-ids': { ...objectIds, topLevel: true },
				'sla-expires-in-seconds': buildSlaField(1),
			},
		},
		get: {
			name: 'Get',
			description:
				'Read the status, fields, assignee and resolution, e.g. after your team has worked on it',
			route: 'GET /cases/{case-id}',
		},
		getAll: {
			name: 'Get Many',
			description: 'List cases, newest first, by status, template or the objects they are about',
			route: 'GET /cases',
			filter: {
				'account-id': id('Account', 'act', 'An account that the cases are about', 'searchAccounts'),
				'case-template-id': pathIds['case-template-id'],
				'inquiry-id': id(
					'Inquiry',
					'inq',
					'An inquiry that the cases are about',
					'searchInquiries',
				),
				'reference-id': referenceId,
				'report-id': id('Report', 'rep', 'A report that the cases are about', 'searchReports'),
				status,
			},
			returns: 'list',
		},
		search: {
			name: 'Search',
			description: 'Find cases by conditions on status, assignee, queue, SLA, dates and fields',
			route: 'POST /cases/search',
			...buildSearch(
				{
					created_at: 'Created At',
					account_id: 'Account ID',
					assignee: 'Assignee ID',
					case_queue: 'Case Queue ID',
					inquiry_id: 'Inquiry ID',
					resolution: 'Resolution',
					resolved_at: 'Resolved At',
					resolver: 'Resolver ID',
					sla_expires_at: 'SLA Expires At',
					state: 'State',
					status: 'Status',
					template: 'Case Template ID',
					updated_at: 'Updated At',
				},
				'open',
				{
					others: ['fields.*', 'case_queue_id', 'case_template_id', 'tag_id'],
					unsorted: ['account_id', 'inquiry_id', 'resolution'],
				},
			),
			returns: 'list',
		},
		update: {
			name: 'Update',
			description: 'Change the fields, queue or SLA of a case, or attach files to it',
			route: 'PATCH /cases/{case-id}',
			attributes: {
				fields,
				attachments: files(
					'Attachments',
					'Binary fields with PDFs or pictures to add to the existing attachments, separated by commas',
				),
				'case-queue-id': { ...queueId, clearable: true },
			},
			meta: {
				'sla-expires-in-seconds': { ...buildSlaField(0), clearable: true },
			},
		},
		redact: {
			name: 'Redact',
			description: 'Permanently delete the fields and attachments of a case',
			route: 'DELETE /cases/{case-id}',
			irreversible:
				'Redacting deletes the data of the case for good. The objects in it must be redacted separately.',
		},
		assign: {
			name: 'Assign',
			description: 'Give a case to a member of your Persona organization, who then works on it',
			route: 'POST /cases/{case-id}/assign',
			meta: {
				'user-email-address': required(
					buildMemberField('User Email Address', 'to work on the case'),
				),
			},
		},
		setStatus: {
			name: 'Set Status',
			action: 'Set status of case',
			description: 'Decide a case, or move it to another status',
			route: 'POST /cases/{case-id}/set-status',
			meta: { status: required(status) },
			guarded: true,
		},
		...buildObjectOperations('case', '/cases/{case-id}', objectIds),
		addComment: {
			name: 'Add Comment',
			action: 'Add comment to case',
			description: 'Write a comment that everybody who works on the case can read',
			route: 'POST /cases/{case-id}/add-comment',
			meta: { message: required(text('Message', 'What the comment says', 'Called the customer')) },
		},
		downloadAttachments: {
			name: 'Download Attachments',
			action: 'Download attachments of case',
			description:
				'Get the files of a case for n8n, one item per file. Use Include for the files of related objects as well.',
			route: 'GET /cases/{case-id}',
			include: ['accounts', 'inquiries', 'txns', 'verifications'],
			returns: 'files',
		},
		changeTags: buildTagOperation('case', '/cases/{case-id}'),
	},
};
