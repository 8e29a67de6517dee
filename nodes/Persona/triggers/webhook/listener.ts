import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { TtlCache } from '../../utils/ttlCache';

const REJECTION_MESSAGES = {
	400: 'This is not an event of Persona',
	401: 'The signature is missing, wrong or too old',
	409: 'This call was received already',
	503: 'The delivery cannot be checked now',
};

/** What a delivery can be refused with. */
export type RejectionStatus = keyof typeof REJECTION_MESSAGES;

/** The members of Express's response that are used here; n8n publishes no type of it. */
export interface HttpResponse {
	statusCode: number;
	/** Whether the connection is gone, be it after the answer or before. */
	readonly closed: boolean;
	/** Whether the whole answer went out. */
	readonly writableFinished: boolean;
	status(code: number): { json: (body: IDataObject) => void };
	getHeader(name: string): number | string | string[] | undefined;
	setHeader(name: string, value: string): void;
	write(...given: unknown[]): boolean;
	end(...given: unknown[]): unknown;
	once(event: 'close' | 'finish', listener: () => void): void;
}

/** Where the answer to a delivery is written. */
export const getHttpResponse = (webhook: IWebhookFunctions) =>
	webhook.getResponseObject() as unknown as HttpResponse;

/** Answers a delivery with an error and starts nothing. */
export function rejectDelivery(
	webhook: IWebhookFunctions,
	status: RejectionStatus,
): IWebhookResponseData {
	getHttpResponse(webhook).status(status).json({ message: REJECTION_MESSAGES[status] });
	return { noWebhookResponse: true };
}

/** The listener that a delivery came to; test and production are two. */
export const getListenerKey = (webhook: IWebhookFunctions) =>
	[webhook.getWorkflow().id, webhook.getNode().id, webhook.getMode() === 'manual'].join(' ');

/** Warnings of the last minute: whoever sends deliveries must not fill the log with them. */
const recentWarnings = new TtlCache<true>(1000, 60_000);

/** Writes to n8n's log, the same sentence of one listener at most once a minute. */
export function warn(webhook: IWebhookFunctions, message: string) {
	const key = `${getListenerKey(webhook)} ${message}`;
	if (recentWarnings.get(key)) return;
	recentWarnings.set(key, true);
	const { id } = webhook.getWorkflow();
	webhook.logger.warn(`${webhook.getNode().name}: ${message}`, { workflowId: id });
}
