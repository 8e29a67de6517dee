import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import { isSameUrl } from '../../utils/publicUrl';
import type { WebhookTriggerContext } from './listener';

/** Times by the ID of an event, in milliseconds since 1970, by Persona's clock. */
export type TimesById = Record<string, number>;

/** A range of time in milliseconds since 1970; both ends belong to it. */
export interface TimeRange extends IDataObject {
	from: number;
	until: number;
}

/** A range of time in which events were missed, and the progress of catch-up. */
export interface MissedRange extends TimeRange {
	/** ID of the last event that is done. */
	after?: string;
	/** IDs of the events that were missed, if only these were; otherwise all of the range were. */
	only?: string[];
	/** When a process last worked on it, in milliseconds since 1970, by the clock of this machine. */
	at: number;
}

/**
 * What n8n stores for the node with the workflow, so its members must keep their names. Anyone who
 * may see the workflow can read it.
 */
export interface WebhookStaticData extends IDataObject {
	webhookId?: string;
	/** URL of that webhook, and of the pause that `off` and `missed` are about. */
	url?: string;
	/** Fingerprint of the node that stored this. */
	owner?: string;
	/** When the node's last webhook was archived, in milliseconds since 1970, by Persona's clock. */
	off?: number;
	/** Oldest first. */
	missed?: MissedRange[];
	/** Events that got the status 503 and that, as far as is known, were not accepted later. */
	rejected?: TimesById;
	/** When there were more of them than `rejected` holds. */
	rejectedMore?: TimeRange;
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

/**
 * Deletes what is stored about a pause at another address than `url`, and returns whether there was
 * something. A copy of n8n's database brings it along, and the events that the original has received
 * must not start the copy.
 */
export function dropPauseOfOtherUrl(staticData: WebhookStaticData, url: string): boolean {
	if (isSameUrl(staticData.url, url)) return false;
	const names = ['off', 'missed', 'rejected', 'rejectedMore'].filter((name) => name in staticData);
	for (const name of names) delete staticData[name];
	return names.length > 0;
}
