import type { Trait } from '../people.mts';
import { fixtures, verificationTemplateVersion } from '../seeds.mts';
import { many, one } from '../server/answer.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { findingsOf } from './findings.mts';

/** Whether a person with these traits passes this check. */
export const verifies = (traits: Set<Trait>, kind: 'government-id' | 'selfie') =>
	!traits.has(kind === 'selfie' ? 'failsSelfie' : 'failsGovernmentId');

/** Gives the inquiry a finished verification of any kind with its checks, files and documents. */
export function addVerification(
	world: World,
	inquiry: StoredObject,
	kind: string,
	passed: boolean,
): StoredObject {
	const { account, ...related } = inquiry.relationships ?? {};
	const verification = world.create(
		`verification/${kind}`,
		'ver',
		{
			...stamped('created'),
			...stamped('submitted'),
			status: 'initiated',
			'completed-at': null,
			'completed-at-ts': null,
			'redacted-at': null,
			'country-code': 'US',
			tags: [],
			checks: [],
		},
		{
			inquiry: one(inquiry),
			template: related.template,
			'inquiry-template': related['inquiry-template'],
			'inquiry-template-version': related['inquiry-template-version'],
			transaction: one(null),
			'verification-template': one({
				type: `verification-template/${kind}`,
				id: fixtures.getVerificationTemplate(kind),
			}),
			'verification-template-version': one({
				type: `verification-template-version/${kind}`,
				id: verificationTemplateVersion(kind),
			}),
			accounts: many(account?.data && !Array.isArray(account.data) ? [account.data] : []),
		},
	);
	world.attach(inquiry, 'verifications', verification);
	world.emit('verification.created', verification);
	verification.attributes.status = 'submitted';
	world.emit('verification.submitted', verification);
	const findings = findingsOf(world, inquiry, verification, kind, passed);
	Object.assign(verification.attributes, findings, stamped('completed'), {
		status: passed ? 'passed' : 'failed',
	});
	world.emit(`verification.${passed ? 'passed' : 'failed'}`, verification);
	return verification;
}

const seconds = () => Math.floor(Date.now() / 1000);

const stamped = (what: string): JsonObject => ({
	[`${what}-at`]: now(),
	[`${what}-at-ts`]: seconds(),
});
