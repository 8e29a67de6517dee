import type { Table } from '../engine/operation';
import { accounts } from './account';
import { events } from './event';
import { ids } from './ids';
import { inquiries } from './inquiry';
import { inquirySessions } from './inquirySession';
import { inquiryTemplates } from './inquiryTemplate';
import { rateLimits } from './rateLimit';
import { reports } from './report';

/** Every operation of the node; the first resource is the one a new node starts with. */
export const table: Table = {
	ids,
	resources: [inquiries, inquirySessions, inquiryTemplates, accounts, reports, events, rateLimits],
};
