import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { Recent } from './recent';

const ANSWERS = {
	400: 'This is not an event of Persona',
	401: 'The signature is missing, wrong or too old',
	409: 'This call was received already',
	503: 'The delivery cannot be checked now',
};

/** What a delivery can be refused with. */
export type Refusal = keyof typeof ANSWERS;

/** Answers a delivery with an error and starts nothing. */
export function reject(webhook: IWebhookFunctions, status: Refusal): IWebhookResponseData {
	const response = webhook.getResponseObject() as {
		status: (code: number) => { json: (body: IDataObject) => void };
	};
	response.status(status).json({ message: ANSWERS[status] });
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
