import { createHmac, randomUUID } from 'node:crypto';
import { ConflictError } from '../../state/errors.mts';
import { createRandomText } from '../../state/ids.mts';
import type { JsonObject } from '../../state/json.mts';
import { toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { getFieldValues } from '../shared/fields.mts';
import { requireNotRedacted } from '../shared/requireNotRedacted.mts';
import { detectTraits } from '../shared/testPersonas.mts';

// Both are Persona's defaults.
const MAX_SESSIONS_PER_INQUIRY = 25;
const SESSION_SECONDS = 86_400;

/** Creates a session that was not opened yet. Throws where the inquiry has the maximum of sessions. */
export function createSession(state: SandboxState, inquiry: StoredObject): StoredObject {
	if (state.store.getRelated(inquiry, 'sessions').length >= MAX_SESSIONS_PER_INQUIRY) {
		throw new ConflictError(
			`Inquiry has reached its limit of ${MAX_SESSIONS_PER_INQUIRY} sessions`,
		);
	}
	const session = state.createObject(
		'inquiry-session',
		'iqse',
		{
			status: 'new',
			'created-at': getTimestamp(),
			'started-at': null,
			'expired-at': null,
			'ip-address': null,
			'user-agent': null,
			'os-name': null,
			'os-full-version': null,
			'device-type': null,
			'device-name': null,
			'browser-name': null,
			'browser-full-version': null,
			'mobile-sdk-name': null,
			'mobile-sdk-full-version': null,
			'device-handoff-method': null,
			'is-proxy': null,
			'is-tor': null,
			'is-datacenter': null,
			'is-vpn': null,
			'threat-level': null,
			'country-code': null,
			'country-name': null,
			'region-code': null,
			'region-name': null,
			latitude: null,
			longitude: null,
			'gps-latitude': null,
			'gps-longitude': null,
			'gps-precision': null,
			'ip-connection-type': null,
			'ip-isp': null,
			'network-organization': null,
		},
		{ inquiry: toOne(inquiry), device: toOne(null), network: toOne(null) },
	);
	state.getPrivateState(session).endsAt = Date.now() + SESSION_SECONDS * 1000;
	state.addRelated(inquiry, 'sessions', session);
	return session;
}

/**
 * Throws a conflict where a person has no access to the inquiry any more. Links and sessions are "ways
 * to access Inquiries that are in progress" (https://docs.withpersona.com/resuming-inquiries); an
 * expired inquiry is "inaccessible to end users" until it is resumed, and all its sessions and
 * one-time links have expired with it (https://docs.withpersona.com/inquiry-expiration).
 */
export function requireInProgress(inquiry: StoredObject) {
	requireNotRedacted(inquiry);
	const status = String(inquiry.attributes.status);
	if (status === 'created' || status === 'pending') return;
	throw new ConflictError(`Inquiry with the status ${status} cannot be accessed`);
}

/** Whether a person can still use the session. */
export const isSessionOpen = (state: SandboxState, session: StoredObject) =>
	session.attributes.status !== 'expired' &&
	(state.getPrivateState(session).endsAt ?? 0) > Date.now();

/** Opens a new session: sets its location, network and device. */
export function startSession(
	state: SandboxState,
	session: StoredObject,
	inquiry: StoredObject,
	userAgent?: string,
) {
	if (session.attributes.status !== 'new') return;
	const isHidden = detectTraits(getFieldValues(inquiry)).has('hidesLocation');
	const location: JsonObject = isHidden
		? { 'country-code': 'NL', 'country-name': 'Netherlands', latitude: 52.37, longitude: 4.89 }
		: {
				'country-code': 'US',
				'country-name': 'United States',
				latitude: 37.77,
				longitude: -122.42,
			};
	const region: JsonObject = isHidden
		? { 'region-code': 'NH', 'region-name': 'North Holland' }
		: { 'region-code': 'CA', 'region-name': 'California' };
	const threatLevel = isHidden ? 'high' : 'low';
	const ipAddress = isHidden ? '198.51.100.7' : '203.0.113.42';
	Object.assign(session.attributes, location, region, {
		status: 'active',
		'started-at': getTimestamp(),
		'ip-address': ipAddress,
		'user-agent': userAgent ?? 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)',
		'os-name': 'iOS',
		'os-full-version': '17.0',
		'device-type': 'smartphone',
		'device-name': 'iPhone',
		'browser-name': 'Mobile Safari',
		'browser-full-version': '17.0',
		'is-proxy': isHidden,
		'is-tor': isHidden,
		'is-datacenter': isHidden,
		'is-vpn': isHidden,
		'threat-level': threatLevel,
		'ip-connection-type': isHidden ? 'hosting' : 'cellular',
		'ip-isp': isHidden ? 'Example Hosting' : 'Example Mobile',
		'network-organization': isHidden ? 'Example Hosting' : 'Example Mobile',
	});
	const network = state.createObject('network', 'net', {
		'created-at': getTimestamp(),
		'ip-address': ipAddress,
		'service-provider': isHidden ? 'Example Hosting' : 'Example Mobile',
		'service-type': isHidden ? 'hosting' : 'cellular',
		'proxy-type': isHidden ? 'vpn' : null,
		'threat-level': threatLevel,
		...location,
		...region,
	});
	const device = state.createObject('device', 'dev', {
		'device-vendor-id': null,
		'device-fingerprint': createRandomText(32),
		'browser-fingerprint': createRandomText(32),
	});
	Object.assign(session.relationships ?? {}, { network: toOne(network), device: toOne(device) });
	state.emitEvent('inquiry-session.started', session);
}

