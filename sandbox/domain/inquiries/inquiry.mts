import { ConflictError } from '../../state/errors.mts';
import { fixtures } from '../../state/fixtures.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { matchLists } from '../lists/matchLists.mts';
import { getFieldValues } from '../shared/fields.mts';
import { requireNotRedacted } from '../shared/requireNotRedacted.mts';
import { detectTraits } from '../shared/testPersonas.mts';
import { isUnderInvestigation, redactVerification } from '../verifications/redactVerification.mts';
import { addVerification, passesVerification } from '../verifications/verification.mts';
import { createSession, expireSession, isSessionOpen, startSession } from './sessions.mts';

/** Persona's default. */
const DEFAULT_EXPIRY_SECONDS = 86_400;

const REDACTION_DELAY_MS = 50;

/** A status that a reviewer or workflow gives to a finished inquiry. */
export type InquiryDecision = 'approved' | 'declined' | 'needs_review';

/** Where the name of the event differs from `inquiry.<status>`. */
const EVENT_NAMES: Record<string, string> = { needs_review: 'inquiry.marked-for-review' };

/** Sets the status with other attributes and emits the event of the status. */
function changeStatus(
	state: SandboxState,
	inquiry: StoredObject,
	status: string,
	changes: JsonObject,
) {
	Object.assign(inquiry.attributes, { status, 'updated-at': getTimestamp(), ...changes });
	state.emitEvent(EVENT_NAMES[status] ?? `inquiry.${status}`, inquiry);
}

/** Sets when an open inquiry expires; null means Persona's default. */
export function setExpiry(inquiry: StoredObject, seconds: number | null | undefined) {
	const ms = (seconds ?? DEFAULT_EXPIRY_SECONDS) * 1000;
	inquiry.attributes['expires-at'] = new Date(Date.now() + ms).toISOString();
}

/** The person starts the inquiry, in a new session if there is none. */
export function startInquiry(
	state: SandboxState,
	inquiry: StoredObject,
	session?: StoredObject,
	userAgent?: string,
) {
	startSession(state, session ?? getOrCreateSession(state, inquiry), inquiry, userAgent);
	if (inquiry.attributes.status !== 'created') return;
	const { expireAfterStartSeconds } = state.getPrivateState(inquiry);
	if (expireAfterStartSeconds) setExpiry(inquiry, expireAfterStartSeconds);
	Object.assign(inquiry.attributes, {
		status: 'pending',
		'started-at': getTimestamp(),
		'updated-at': getTimestamp(),
		'previous-step-name': 'start',
		'next-step-name': 'verification_government_id',
	});
	state.emitEvent('inquiry.started', inquiry);
}

/** The person reaches another step of the flow. */
export function moveToStep(state: SandboxState, inquiry: StoredObject, step: string) {
	Object.assign(inquiry.attributes, {
		'previous-step-name': inquiry.attributes['next-step-name'],
		'next-step-name': step,
		'updated-at': getTimestamp(),
	});
	state.emitEvent('inquiry.transitioned', inquiry);
}

/** The person submits an ID or a selfie. False when it does not pass, which ends the inquiry. */
export function submitVerification(
	state: SandboxState,
	inquiry: StoredObject,
	kind: 'government-id' | 'selfie',
): boolean {
	const isPassed = passesVerification(detectTraits(getFieldValues(inquiry)), kind);
	addVerification(state, inquiry, kind, isPassed);
	if (!isPassed) failInquiry(state, inquiry);
	return isPassed;
}

/** The person completes the inquiry. Verifications that are missing are added as passed. */
export function completeInquiry(state: SandboxState, inquiry: StoredObject) {
	if (inquiry.attributes.status === 'created') startInquiry(state, inquiry);
	const done = state.store.getRelated(inquiry, 'verifications').map(({ type }) => type);
	for (const kind of getRequiredKinds(inquiry)) {
		if (!done.includes(`verification/${kind}`)) addVerification(state, inquiry, kind, true);
	}
	changeStatus(state, inquiry, 'completed', {
		'completed-at': getTimestamp(),
		'previous-step-name': inquiry.attributes['next-step-name'],
		'next-step-name': 'success',
	});
	matchLists(state, inquiry);
	if (detectTraits(getFieldValues(inquiry)).has('needsReview')) {
		decideInquiry(state, inquiry, 'needs_review');
	}
}

/** Ends the inquiry because the person could not be verified. */
export function failInquiry(state: SandboxState, inquiry: StoredObject) {
	changeStatus(state, inquiry, 'failed', {
		'failed-at': getTimestamp(),
		'previous-step-name': inquiry.attributes['next-step-name'],
		'next-step-name': 'fail',
	});
}

