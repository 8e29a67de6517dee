import { pathToFileURL } from 'node:url';

/** Where n8n's Stripe Trigger registers its webhook; nothing lets it ask another host. */
export const stripeHost = 'api.stripe.com';

/** What the stand-in for Stripe signs with. */
export const stripeSecret = 'whsec_0123456789abcdef0123456789abcdef';

/** Lets an n8n have the stand-in in its process, from which it can register but never leaves. */
export const withStripe = {
	NODE_OPTIONS: `--import=${pathToFileURL('bench/workers/stripeApi.mts').href}`,
};
