/** What a process that delivers events is told. */
export interface Barrage {
	url: string;
	secret: string;
	/** Which header the signature goes into; Persona and Stripe write it alike. */
	header: 'Persona-Signature' | 'Stripe-Signature';
	/** What n8n answers, as text or as a message, when an execution has started. */
	started: string;
	/** An event's body; each delivery gets an ID of its own in place of `eventId`. */
	body: string;
	eventId: string;
	seconds: number;
	/** Deliveries under way at once. */
	connections: number;
}

/** What became of its deliveries while it counted. */
export interface Reception {
	/** Answered with 200 and an execution started. */
	accepted: number;
	/** All others, by status. */
	otherwise: Record<string, number>;
}
