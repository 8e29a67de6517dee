/**
 * The version in which the workflows use each of n8n's nodes: the newest that n8n 2.30 has, or an older
 * one. A newer one goes here only if a workflow needs what it adds, and README then says in which n8n
 * that workflow begins to work.
 */
export const NODE_VERSIONS: Record<string, number> = {
	'@n8n/n8n-nodes-langchain.agent': 3.1,
	'@n8n/n8n-nodes-langchain.chatTrigger': 1.4,
	'@n8n/n8n-nodes-langchain.lmChatOpenAi': 1.3,
	'@n8n/n8n-nodes-langchain.memoryBufferWindow': 1.4,
	'n8n-nodes-base.code': 2,
	'n8n-nodes-base.dataTable': 1.1,
	'n8n-nodes-base.emailSend': 2.1,
	'n8n-nodes-base.extractFromFile': 1.1,
	'n8n-nodes-base.filter': 2.3,
	'n8n-nodes-base.form': 2.5,
	'n8n-nodes-base.formTrigger': 2.6,
	'n8n-nodes-base.httpRequest': 4.4,
	'n8n-nodes-base.hubspot': 2.2,
	'n8n-nodes-base.if': 2.3,
	'n8n-nodes-base.jira': 1,
	'n8n-nodes-base.jiraTrigger': 1.1,
	'n8n-nodes-base.manualTrigger': 1,
	'n8n-nodes-base.postgres': 2.6,
	'n8n-nodes-base.removeDuplicates': 2,
	'n8n-nodes-base.respondToWebhook': 1.5,
	'n8n-nodes-base.s3': 1,
	'n8n-nodes-base.scheduleTrigger': 1.3,
	'n8n-nodes-base.set': 3.4,
	'n8n-nodes-base.slack': 2.5,
	'n8n-nodes-base.splitInBatches': 3,
	'n8n-nodes-base.splitOut': 1,
	'n8n-nodes-base.stickyNote': 1,
	'n8n-nodes-base.stopAndError': 1,
	'n8n-nodes-base.summarize': 1.1,
	'n8n-nodes-base.switch': 3.4,
	'n8n-nodes-base.webhook': 2.1,
};
