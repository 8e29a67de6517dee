import type { WebhookTriggerContext } from './listener';

/**
 * The node's 'Options', under the names that workflows store; each is absent until the user adds
 * it.
 */
export interface TriggerOptions {
	/** A comma-separated list. */
	attributeBlocklist?: string;
	/** How far back to catch up, in hours. */
	catchUp?: number;
	/** In hours. */
	fileLinkLifetime?: number;
	includeRelated?: boolean;
	/** How old a signature may be, in minutes; with 0 the age is not checked. */
	tolerance?: number;
}

/** Reads the user's 'Options'. */
export const readOptions = (context: WebhookTriggerContext) =>
	context.getNodeParameter('options', {}) as TriggerOptions;
