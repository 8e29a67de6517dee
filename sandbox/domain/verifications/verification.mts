import { fixtures } from '../../state/fixtures.mts';
import type { JsonObject } from '../../state/json.mts';
import { toMany, toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import type { PersonaTrait } from '../shared/testPersonas.mts';
import { buildVerificationResult } from './verificationResult.mts';

/** Whether a person with these traits passes a verification of this kind. */
export const passesVerification = (traits: Set<PersonaTrait>, kind: 'government-id' | 'selfie') =>
	!traits.has(kind === 'selfie' ? 'failsSelfie' : 'failsGovernmentId');

/** Adds a finished verification to the inquiry, with its checks, files, documents and events. */
export function addVerification(
	state: SandboxState,
	inquiry: StoredObject,
	kind: string,
	isPassed: boolean,
): StoredObject {
	const { account, ...related } = inquiry.relationships ?? {};
	const verification = state.createObject(
		`verification/${kind}`,
		'ver',
		{
			...createTimestamps('created'),
			...createTimestamps('submitted'),
			status: 'initiated',
			'completed-at': null,
			'completed-at-ts': null,
			'redacted-at': null,
			'country-code': 'US',
			tags: [],
			checks: [],
		},
		{
			inquiry: toOne(inquiry),
			template: related.template,
			'inquiry-template': related['inquiry-template'],
			'inquiry-template-version': related['inquiry-template-version'],
			transaction: toOne(null),
			'verification-template': toOne({
				type: `verification-template/${kind}`,
				id: fixtures.getVerificationTemplate(kind),
			}),
			'verification-template-version': toOne({
				type: `verification-template-version/${kind}`,
				id: fixtures.getVerificationTemplateVersion(kind),
			}),
			accounts: toMany(account?.data && !Array.isArray(account.data) ? [account.data] : []),
		},
	);
	state.addRelated(inquiry, 'verifications', verification);
	state.emitEvent('verification.created', verification);
	verification.attributes.status = 'submitted';
	state.emitEvent('verification.submitted', verification);
	const result = buildVerificationResult(state, inquiry, verification, kind, isPassed);
	Object.assign(verification.attributes, result, createTimestamps('completed'), {
		status: isPassed ? 'passed' : 'failed',
	});
	state.emitEvent(`verification.${isPassed ? 'passed' : 'failed'}`, verification);
	return verification;
}

/** The time of a step, in ISO 8601 and in Unix seconds. */
const createTimestamps = (step: 'completed' | 'created' | 'submitted'): JsonObject => ({
	[`${step}-at`]: getTimestamp(),
	[`${step}-at-ts`]: Math.floor(Date.now() / 1000),
});
