import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { TtlCache } from '../../utils/ttlCache';

/** The context that n8n gives the webhook trigger, whatever it calls. */
export type WebhookTriggerContext = IHookFunctions | IWebhookFunctions;

/** Tells nodes of this n8n apart. */
export const getNodeKey = (context: WebhookTriggerContext) =>
	`${context.getWorkflow().id} ${context.getNode().id}`;

/** Tells listeners apart: those of different nodes, and the test and the production of one. */
export const getListenerKey = (context: WebhookTriggerContext) =>
	`${getNodeKey(context)} ${context.getMode() === 'manual'}`;

/** Writes a warning to n8n's log. */
export type LogWarning = (message: string) => void;

/** Warnings in the name of a node. They can be written after n8n's call of the node has ended. */
export function createWarningLog(context: WebhookTriggerContext): LogWarning {
	const { logger } = context;
	const { name } = context.getNode();
	const { id: workflowId } = context.getWorkflow();
	return (message) => logger.warn(`${name}: ${message}`, { workflowId });
}

/** Warnings of the last minute; strangers who send deliveries must not be able to fill the log. */
const recentWarnings = new TtlCache<true>(1_000, 60_000);

/** The same for what deliveries cause: each message of a listener at most once a minute. */
export function createThrottledWarningLog(context: WebhookTriggerContext): LogWarning {
	const listenerKey = getListenerKey(context);
	const logWarning = createWarningLog(context);
	return (message) => {
		const key = `${listenerKey} ${message}`;
		if (recentWarnings.get(key)) return;
		recentWarnings.set(key, true);
		logWarning(message);
	};
}
