/** The arguments of the worker that delivers events. */
export interface DeliveryTask {
	url: string;
	secret: string;
	/** Name of the signature header. Persona and Stripe use the same format. */
	header: 'Persona-Signature' | 'Stripe-Signature';
	/** n8n's response, as text or as `message`, when an execution has started. */
	startedMessage: string;
	/** The body of an event. In each delivery a new ID replaces `eventId`. */
	body: string;
	eventId: string;
	seconds: number;
	/** Simultaneous deliveries. */
	connections: number;
}

/** The deliveries by their result, without the warm-up. */
export interface DeliveryCounts {
	/** Responses with status 200 for which an execution started. */
	accepted: number;
	/** All other responses, by status. */
	otherStatuses: Record<string, number>;
}