/** Expires a session. */
export function expireSession(state: SandboxState, session: StoredObject) {
	if (session.attributes.status === 'expired') return;
	Object.assign(session.attributes, { status: 'expired', 'expired-at': getTimestamp() });
	state.emitEvent('inquiry-session.expired', session);
}

/** A token that opens the session any number of times. */
export function createSessionToken(state: SandboxState, session: StoredObject): string {
	const encode = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url');
	const issuedAt = Math.floor(Date.now() / 1000);
	const content = `${encode({ alg: 'HS256' })}.${encode({
		sub: session.id,
		aud: 'persona-verify',
		iss: 'sandbox',
		iat: issuedAt,
		exp: Math.floor((state.getPrivateState(session).endsAt ?? 0) / 1000),
		jti: randomUUID(),
	})}`;
	const signature = createHmac('sha256', session.id).update(content).digest('base64url');
	const token = `${content}.${signature}`;
	state.sessionIds.set(token, session.id);
	return token;
}

/** Links that open the hosted flow once, as `meta` shows them. */
export function createOneTimeLinks(
	state: SandboxState,
	session: StoredObject,
	lifetimeSeconds = SESSION_SECONDS,
): JsonObject {
	const expiresAt = Date.now() + lifetimeSeconds * 1000;
	const link = { sessionId: session.id, expiresAt, isUsed: false };
	const code = `us1-${createRandomText(24)}`;
	const shortCode = createRandomText(8);
	// Both codes belong to one link: opening either uses up both.
	state.oneTimeLinks.set(code, link);
	state.oneTimeLinks.set(shortCode, link);
	return {
		'one-time-link': `${state.publicUrl}/verify?code=${code}`,
		'one-time-link-short': `${state.publicUrl}/verify?code=${shortCode}`,
	};
}

/** The session of a token. */
export function findSessionByToken(state: SandboxState, token: string): StoredObject | undefined {
	const id = state.sessionIds.get(token);
	return id === undefined ? undefined : state.store.find({ type: 'inquiry-session', id });
}

/** The inquiry of a session. */
export function getSessionInquiry(state: SandboxState, session: StoredObject): StoredObject {
	const [inquiry] = state.store.getRelated(session, 'inquiry');
	return inquiry;
}
