import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import type { WebhookTriggerContext } from './listener';

/** A time range without a webhook, whose events were missed, and how far they are caught up on. */
export interface MissedRange extends IDataObject {
	/** Milliseconds since 1970, by Persona's clock; both ends belong to the range. */
	from: number;
	until: number;
	/** ID of the last event that is done. */
	after?: string;
	/** When a process last worked on it, in milliseconds since 1970, by the clock of this machine. */
	at: number;
}

/**
 * What n8n stores with the workflow for the node, so its members keep their names. Everybody who may
 * see the workflow can read it.
 */
export interface WebhookStaticData extends IDataObject {
	webhookId?: string;
	/** Fingerprint of the node that all of this is about. */
	owner?: string;
	/** When the node's last webhook was archived, in milliseconds since 1970, by Persona's clock. */
	off?: number;
	/** Oldest first. */
	missed?: MissedRange[];
}

/** Identifies a node in its workflow and n8n. Renaming any of them keeps it, copying does not. */
export function getNodeFingerprint(context: WebhookTriggerContext): string {
	const node = context.getNode();
	const parts = [context.getInstanceId(), context.getWorkflow().id, node.webhookId ?? node.id];
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

/**
 * What n8n has stored for this node; n8n saves what is assigned to its members. An imported workflow
 * brings along what another node has stored, which is deleted here.
 */
export function getStaticData(context: WebhookTriggerContext): WebhookStaticData {
	const staticData = context.getWorkflowStaticData('node') as WebhookStaticData;
	if (staticData.owner !== getNodeFingerprint(context)) {
		for (const name of Object.keys(staticData)) delete staticData[name];
	}
	return staticData;
}
