import type { Trait } from '../people.mts';
import { seeds } from '../seeds.mts';
import { many, one } from '../server/answer.mts';
import type { Members, Thing } from '../store.mts';
import { now, type World } from '../world.mts';
import { governmentId, selfie } from './findings.mts';

/** Whether a person with these traits passes this check. */
export const verifies = (traits: Set<Trait>, kind: 'government-id' | 'selfie') =>
	!traits.has(kind === 'selfie' ? 'failsSelfie' : 'failsGovernmentId');

/** Gives the inquiry a finished verification with its checks, photos and documents. */
export function addVerification(
	world: World,
	inquiry: Thing,
	kind: 'government-id' | 'selfie',
	passed: boolean,
): Thing {
	const template = kind === 'selfie' ? seeds.selfieTemplate : seeds.governmentIdTemplate;
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
			'verification-template': one({ type: `verification-template/${kind}`, id: template }),
			'verification-template-version': one({
				type: `verification-template-version/${kind}`,
				id: template.replace('vtmpl', 'vtmplv'),
			}),
			accounts: many(account?.data && !Array.isArray(account.data) ? [account.data] : []),
		},
	);
	world.attach(inquiry, 'verifications', verification);
	world.emit('verification.created', verification);
	verification.attributes.status = 'submitted';
	world.emit('verification.submitted', verification);
	const findings =
		kind === 'selfie'
			? selfie(world, inquiry, passed)
			: governmentId(world, inquiry, verification, passed);
	Object.assign(verification.attributes, findings, stamped('completed'), {
		status: passed ? 'passed' : 'failed',
	});
	world.emit(`verification.${passed ? 'passed' : 'failed'}`, verification);
	return verification;
}

/** Wipes what a verification knows about the person. */
export function redactVerification(verification: Thing) {
	const kept = /(^status|-at|-at-ts|^checks|^tags|^country-code|-reasons|^from-)/;
	for (const [name, value] of Object.entries(verification.attributes)) {
		if (!kept.test(name)) verification.attributes[name] = Array.isArray(value) ? [] : null;
	}
	verification.attributes['redacted-at'] = now();
}

const seconds = () => Math.floor(Date.now() / 1000);

const stamped = (what: string): Members => ({
	[`${what}-at`]: now(),
	[`${what}-at-ts`]: seconds(),
});
