/** A webhook in Persona that is the node's by ID or name, but delivers to another URL. */
export interface OtherWebhook {
	id: string;
	url: unknown;
}

/** Maximum number of webhooks that a text names. */
const MAX_NAMED = 3;

function joinNames(others: OtherWebhook[], toName: (other: OtherWebhook) => string) {
	const names = others.slice(0, MAX_NAMED).map(toName);
	const moreCount = others.length - names.length;
	return [...names, ...(moreCount > 0 ? [`${moreCount} more`] : [])].join(', ');
}

const toAddress = ({ url }: OtherWebhook) => (typeof url === 'string' ? url : 'unknown address');

/** Says which webhooks of the node deliver elsewhere and what to do about them, for n8n's log. */
export const describeOthers = (others: OtherWebhook[]) =>
	`In Persona this node also has a webhook with another address, which was left as it is: ${joinNames(others, (other) => `${other.id} (${toAddress(other)})`)}. If n8n has moved from that address, archive the webhook in the Persona dashboard under Webhooks. If this n8n is a copy, keep it: it belongs to the original.`;

/**
 * Says the same in the description of the node's new webhook in Persona's dashboard, since the log may
 * be out of the user's reach. It is short enough for a database column of 255 characters.
 */
export const toDescription = (others: OtherWebhook[]) =>
	others.length === 0
		? {}
		: {
				description: `n8n left ${joinNames(others, ({ id }) => id)}, which has another address. If n8n has moved from there, archive it. If this n8n is a copy, keep it.`,
			};

/** Says why catch-up begins anew, for n8n's log. */
export const describeDroppedPause = (url: string) =>
	`Catch-up begins anew at ${url}. What n8n has stored about missed events belongs to another address. If this n8n is a copy, the original receives them.`;
