import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import type { IWebhookFunctions } from 'n8n-workflow';
import { buildSignatureHeader } from '../../sandbox/webhooks/signature.mts';
import type { SignatureTask, VerificationRates } from '../signatureTask.mts';
import { stripeSecret as secret } from '../subjects/stripe.mts';

type Signatures = typeof import('../../nodes/Persona/events/signing/signature.ts');

interface StripeHelpers {
	verifySignature: (this: IWebhookFunctions) => Promise<boolean>;
}

const { n8nFolder, packageFolder, bytes, rounds, sliceMs }: SignatureTask = JSON.parse(
	process.argv[2],
);
const inPackage = createRequire(`${packageFolder}/package.json`);
const inN8n = createRequire(`${n8nFolder}/node_modules/n8n/package.json`);
const { findSignedTime, isWithinTolerance, parseSignatureHeader }: Signatures = inPackage(
	'./dist/nodes/Persona/events/signing/signature.js',
);
const stripe: StripeHelpers = inN8n('n8n-nodes-base/dist/nodes/Stripe/StripeTriggerHelpers.js');

const rest = JSON.stringify({ data: { type: 'event', attributes: { text: '' } } }).length;
const text = 'x'.repeat(bytes - rest);
const body = Buffer.from(JSON.stringify({ data: { type: 'event', attributes: { text } } }));

/** Creates a context with what the Stripe Trigger reads of n8n, and nothing that takes time. */
const createStripeContext = (header: string) =>
	({
		getWorkflowStaticData: () => ({ webhookSecret: secret }),
		getRequestObject: () => ({ header: () => header, rawBody: body }),
	}) as unknown as IWebhookFunctions;

const verifiers: Record<keyof VerificationRates, (header: string) => Promise<boolean>> = {
	async package(header) {
		const seconds = findSignedTime(parseSignatureHeader(header), body, [secret]);
		return seconds !== undefined && isWithinTolerance(seconds, Date.now(), 5);
	},
	async baseline(header) {
		return await stripe.verifySignature.call(createStripeContext(header));
	},
	async hmacOnly(header) {
		const time = header.slice(2, header.indexOf(','));
		const digest = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
		return header.endsWith(digest);
	},
};

/**
 * Measures how many genuine signatures a variant verifies per second of CPU time. CPU time, because
 * other programs on the machine would distort elapsed time at random.
 */
async function measureRate(verify: (header: string) => Promise<boolean>) {
	const header = buildSignatureHeader(body, [secret]);
	if (await verify(buildSignatureHeader(body, ['whsec_other'])))
		throw new Error('Accepts a forged signature');
	const until = performance.now() + sliceMs;
	const before = process.cpuUsage();
	let count = 0;
	for (; performance.now() < until; count++) {
		if (!(await verify(header))) throw new Error('Rejects a genuine signature');
	}
	const { user, system } = process.cpuUsage(before);
	return (count * 1_000_000) / (user + system);
}

const rates: VerificationRates = { package: [], baseline: [], hmacOnly: [] };
// Round 0 is a warm-up and does not count.
for (let round = 0; round <= rounds; round++) {
	for (const name of ['package', 'baseline', 'hmacOnly'] as const) {
		const rate = await measureRate(verifiers[name]);
		if (round > 0) rates[name].push(rate);
	}
}
console.log(JSON.stringify(rates));
