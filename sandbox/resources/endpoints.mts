import type { Endpoint } from '../server/endpoint.mts';
import { accounts } from './accounts.mts';
import { devices, documents } from './documents.mts';
import { events } from './events.mts';
import { inquiries } from './inquiries.mts';
import { inquirySessions } from './inquirySessions.mts';
import { inquiryTemplates } from './inquiryTemplates.mts';
import { rateLimits } from './rateLimits.mts';
import { reports } from './reports.mts';
import { verifications } from './verifications.mts';
import { webhooks } from './webhooks.mts';

/** Every operation the sandbox offers; another resource is another file and a line here. */
export const endpoints: Endpoint[] = [
	...accounts,
	...devices,
	...documents,
	...events,
	...inquiries,
	...inquirySessions,
	...inquiryTemplates,
	...rateLimits,
	...reports,
	...verifications,
	...webhooks,
];
