import type { IExecuteFunctions, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { TtlCache } from '../../utils/ttlCache';

/** The context that n8n passes to the webhook trigger, in a hook or for a delivery. */
export type WebhookTriggerContext = IHookFunctions | IWebhookFunctions;

/** The part of n8n's contexts that says which node runs, and whether in a test. */
type NodeContext = Pick<
	WebhookTriggerContext | IExecuteFunctions,
	'getWorkflow' | 'getNode' | 'getMode'
>;

/** Identifies the node among all nodes of this n8n. */
export const getNodeKey = (context: NodeContext) =>
	`${context.getWorkflow().id} ${context.getNode().id}`;

/** Identifies the node, and whether it is its test or its production webhook. */
export const getListenerKey = (context: NodeContext) =>
	`${getNodeKey(context)} ${context.getMode() === 'manual'}`;

/** Writes a warning to n8n's log. */
export type LogWarning = (message: string) => void;

/**
 * Creates a log of warnings that name the node. It can still be used after n8n's call has ended.
 */
export function createWarningLog(context: WebhookTriggerContext): LogWarning {
	const { logger } = context;
	const { name } = context.getNode();
	const { id: workflowId } = context.getWorkflow();
	return (message) => logger.warn(`${name}: ${message}`, { workflowId });
}

/** Warnings of the last minute. Unverified senders must not be able to fill the log. */
const recentWarnings = new TtlCache<true>(1_000, 60_000);

/** The same for warnings that deliveries cause: each message at most once a minute per listener. */
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
