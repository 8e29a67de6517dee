import type { HttpResponse } from '../../../utils/httpResponse';

const REJECTION_MESSAGES = {
	400: 'This is not a Persona event',
	401: 'The signature is missing, wrong or too old',
	403: 'This event comes from another environment',
	409: 'This call has already been received',
	503: 'The delivery cannot be processed right now',
};

/** Status of the response to a rejected delivery. */
export type RejectionStatus = keyof typeof REJECTION_MESSAGES;

/**
 * What to do with a delivery: start the workflow with an item, acknowledge it with 200 and start
 * nothing, reject it, or do nothing more, because another function sends the response. If n8n then
 * fails to start the workflow, `forget` makes the next delivery of the event start it. If the sender gets
 * no response, `expectRepeat` makes the next delivery start nothing, provided that the workflow has run.
 */
export type DeliveryResult =
	| { action: 'start'; item: object; forget?: () => void; expectRepeat?: () => void }
	| { action: 'acknowledge' }
	| { action: 'reject'; status: RejectionStatus }
	| { action: 'respondedElsewhere' };

/** Writes the response to a rejected delivery. */
export function sendRejection(response: HttpResponse, status: RejectionStatus) {
	response.status(status).json({ message: REJECTION_MESSAGES[status] });
}
