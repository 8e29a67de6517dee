import { pathToFileURL } from 'node:url';

/** The host where n8n's Stripe Trigger registers its webhook. It cannot be configured. */
export const stripeHost = 'api.stripe.com';

/** The webhook secret of the fake Stripe. */
export const stripeSecret = 'whsec_0123456789abcdef0123456789abcdef';

/** Environment of an n8n that runs the fake Stripe in its own process, so that no request leaves it. */
export const fakeStripeEnv = {
	NODE_OPTIONS: `--import=${pathToFileURL('bench/workers/stripeApi.mts').href}`,
};
