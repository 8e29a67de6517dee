import { choice, duration, text } from '../../fields/kinds';
import type { Operation } from '../../engine/types';
import { DEFAULT_TOLERANCE_MINUTES } from '../../events/signing/signature';
import { BODY_PLACES } from './readBody';

/** The form of the header, of which each signature takes 80 characters. */
const SIGNATURE_SAMPLE = `t=1767225600,v1=${'0f2e4d6c'.repeat(8)}`;

/** Row that verifies a delivery which something else than the trigger has received. */
export const verifyDelivery: Operation = {
	name: 'Verify Delivery',
	action: 'Verify delivery of event',
	description:
		"Check the signature of a delivery that n8n's Webhook node, a queue or a gateway has received, and return its event as the triggers do. What is not genuine fails. The same delivery can arrive twice: use Remove Duplicates by eventId.",
	route: 'GET /webhooks/{webhook-id}',
	nodeFields: {
		rawBodyIn: choice(
			'Raw Body In',
			'Where the body of the delivery is, byte for byte as Persona sent it',
			BODY_PLACES,
			{ topLevel: true },
		),
		binaryField: text('Input Binary Field', 'Name of the binary field that has the body', 'data', {
			...{ required: true, default: 'data', shownWith: { rawBodyIn: ['binaryField'] } },
			hint: "The name of the input binary field with the body. In n8n's Webhook node, turn on the option Raw Body.",
		}),
		rawBody: text(
			'Raw Body',
			'The body as text, in UTF-8 or Base64, as a queue or a gateway passes it on',
			'{"data": {"type": "event"}}',
			{ topLevel: true, shownWith: { rawBodyIn: ['text'] } },
		),
		signatureHeader: text(
			'Signature Header',
			"Value of the header Persona-Signature. Leave empty to take it from the `headers` of the item, where n8n's Webhook node puts it.",
			SIGNATURE_SAMPLE,
			{ topLevel: true },
		),
		tolerance: duration(
			'Tolerance',
			'How old the signature may be before the item fails as a replay. A time in the future counts in the same way. Set more than a queue may hold deliveries back, more than 51 hours for all retries of Persona, or 0 to accept any age.',
			`${DEFAULT_TOLERANCE_MINUTES} minutes`,
			[0, Number.MAX_SAFE_INTEGER],
		),
	},
	noIncludeAndFields: true,
	prepare: async (context) =>
		await (await import('./prepareVerification')).prepareVerification(context),
};
