import type { OperationTable } from '../engine/types';
import { columnReaders } from '../methods/resourceMapping';
import { accounts } from './account';
import { accountTypes } from './accountType';
import { apiKeys } from './apiKey';
import { apiLogs } from './apiLog';
import { batchJobs } from './batchJob';
import { cases } from './case';
import { caseTemplates } from './caseTemplate';
import { connections } from './connection';
import { deployments } from './deployment';
import { devices } from './device';
import { documents } from './document';
import { events } from './event';
import { graphQueries } from './graphQuery';
import { pathIds } from './shared/pathIds';
import { importers } from './importer';
import { inquiries } from './inquiry';
import { inquirySessions } from './inquirySession';
import { inquiryTemplates } from './inquiryTemplate';
import { lists } from './list';
import { listItems } from './listItem';
import { rateLimits } from './rateLimit';
import { objects } from './object';
import { reports } from './report';
import { shareTokens } from './shareToken';
import { themeSets } from './themeSet';
import { transactions } from './transaction';
import { transactionTypes } from './transactionType';
import { userAuditLogs } from './userAuditLog';
import { verifications } from './verification';
import { webhooks } from './webhook';
import { webhookEvents } from './webhookEvent';
import { workflows } from './workflow';
import { workflowRuns } from './workflowRun';

/**
 * All operations of the action nodes. Each of them lists its resources in this order, those that are used
 * most first; a new node starts with the first one.
 */
export const table: OperationTable = {
	ids: pathIds,
	columnReaders,
	resources: [
		inquiries,
		accounts,
		reports,
		cases,
		verifications,
		transactions,
		listItems,
		lists,
		documents,
		inquirySessions,
		workflows,
		workflowRuns,
		events,
		devices,
		graphQueries,
		importers,
		batchJobs,
		objects,
		inquiryTemplates,
		webhooks,
		webhookEvents,
		apiKeys,
		apiLogs,
		userAuditLogs,
		rateLimits,
		themeSets,
		deployments,
		accountTypes,
		caseTemplates,
		transactionTypes,
		connections,
		shareTokens,
	],
};
