import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { Recent } from '../../utils/ttlCache';

const ANSWERS = {
	400: 'This is not an event of Persona',
	401: 'The signature is missing, wrong or too old',
	409: 'This call was received already',
	503: 'The delivery cannot be checked now',
};

/** What a delivery can be refused with. */
export type Refusal = keyof typeof ANSWERS;

/** The members of Express's response that are used here; n8n publishes no type of it. */
export interface Response {
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
export const responseOf = (webhook: IWebhookFunctions) =>
	webhook.getResponseObject() as unknown as Response;

/** Answers a delivery with an error and starts nothing. */
export function reject(webhook: IWebhookFunctions, status: Refusal): IWebhookResponseData {
	responseOf(webhook).status(status).json({ message: ANSWERS[status] });
	return { noWebhookResponse: true };
}

/** The listener that a delivery came to; test and production are two. */
export const listenerOf = (webhook: IWebhookFunctions) =>
	[webhook.getWorkflow().id, webhook.getNode().id, webhook.getMode() === 'manual'].join(' ');

/** Warnings of the last minute: whoever sends deliveries must not fill the log with them. */
const written = new Recent<true>(1000, 60_000);

/** Writes to n8n's log, the same sentence of one listener at most once a minute. */
export function warn(webhook: IWebhookFunctions, message: string) {
	const key = `${listenerOf(webhook)} ${message}`;
	if (written.get(key)) return;
	written.set(key, true);
	const { id } = webhook.getWorkflow();
	webhook.logger.warn(`${webhook.getNode().name}: ${message}`, { workflowId: id });
}
