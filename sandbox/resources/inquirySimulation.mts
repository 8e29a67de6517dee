import { complete, decide, expire, fail, refuseRedacted, start } from '../life/inquiry.mts';
import { addVerification } from '../life/verification.mts';
import { verificationKinds } from '../life/verificationKinds.mts';
import { fixtures } from '../seeds.mts';
import { body, object, text } from '../server/body.mts';
import type { Call } from '../server/endpoint.mts';
import { found } from '../server/find.mts';
import { isProduction } from '../server/keys.mts';
import { invalid, malformed, notFound, Problem } from '../server/problem.mts';
import type { JsonObject } from '../store.mts';

/** The body that lists what shall happen. */
export const simulation = body({
	'meta*': object({
		'simulate-actions*': {
			type: 'array',
			items: object({ 'type*': text, data: object({ 'verification-template-id*': text }) }),
		},
	}),
});

/** Lets things happen to an inquiry, one after another, as if a person did them. */
export function simulate(call: Call) {
	const { world, meta, key } = call;
	if (isProduction(key)) throw new Problem(403, 'Simulation is only possible in the sandbox');
	const inquiry = found(call, 'inquiry');
	refuseRedacted(inquiry);
	const actions: Record<string, (data: JsonObject) => void> = {
		start_inquiry: () => start(world, inquiry),
		complete_inquiry: () => complete(world, inquiry),
		fail_inquiry: () => fail(world, inquiry),
		expire_inquiry: () => expire(world, inquiry),
		mark_for_review_inquiry: () => decide(world, inquiry, 'needs_review'),
		approve_inquiry: () => decide(world, inquiry, 'approved'),
		decline_inquiry: () => decide(world, inquiry, 'declined'),
		create_passed_verification: (data) => verification(data, true),
		create_failed_verification: (data) => verification(data, false),
	};
	const verification = (data: JsonObject, passed: boolean) => {
		const template = data['verification-template-id'];
		if (typeof template !== 'string') {
			throw malformed('meta.simulate_actions.data.verification_template_id is missing');
		}
		const kinds = Object.keys(verificationKinds);
		const kind = kinds.find((each) => fixtures.getVerificationTemplate(each) === template);
		if (!kind) throw notFound('verification_template_id is not found');
		addVerification(world, inquiry, kind, passed);
	};
	const steps = meta['simulate-actions'] as { type: string; data?: JsonObject }[];
	steps.forEach(({ type, data }, index) => {
		const action = actions[type];
		if (!action) {
			throw invalid(`${type} is not a known action`, `/meta/simulate-actions/${index}/type`);
		}
		action((data ?? {}) as JsonObject);
	});
	return { item: inquiry };
}
