import type { Kind, Resource } from '../engine/types';
import { itemPaths } from './shared/listTypes';

/** Objects of a type, which stand under its plural: `inquiry` under `/inquiries`. */
const kind = (name: string, type: string, prefix: string): Kind => ({
	name,
	type,
	prefix,
	sends: `${type}s`.replace(/([^e])ys$/, '$1ies'),
});

/**
 * What an ID can stand for; the names are stored in workflows. Webhooks are left to their own Get,
 * which is guarded because it shows their secrets.
 */
const kinds: Record<string, Kind> = {
	account: kind('Account', 'account', 'act'),
	accountType: kind('Account Type', 'account-type', 'acttp'),
	apiKey: kind('API Key', 'api-key', 'api'),
	apiLog: kind('API Log', 'api-log', 'req'),
	case: kind('Case', 'case', 'case'),
	caseTemplate: kind('Case Template', 'case-template', 'ctmpl'),
	connection: kind('Connection', 'connect/connection', 'cxn'),
	device: kind('Device', 'device', 'dev'),
	document: kind('Document', 'document', 'doc'),
	event: kind('Event', 'event', 'evt'),
	graphQuery: kind('Graph Query', 'graph-query', 'grphq'),
	importer: kind('Importer', 'importer', 'mprt'),
	inquiry: kind('Inquiry', 'inquiry', 'inq'),
	inquirySession: kind('Inquiry Session', 'inquiry-session', 'iqse'),
	inquiryTemplate: kind('Inquiry Template', 'inquiry-template', 'itmpl'),
	list: kind('List', 'list', 'lst'),
	report: kind('Report', 'report', 'rep'),
	shareToken: kind('Share Token', 'connect/share-token', 'cnst'),
	themeSet: kind('Theme Set', 'theme-set', 'theset'),
	transaction: kind('Transaction', 'transaction', 'txn'),
	transactionType: kind('Transaction Type', 'transaction-type', 'txntp'),
	userAuditLog: kind('User Audit Log', 'user-audit-log', 'ual'),
	verification: kind('Verification', 'verification', 'ver'),
	workflowRun: kind('Workflow Run', 'workflow-run', 'wfr'),
	...Object.fromEntries(
		Object.entries(itemPaths).map(([item, { name, sends, prefix }]) => [
			`${item}Item`,
			{ name: `List Item: ${name}`, sends: `list-item/${sends}`, prefix, type: 'list-item' },
		]),
	),
};

/** Any object: what a user has nothing of but the ID. */
export const objects: Resource = {
	name: 'Any Object',
	value: 'object',
	type: 'object',
	operations: {
		get: {
			name: 'Get',
			action: 'Get any object',
			description:
				'Paste any ID of Persona to read what it stands for: an inquiry, account, report, case or nearly anything else',
			route: 'GET /{kind}/{object-id}',
			kinds: { label: 'Object Type', name: 'objectType', detect: 'object-id', options: kinds },
			returns: 'item',
		},
	},
};
