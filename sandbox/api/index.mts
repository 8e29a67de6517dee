import type { Endpoint } from '../http/endpoint.mts';
import { accountTypes } from './accountTypes.mts';
import { accounts } from './accounts.mts';
import { apiKeys } from './apiKeys.mts';
import { apiLogs } from './apiLogs.mts';
import { batchJobs } from './batchJobs.mts';
import { caseTemplates } from './caseTemplates.mts';
import { cases } from './cases.mts';
import { connections } from './connections.mts';
import { deployments } from './deployments.mts';
import { devices, documents } from './documents.mts';
import { events } from './events.mts';
import { graphQueries } from './graphQueries.mts';
import { importers } from './importers.mts';
import { inquiries } from './inquiries.mts';
import { inquirySessions } from './inquirySessions.mts';
import { inquiryTemplates } from './inquiryTemplates.mts';
import { listItems } from './listItems.mts';
import { lists } from './lists.mts';
import { rateLimits } from './rateLimits.mts';
import { reports } from './reports.mts';
import { shareTokens } from './shareTokens.mts';
import { themeSets } from './themeSets.mts';
import { transactionTypes } from './transactionTypes.mts';
import { transactions } from './transactions.mts';
import { userAuditLogs } from './userAuditLogs.mts';
import { verifications } from './verifications.mts';
import { webhookEvents } from './webhookEvents.mts';
import { webhooks } from './webhooks.mts';
import { workflows } from './workflows.mts';

/** Every operation of the sandbox. A new resource is a new file and a line here. */
export const endpoints: Endpoint[] = [
	...accounts,
	...accountTypes,
	...apiKeys,
	...apiLogs,
	...batchJobs,
	...cases,
	...caseTemplates,
	...connections,
	...deployments,
	...devices,
	...documents,
	...events,
	...graphQueries,
	...importers,
	...inquiries,
	...inquirySessions,
	...inquiryTemplates,
	...listItems,
	...lists,
	...rateLimits,
	...reports,
	...shareTokens,
	...themeSets,
	...transactions,
	...transactionTypes,
	...userAuditLogs,
	...verifications,
	...webhookEvents,
	...webhooks,
	...workflows,
];
