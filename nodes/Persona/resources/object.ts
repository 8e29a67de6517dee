import type { Variant, Resource } from '../engine/types';
import { pluralize } from '../utils/pluralize';
import { listTypePaths } from './shared/listTypes';

/** Builds the variant for a type, whose path is its plural: `/inquiries` for `inquiry`. */
const buildObjectType = (name: string, type: string, prefix: string): Variant => ({
	name,
	type,
	prefix,
	apiName: pluralize(type),
});

/**
 * All types of objects that can be read by ID. The names are stored in workflows. Webhooks are left
 * out: their own Get is guarded, since it returns their secrets.
 */
const objectTypes: Record<string, Variant> = {
	account: buildObjectType('Account', 'account', 'act'),
	accountType: buildObjectType('Account Type', 'account-type', 'acttp'),
	apiKey: buildObjectType('API Key', 'api-key', 'api'),
	apiLog: buildObjectType('API Log', 'api-log', 'req'),
	batchJob: buildObjectType('Batch Job', 'batch-job', 'mprtpr'),
	case: buildObjectType('Case', 'case', 'case'),
	caseTemplate: buildObjectType('Case Template', 'case-template', 'ctmpl'),
	connection: buildObjectType('Connection', 'connect/connection', 'cxn'),
	device: buildObjectType('Device', 'device', 'dev'),
	document: buildObjectType('Document', 'document', 'doc'),
	event: buildObjectType('Event', 'event', 'evt'),
	graphQuery: buildObjectType('Graph Query', 'graph-query', 'grphq'),
	importer: buildObjectType('Importer', 'importer', 'mprt'),
	inquiry: buildObjectType('Inquiry', 'inquiry', 'inq'),
	inquirySession: buildObjectType('Inquiry Session', 'inquiry-session', 'iqse'),
	inquiryTemplate: buildObjectType('Inquiry Template', 'inquiry-template', 'itmpl'),
	list: buildObjectType('List', 'list', 'lst'),
	report: buildObjectType('Report', 'report', 'rep'),
	shareToken: buildObjectType('Share Token', 'connect/share-token', 'cnst'),
	themeSet: buildObjectType('Theme Set', 'theme-set', 'theset'),
	transaction: buildObjectType('Transaction', 'transaction', 'txn'),
	transactionType: buildObjectType('Transaction Type', 'transaction-type', 'txntp'),
	userAuditLog: buildObjectType('User Audit Log', 'user-audit-log', 'ual'),
	verification: buildObjectType('Verification', 'verification', 'ver'),
	workflowRun: buildObjectType('Workflow Run', 'workflow-run', 'wfr'),
	...Object.fromEntries(
		Object.entries(listTypePaths).map(([key, { name, apiName, prefix }]) => [
			`${key}Item`,
			{ name: `List Item: ${name}`, apiName: `list-item/${apiName}`, prefix, type: 'list-item' },
		]),
	),
};

/** Any object, where only its ID is known. */
export const objects: Resource = {
	name: 'Any Object',
	value: 'object',
	operations: {
		get: {
			name: 'Get',
			description:
				'Read an object by any ID from Persona: an inquiry, account, report, case or almost anything else',
			route: 'GET /{variant}/{object-id}',
			variants: {
				label: 'Object Type',
				name: 'objectType',
				detect: 'object-id',
				options: objectTypes,
			},
		},
	},
};