/** Expires an open inquiry, which can then only be resumed. Throws for any other. */
export function expireInquiry(state: SandboxState, inquiry: StoredObject) {
	requireNotRedacted(inquiry);
	const { status } = inquiry.attributes;
	if (status !== 'created' && status !== 'pending') {
		throw new ConflictError(`Inquiry with the status ${String(status)} cannot be expired`);
	}
	for (const session of state.store.getRelated(inquiry, 'sessions')) expireSession(state, session);
	changeStatus(state, inquiry, 'expired', { 'expired-at': getTimestamp() });
}

/** Reopens an expired or pending inquiry and returns its open session. Throws for any other. */
export function resumeInquiry(state: SandboxState, inquiry: StoredObject): StoredObject {
	requireNotRedacted(inquiry);
	const { status } = inquiry.attributes;
	if (status !== 'pending' && status !== 'expired') {
		throw new ConflictError(`Inquiry with the status ${String(status)} cannot be resumed`);
	}
	const { expireAfterResumeSeconds } = state.getPrivateState(inquiry);
	if (status === 'expired' || expireAfterResumeSeconds) {
		setExpiry(inquiry, expireAfterResumeSeconds);
	}
	Object.assign(inquiry.attributes, {
		status: 'pending',
		'expired-at': null,
		'updated-at': getTimestamp(),
	});
	if (status === 'expired') state.emitEvent('inquiry.started', inquiry);
	return getOrCreateSession(state, inquiry);
}

/**
 * Approves, declines or marks for review. Only a person in the dashboard is the reviewer: of a decision
 * by an API key, Persona's examples have none. Throws when a decided inquiry would be marked for review.
 */
export function decideInquiry(
	state: SandboxState,
	inquiry: StoredObject,
	decision: InquiryDecision,
	{ comment, byPerson = false }: { comment?: string; byPerson?: boolean } = {},
) {
	requireNotRedacted(inquiry);
	const { status } = inquiry.attributes;
	const isDecided = status === 'approved' || status === 'declined';
	if (decision === 'needs_review' && isDecided) {
		throw new ConflictError(`Inquiry is already ${String(status)}`);
	}
	if (decision === 'needs_review') {
		return changeStatus(state, inquiry, decision, { 'marked-for-review-at': getTimestamp() });
	}
	inquiry.relationships = {
		...inquiry.relationships,
		reviewer: toOne(byPerson ? { type: 'user', id: fixtures.user } : null),
	};
	return changeStatus(state, inquiry, decision, {
		'decisioned-at': getTimestamp(),
		...(comment !== undefined && { 'reviewer-comment': comment }),
	});
}

/**
 * Redacts the person's data. The verifications and the event follow a moment later, as in Persona.
 * Throws while a verification is under investigation.
 */
export function redactInquiry(state: SandboxState, inquiry: StoredObject) {
	requireNotRedacted(inquiry);
	if (isUnderInvestigation(state, inquiry)) {
		throw new ConflictError('Inquiry has a verification under investigation');
	}
	const fields = inquiry.attributes.fields as Record<string, { type: string }>;
	const emptyFields = Object.entries(fields).map(([key, { type }]) => [key, { type, value: null }]);
	Object.assign(inquiry.attributes, {
		fields: Object.fromEntries(emptyFields) as Json,
		note: null,
		'redacted-at': getTimestamp(),
		'updated-at': getTimestamp(),
	});
	state.schedule(REDACTION_DELAY_MS, () => {
		for (const verification of state.store.getRelated(inquiry, 'verifications')) {
			redactVerification(state, verification);
		}
		state.emitEvent('inquiry.redacted', inquiry);
	});
}

/** Expires every open inquiry whose `expires-at` has passed. */
export function expireOverdueInquiries(state: SandboxState) {
	const now = getTimestamp();
	const overdue = state.store.getCollection('inquiry').findAll(({ attributes }) => {
		const { status, 'expires-at': expiresAt } = attributes;
		const isOpen = status === 'created' || status === 'pending';
		return isOpen && typeof expiresAt === 'string' && expiresAt <= now;
	});
	for (const inquiry of overdue) expireInquiry(state, inquiry);
}

/** An open session of the inquiry, or else a new one. */
export function getOrCreateSession(state: SandboxState, inquiry: StoredObject): StoredObject {
	const sessions = state.store.getRelated(inquiry, 'sessions');
	return sessions.find((each) => isSessionOpen(state, each)) ?? createSession(state, inquiry);
}

/** The kinds of verification that the inquiry's template requires. */
export function getRequiredKinds(inquiry: StoredObject): ('government-id' | 'selfie')[] {
	const template = inquiry.relationships?.['inquiry-template'].data;
	const isIdOnly = template && 'id' in template && template.id === fixtures.idOnlyInquiryTemplate;
	return isIdOnly ? ['government-id'] : ['government-id', 'selfie'];
}
