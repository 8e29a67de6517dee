import { sign } from '../support/sign.mts';

/** A delivery that Persona has not sent, or not now. */
export interface ForgedDelivery {
	kind: string;
	eventId: string;
	body: string;
	/** Undefined: without the header. */
	signature?: string;
}

/** One minute more than the trigger tolerates. */
const OUTSIDE_TOLERANCE_MS = 6 * 60 * 1000;

const toSeconds = (ms: number) => Math.floor(ms / 1000);

/** The kinds of invalid signatures, made with the current secret. */
const SIGNERS: Record<string, (body: string, secret: string) => string | undefined> = {
	'wrong secret': (body) => sign(body, 'wbhsec_00000000-0000-4000-8000-000000000000'),
	'changed body': (body, secret) => sign(body.replace('evt_', 'evt_other'), secret),
	'old signature': (body, secret) =>
		sign(body, secret, toSeconds(Date.now() - OUTSIDE_TOLERANCE_MS)),
	'early signature': (body, secret) =>
		sign(body, secret, toSeconds(Date.now() + OUTSIDE_TOLERANCE_MS)),
	'no header': () => undefined,
	'cut header': (body, secret) => sign(body, secret).slice(0, -1),
	'no secret': (body) => sign(body, ''),
};

/** Forges the delivery with this number. Successive numbers have different kinds and event IDs. */
export function forgeDelivery(
	number: number,
	genuine: { eventId: string; body: string },
	secret: string,
): ForgedDelivery {
	const kinds = Object.entries(SIGNERS);
	const [kind, signBody] = kinds[number % kinds.length];
	const eventId = `evt_forged${number}`;
	const body = genuine.body.replaceAll(genuine.eventId, eventId);
	return { kind, eventId, body, signature: signBody(body, secret) };
}
