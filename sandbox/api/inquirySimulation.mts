import {
	completeInquiry,
	decideInquiry,
	expireInquiry,
	failInquiry,
	startInquiry,
} from '../domain/inquiries/inquiry.mts';
import { requireNotRedacted } from '../domain/shared/requireNotRedacted.mts';
import { addVerification } from '../domain/verifications/verification.mts';
import { verificationKinds } from '../domain/verifications/verificationKinds.mts';
import { isProductionKey } from '../http/authentication.mts';
import { defineBody, defineObject, text } from '../http/bodySchema.mts';
import type { ApiRequest } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import { ApiError, BadRequestError, NotFoundError, UnprocessableError } from '../state/errors.mts';
import { fixtures } from '../state/fixtures.mts';
import type { JsonObject } from '../state/json.mts';

/** The body that lists the actions to simulate. */
export const simulationBody = defineBody({
	'meta*': defineObject({
		'simulate-actions*': {
			type: 'array',
			items: defineObject({
				'type*': text,
				data: defineObject({ 'verification-template-id*': text }),
			}),
		},
	}),
});

/** Simulates actions of a person or a reviewer on an inquiry, in order. */
export function simulateActions(request: ApiRequest) {
	const { state, meta, key } = request;
	if (isProductionKey(key)) throw new ApiError(403, 'Simulation is only possible in the sandbox');
	const inquiry = getTarget(request, 'inquiry');
	requireNotRedacted(inquiry);
	const actions: Record<string, (data: JsonObject) => void> = {
		start_inquiry: () => startInquiry(state, inquiry),
		complete_inquiry: () => completeInquiry(state, inquiry),
		fail_inquiry: () => failInquiry(state, inquiry),
		expire_inquiry: () => expireInquiry(state, inquiry),
		mark_for_review_inquiry: () => decideInquiry(state, inquiry, 'needs_review'),
		approve_inquiry: () => decideInquiry(state, inquiry, 'approved', { byPerson: true }),
		decline_inquiry: () => decideInquiry(state, inquiry, 'declined', { byPerson: true }),
		create_passed_verification: (data) => addSimulatedVerification(data, true),
		create_failed_verification: (data) => addSimulatedVerification(data, false),
	};
	const addSimulatedVerification = (data: JsonObject, isPassed: boolean) => {
		const template = data['verification-template-id'];
		if (typeof template !== 'string') {
			throw new BadRequestError('meta.simulate_actions.data.verification_template_id is missing');
		}
		const kinds = Object.keys(verificationKinds);
		const kind = kinds.find(
			(candidate) => fixtures.getVerificationTemplate(candidate) === template,
		);
		if (!kind) throw new NotFoundError('verification_template_id is not found');
		addVerification(state, inquiry, kind, isPassed);
	};
	const steps = meta['simulate-actions'] as { type: string; data?: JsonObject }[];
	steps.forEach(({ type, data }, index) => {
		const action = actions[type];
		if (!action) {
			throw new UnprocessableError(
				`${type} is not a known action`,
				`/meta/simulate-actions/${index}/type`,
			);
		}
		action((data ?? {}) as JsonObject);
	});
	return { object: inquiry };
}
