import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import type { WebhookTriggerContext } from './listener';

/** A range of time without a webhook, in which events were missed, and the progress of catch-up. */
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
 * What n8n stores for the node with the workflow, so its members must keep their names. Anyone who
 * may see the workflow can read it.
 */
export interface WebhookStaticData extends IDataObject {
	webhookId?: string;
	/** Fingerprint of the node that stored this. */
	owner?: string;
	/** When the node's last webhook was archived, in milliseconds since 1970, by Persona's clock. */
	off?: number;
	/** Oldest first. */
	missed?: MissedRange[];
}

/**
 * Identifies a node in its workflow and n8n. The fingerprint stays the same if node or workflow are
 * renamed, and differs for a copy.
 */
export function getNodeFingerprint(context: WebhookTriggerContext): string {
	const node = context.getNode();
	const parts = [context.getInstanceId(), context.getWorkflow().id, node.webhookId ?? node.id];
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

/**
 * Returns what n8n has stored for this node; n8n saves what is assigned to its members. An imported
 * workflow contains what another node has stored, which is deleted here.
 */
export function getStaticData(context: WebhookTriggerContext): WebhookStaticData {
	const staticData = context.getWorkflowStaticData('node') as WebhookStaticData;
	if (staticData.owner !== getNodeFingerprint(context)) {
		for (const name of Object.keys(staticData)) delete staticData[name];
	}
	return staticData;
}
