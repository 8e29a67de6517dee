import { id, text } from '../../fields/kinds';
import type { Fields } from '../../fields/types';

/** The panel's field for each `{placeholder}` of a route. */
export const pathIds: Fields = {
	'account-id': id('Account', 'act', 'The account to work with', 'searchAccounts'),
	'account-type-id': id(
		'Account Type',
		'acttp',
		'Type of accounts, from Accounts > Types in the Persona dashboard',
		'searchAccountTypes',
	),
	'api-key-id': id('API Key', 'api', 'The key to work with', 'searchApiKeys'),
	'api-log-id': id(
		'API Log',
		'req',
		'The request to read. The error of a failed item contains its ID.',
	),
	'batch-job-id': id(
		'Batch Job',
		'mprtpr',
		'The job to read. Create returns its ID, and so do the events of batch jobs.',
	),
	'case-id': id('Case', 'case', 'The case to work with', 'searchCases'),
	'case-template-id': id(
		'Case Template',
		'ctmpl',
		'Template of cases, from Cases > Templates in the Persona dashboard',
		'searchCaseTemplates',
	),
	'connection-id': id('Connection', 'cxn', 'The connection to work with', 'searchConnections'),
	'deployment-id': text(
		'Deployment ID',
		'The deployment to read. Get Many returns its ID.',
		'ABC123',
	),
	'device-id': id(
		'Device',
		'dev',
		'The device to read. Its inquiry session has the ID as deviceId. Get Many lists the devices of a session.',
	),
	'document-id': id(
		'Document',
		'doc',
		'The document to work with. Its inquiry lists the ID in documentIds, its verification has it as documentId. In the Persona dashboard, it is on the page of the inquiry.',
	),
	'event-id': id('Event', 'evt', 'The event to work with. The trigger returns its ID as eventId.'),
	'graph-query-id': id('Graph Query', 'grphq', 'The graph query to read. Create returns its ID.'),
	'importer-id': id(
		'Importer',
		'mprt',
		'The import to read. Import and Get Many return its ID.',
		'searchImporters',
	),
	'inquiry-id': id('Inquiry', 'inq', 'The inquiry to work with', 'searchInquiries'),
	'inquiry-session-id': id(
		'Inquiry Session',
		'iqse',
		'The session to work with. Get Many returns the IDs of all sessions of an inquiry.',
	),
	'inquiry-template-id': {
		...id(
			'Inquiry Template',
			'itmpl',
			'The template to use. A sandbox key cannot list templates: choose By ID and paste the ID from Inquiries > Templates in the Persona dashboard.',
			'searchInquiryTemplates',
		),
		builderHint: {
			propertyHint:
				'Never make up an ID: take one from the list, or leave `value` empty for the user to choose',
		},
	},
	'list-id': id('List', 'lst', 'The list to work with', 'searchLists'),
	'list-item-id': id(
		'List Item',
		'liea',
		'The item to work with. Create returns its ID, and a list has the IDs of all its items as listItemIds.',
	),
	'object-id': id(
		'Object',
		'any',
		'Any ID from Persona: of an inquiry, account, report, case, verification, transaction or another object',
	),
	'report-id': id('Report', 'rep', 'The report to work with', 'searchReports'),
	'share-token-id': id(
		'Share Token',
		'cnst',
		'The token to work with. The other organization may also send you its ID.',
		'searchShareTokens',
	),
	'theme-set-id': id('Theme Set', 'theset', 'The theme set to work with', 'searchThemeSets'),
	'transaction-id': id('Transaction', 'txn', 'The transaction to work with', 'searchTransactions'),
	'transaction-type-id': id(
		'Transaction Type',
		'txntp',
		'Type of transactions, from Transactions > Types in the Persona dashboard',
		'searchTransactionTypes',
	),
	'user-audit-log-id': id('User Audit Log', 'ual', 'The log to read. Get Many returns the IDs.'),
	'verification-id': id(
		'Verification',
		'ver',
		'The verification to work with. Its inquiry lists the ID in verificationIds. In the Persona dashboard, it is on the page of the inquiry.',
	),
	'webhook-id': id('Webhook', 'wbh', 'The webhook to work with', 'searchWebhooks'),
	'workflow-id': id(
		'Workflow',
		'wfl',
		'The workflow to work with. Its ID is in Workflows in the Persona dashboard.',
		'searchWorkflows',
	),
	'workflow-run-id': id(
		'Workflow Run',
		'wfr',
		'The run to read. Run returns its ID.',
		'searchWorkflowRuns',
	),
};
