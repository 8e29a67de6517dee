import { sign } from '../support/sign.mts';

/** A delivery that Persona did not make, or not now. */
export interface ForgedDelivery {
	kind: string;
	eventId: string;
	body: string;
	/** Left out, there is no such header. */
	signature?: string;
}

/** Milliseconds; one minute more than the trigger tolerates. */
const TOO_LONG = 6 * 60 * 1000;

const toSeconds = (ms: number) => Math.floor(ms / 1000);

/** How each kind signs a body without being entitled to; the secret is the one that is good now. */
const KINDS: Record<string, (body: string, secret: string) => string | undefined> = {
	'wrong secret': (body) => sign(body, 'wbhsec_00000000-0000-4000-8000-000000000000'),
	'changed body': (body, secret) => sign(body.replace('evt_', 'evt_other'), secret),
	'old signature': (body, secret) => sign(body, secret, toSeconds(Date.now() - TOO_LONG)),
	'early signature': (body, secret) => sign(body, secret, toSeconds(Date.now() + TOO_LONG)),
	'no header': () => undefined,
	'cut header': (body, secret) => sign(body, secret).slice(0, -1),
	'no secret': (body) => sign(body, ''),
};

/** The forgery with this number, each of another kind than the one before, of an event of its own. */
export function forgeDelivery(
	number: number,
	genuine: { eventId: string; body: string },
	secret: string,
): ForgedDelivery {
	const kinds = Object.entries(KINDS);
	const [kind, signatureOf] = kinds[number % kinds.length];
	const eventId = `evt_forged${number}`;
	const body = genuine.body.replaceAll(genuine.eventId, eventId);
	return { kind, eventId, body, signature: signatureOf(body, secret) };
}
