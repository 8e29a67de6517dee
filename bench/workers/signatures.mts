import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import type { IWebhookFunctions } from 'n8n-workflow';
import { buildSignatureHeader } from '../../sandbox/webhooks/signature.mts';
import type { Checks, CheckRates } from '../signatureTask.mts';
import { stripeSecret as secret } from '../subjects/stripe.mts';

type Signatures = typeof import('../../nodes/Persona/triggers/webhook/delivery/signature.ts');

interface StripeHelpers {
	verifySignature: (this: IWebhookFunctions) => Promise<boolean>;
}

const { n8nFolder, packageFolder, bytes, rounds, ms }: Checks = JSON.parse(process.argv[2]);
const inPackage = createRequire(`${packageFolder}/package.json`);
const inN8n = createRequire(`${n8nFolder}/node_modules/n8n/package.json`);
const { isWithinTolerance, parseSignatureHeader, verifySignature }: Signatures = inPackage(
	'./dist/nodes/Persona/triggers/webhook/delivery/signature.js',
);
const stripe: StripeHelpers = inN8n('n8n-nodes-base/dist/nodes/Stripe/StripeTriggerHelpers.js');

const rest = JSON.stringify({ data: { type: 'event', attributes: { text: '' } } }).length;
const text = 'x'.repeat(bytes - rest);
const body = Buffer.from(JSON.stringify({ data: { type: 'event', attributes: { text } } }));

/** A context with what Stripe's way asks of n8n, and nothing that takes time. */
const contextOf = (header: string) =>
	({
		getWorkflowStaticData: () => ({ webhookSecret: secret }),
		getRequestObject: () => ({ header: () => header, rawBody: body }),
	}) as unknown as IWebhookFunctions;

const ways: Record<keyof CheckRates, (header: string) => Promise<boolean>> = {
	async ours(header) {
		const seconds = verifySignature(parseSignatureHeader(header), body, [secret]);
		return seconds !== undefined && isWithinTolerance(seconds, Date.now(), 5);
	},
	async theirs(header) {
		return await stripe.verifySignature.call(contextOf(header));
	},
	async floor(header) {
		const time = header.slice(2, header.indexOf(','));
		const digest = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
		return header.endsWith(digest);
	},
};

/**
 * Checks that one way makes in a second, of what it has to accept. The second is the processor's own:
 * whatever else runs on the machine would fall on the ways at random.
 */
async function rateOf(check: (header: string) => Promise<boolean>) {
	const header = buildSignatureHeader(body, [secret]);
	if (await check(buildSignatureHeader(body, ['whsec_other'])))
		throw new Error('Accepts a forgery');
	const until = performance.now() + ms;
	const before = process.cpuUsage();
	let count = 0;
	for (; performance.now() < until; count++) {
		if (!(await check(header))) throw new Error('Refuses what is genuine');
	}
	const { user, system } = process.cpuUsage(before);
	return (count * 1_000_000) / (user + system);
}

const rates: CheckRates = { ours: [], theirs: [], floor: [] };
// Round 0 warms all of them up and does not count.
for (let round = 0; round <= rounds; round++) {
	for (const name of ['ours', 'theirs', 'floor'] as const) {
		const rate = await rateOf(ways[name]);
		if (round > 0) rates[name].push(rate);
	}
}
console.log(JSON.stringify(rates));
