import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { getNodeFingerprint } from './registration/desiredWebhook';

/** Events that nobody listened to, and how far they have been caught up on. */
export interface MissedRange extends IDataObject {
	/** Milliseconds since 1970, by Persona's clock; both are part of it. */
	from: number;
	until: number;
	/** ID of the last event that is done. */
	after?: string;
	/** When somebody last worked on it, in milliseconds since 1970, by the clock of this machine. */
	at: number;
}

/** What n8n stores with the workflow for the node, readable by all who may see the workflow. */
export interface WebhookStaticData extends IDataObject {
	webhookId?: string;
	/** Mark of the node that all of this is about. */
	owner?: string;
	/** When the node's last webhook was archived, in milliseconds since 1970. */
	off?: number;
	/** The oldest first. */
	missed?: MissedRange[];
}

/**
 * What n8n has stored for this very node; it stores what is assigned to its members. An import
 * brings along what another node has stored, which is forgotten.
 */
export function getStaticData(node: IHookFunctions | IWebhookFunctions): WebhookStaticData {
	const stored = node.getWorkflowStaticData('node') as WebhookStaticData;
	if (stored.owner !== getNodeFingerprint(node))
		for (const name of Object.keys(stored)) delete stored[name];
	return stored;
}
