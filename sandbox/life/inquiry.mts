import { traitsOf } from '../people.mts';
import { fixtures } from '../seeds.mts';
import { one } from '../server/answer.mts';
import { conflict } from '../server/problem.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { plainFields } from './fields.mts';
import { matchLists } from './matching.mts';
import { isUnderInvestigation, redactVerification } from './redaction.mts';
import { expireSession, isOpen, newSession, startSession } from './sessions.mts';
import { addVerification, verifies } from './verification.mts';

// Persona's default.
const EXPIRES_AFTER_SECONDS = 86_400;

/** A status a person or a workflow gives an inquiry after the person has finished. */
export type Decision = 'approved' | 'declined' | 'needs_review';

const eventNames: Record<string, string> = { needs_review: 'inquiry.marked-for-review' };

/** Moves the inquiry to another status, stamps the time and tells the world. */
function become(world: World, inquiry: StoredObject, status: string, changes: JsonObject) {
	Object.assign(inquiry.attributes, { status, 'updated-at': now(), ...changes });
	world.emit(eventNames[status] ?? `inquiry.${status}`, inquiry);
}

/** Refuses whatever is done to an inquiry that was redacted. */
export function refuseRedacted({ attributes, type }: StoredObject) {
	if (attributes['redacted-at']) throw conflict(`${type} is already redacted`);
}

/** Sets when an open inquiry expires; null leaves it to Persona's default. */
export function expireIn(inquiry: StoredObject, seconds: number | null | undefined) {
	const ms = (seconds ?? EXPIRES_AFTER_SECONDS) * 1000;
	inquiry.attributes['expires-at'] = new Date(Date.now() + ms).toISOString();
}

/** The person begins; a session is opened if there is none. */
export function start(
	world: World,
	inquiry: StoredObject,
	session?: StoredObject,
	userAgent?: string,
) {
	const own = session ?? openSession(world, inquiry);
	startSession(world, own, inquiry, userAgent);
	if (inquiry.attributes.status !== 'created') return;
	const { expireAfterStart } = world.about(inquiry);
	if (expireAfterStart) expireIn(inquiry, expireAfterStart);
	Object.assign(inquiry.attributes, {
		status: 'pending',
		'started-at': now(),
		'updated-at': now(),
		'previous-step-name': 'start',
		'next-step-name': 'verification_government_id',
	});
	world.emit('inquiry.started', inquiry);
}

/** Takes the person to the next screen. */
export function transition(world: World, inquiry: StoredObject, next: string) {
	Object.assign(inquiry.attributes, {
		'previous-step-name': inquiry.attributes['next-step-name'],
		'next-step-name': next,
		'updated-at': now(),
	});
	world.emit('inquiry.transitioned', inquiry);
}

/** The person shows an ID or a face; false when the check fails, which ends the inquiry. */
export function submit(
	world: World,
	inquiry: StoredObject,
	kind: 'government-id' | 'selfie',
): boolean {
	const passed = verifies(traitsOf(plainFields(inquiry)), kind);
	addVerification(world, inquiry, kind, passed);
	if (!passed) fail(world, inquiry);
	return passed;
}

/** The person reaches the end. What was not shown on the way is passed by itself. */
export function complete(world: World, inquiry: StoredObject) {
	if (inquiry.attributes.status === 'created') start(world, inquiry);
	const done = world.store.getRelated(inquiry, 'verifications').map(({ type }) => type);
	for (const kind of kindsOf(inquiry)) {
		if (!done.includes(`verification/${kind}`)) addVerification(world, inquiry, kind, true);
	}
	become(world, inquiry, 'completed', {
		'completed-at': now(),
		'previous-step-name': inquiry.attributes['next-step-name'],
		'next-step-name': 'success',
	});
	matchLists(world, inquiry);
	if (traitsOf(plainFields(inquiry)).has('needsReview')) decide(world, inquiry, 'needs_review');
}

/** The person cannot be verified. */
export function fail(world: World, inquiry: StoredObject) {
	become(world, inquiry, 'failed', {
		'failed-at': now(),
		'previous-step-name': inquiry.attributes['next-step-name'],
		'next-step-name': 'fail',
	});
}

