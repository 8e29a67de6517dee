/**
 * The categories of n8n's template library that fit this package. n8n's AI workflow builder has the whole
 * list; `allWorkflows.test.mts` looks there whether these are in it.
 */
export const CATEGORIES = [
	'AI',
	'AI Chatbot',
	'CRM',
	'DevOps',
	'Document Ops',
	'Engineering',
	'File Management',
	'HR',
	'IT Ops',
	'SecOps',
	'Support',
	'Ticket Management',
];