/** Nobody can go on with the inquiry, until it is resumed. */
export function expire(world: World, inquiry: StoredObject) {
	refuseRedacted(inquiry);
	const { status } = inquiry.attributes;
	if (status !== 'created' && status !== 'pending') {
		throw conflict(`Inquiry with the status ${String(status)} cannot be expired`);
	}
	for (const session of world.store.getRelated(inquiry, 'sessions')) expireSession(world, session);
	become(world, inquiry, 'expired', { 'expired-at': now() });
}

/** Opens an expired or interrupted inquiry again and gives the session to go on with. */
export function resume(world: World, inquiry: StoredObject): StoredObject {
	refuseRedacted(inquiry);
	const { status } = inquiry.attributes;
	if (status !== 'pending' && status !== 'expired') {
		throw conflict(`Inquiry with the status ${String(status)} cannot be resumed`);
	}
	const { expireAfterResume } = world.about(inquiry);
	if (status === 'expired' || expireAfterResume) expireIn(inquiry, expireAfterResume);
	Object.assign(inquiry.attributes, { status: 'pending', 'expired-at': null, 'updated-at': now() });
	if (status === 'expired') world.emit('inquiry.started', inquiry);
	return openSession(world, inquiry);
}

/** Approves, declines or marks for review. */
export function decide(world: World, inquiry: StoredObject, decision: Decision, comment?: string) {
	refuseRedacted(inquiry);
	const { status } = inquiry.attributes;
	const decided = status === 'approved' || status === 'declined';
	if (decision === 'needs_review' && decided) {
		throw conflict(`Inquiry is already ${String(status)}`);
	}
	if (decision === 'needs_review') {
		return become(world, inquiry, decision, { 'marked-for-review-at': now() });
	}
	inquiry.relationships = {
		...inquiry.relationships,
		reviewer: one({ type: 'user', id: fixtures.user }),
	};
	return become(world, inquiry, decision, {
		'decisioned-at': now(),
		...(comment !== undefined && { 'reviewer-comment': comment }),
	});
}

/** Wipes the person's data for ever; the event follows when all that hangs on it is wiped too. */
export function redact(world: World, inquiry: StoredObject) {
	refuseRedacted(inquiry);
	if (isUnderInvestigation(world, inquiry)) {
		throw conflict('Inquiry has a verification under investigation');
	}
	const fields = inquiry.attributes.fields as Record<string, { type: string }>;
	const empty = Object.entries(fields).map(([key, { type }]) => [key, { type, value: null }]);
	Object.assign(inquiry.attributes, {
		fields: Object.fromEntries(empty) as Json,
		note: null,
		'redacted-at': now(),
		'updated-at': now(),
	});
	world.after(50, () => {
		for (const each of world.store.getRelated(inquiry, 'verifications')) {
			redactVerification(world, each);
		}
		world.emit('inquiry.redacted', inquiry);
	});
}

/** Expires every open inquiry whose time is over. */
export function expireOverdue(world: World) {
	const due = new Date().toISOString();
	const open = world.store.getCollection('inquiry').findAll(({ attributes }) => {
		const { status, 'expires-at': at } = attributes;
		return (status === 'created' || status === 'pending') && typeof at === 'string' && at <= due;
	});
	for (const inquiry of open) expire(world, inquiry);
}

/** The session to go on with: an open one, else a new one. */
export function openSession(world: World, inquiry: StoredObject): StoredObject {
	const sessions = world.store.getRelated(inquiry, 'sessions');
	return sessions.find((each) => isOpen(world, each)) ?? newSession(world, inquiry);
}

/** What the inquiry's template asks a person to show. */
export function kindsOf(inquiry: StoredObject): ('government-id' | 'selfie')[] {
	const template = inquiry.relationships?.['inquiry-template'].data;
	const idOnly = template && 'id' in template && template.id === fixtures.idOnlyInquiryTemplate;
	return idOnly ? ['government-id'] : ['government-id', 'selfie'];
}
