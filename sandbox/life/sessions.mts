import { createHmac, randomUUID } from 'node:crypto';
import { randomText } from '../ids.mts';
import { traitsOf } from '../people.mts';
import { one } from '../server/answer.mts';
import { conflict } from '../server/problem.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { plainFields } from './fields.mts';

// Both figures are Persona's defaults.
const SESSIONS_PER_INQUIRY = 25;
const SESSION_SECONDS = 86_400;

/** A new session of the inquiry, which nobody has opened yet. */
export function newSession(world: World, inquiry: StoredObject): StoredObject {
	if (world.store.getRelated(inquiry, 'sessions').length >= SESSIONS_PER_INQUIRY) {
		throw conflict(`Inquiry has reached its limit of ${SESSIONS_PER_INQUIRY} sessions`);
	}
	const session = world.create(
		'inquiry-session',
		'iqse',
		{
			status: 'new',
			'created-at': now(),
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
		{ inquiry: one(inquiry), device: one(null), network: one(null) },
	);
	world.about(session).endsAt = Date.now() + SESSION_SECONDS * 1000;
	world.attach(inquiry, 'sessions', session);
	return session;
}

/** Whether a person can still work in the session. */
export const isOpen = (world: World, session: StoredObject) =>
	session.attributes.status !== 'expired' && (world.about(session).endsAt ?? 0) > Date.now();

/** Somebody opened the session: it gets its place, network and device. */
export function startSession(
	world: World,
	session: StoredObject,
	inquiry: StoredObject,
	userAgent?: string,
) {
	if (session.attributes.status !== 'new') return;
	const hidden = traitsOf(plainFields(inquiry)).has('hidesLocation');
	const place: JsonObject = hidden
		? { 'country-code': 'NL', 'country-name': 'Netherlands', latitude: 52.37, longitude: 4.89 }
		: {
				'country-code': 'US',
				'country-name': 'United States',
				latitude: 37.77,
				longitude: -122.42,
			};
	const region: JsonObject = hidden
		? { 'region-code': 'NH', 'region-name': 'North Holland' }
		: { 'region-code': 'CA', 'region-name': 'California' };
	const threat = hidden ? 'high' : 'low';
	const address = hidden ? '198.51.100.7' : '203.0.113.42';
	Object.assign(session.attributes, place, region, {
		status: 'active',
		'started-at': now(),
		'ip-address': address,
		'user-agent': userAgent ?? 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)',
		'os-name': 'iOS',
		'os-full-version': '17.0',
		'device-type': 'smartphone',
		'device-name': 'iPhone',
		'browser-name': 'Mobile Safari',
		'browser-full-version': '17.0',
		'is-proxy': hidden,
		'is-tor': hidden,
		'is-datacenter': hidden,
		'is-vpn': hidden,
		'threat-level': threat,
		'ip-connection-type': hidden ? 'hosting' : 'cellular',
		'ip-isp': hidden ? 'Example Hosting' : 'Example Mobile',
		'network-organization': hidden ? 'Example Hosting' : 'Example Mobile',
	});
	const network = world.create('network', 'net', {
		'created-at': now(),
		'ip-address': address,
		'service-provider': hidden ? 'Example Hosting' : 'Example Mobile',
		'service-type': hidden ? 'hosting' : 'cellular',
		'proxy-type': hidden ? 'vpn' : null,
		'threat-level': threat,
		...place,
		...region,
	});
	const device = world.create('device', 'dev', {
		'device-vendor-id': null,
		'device-fingerprint': randomText(32),
		'browser-fingerprint': randomText(32),
	});
	Object.assign(session.relationships ?? {}, { network: one(network), device: one(device) });
	world.emit('inquiry-session.started', session);
}

/** Ends a session for good. */
export function expireSession(world: World, session: StoredObject) {
	if (session.attributes.status === 'expired') return;
	Object.assign(session.attributes, { status: 'expired', 'expired-at': now() });
	world.emit('inquiry-session.expired', session);
}

/** A token with which a person can enter the session as often as they like. */
export function sessionToken(world: World, session: StoredObject): string {
	const encode = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url');
	const seconds = Math.floor(Date.now() / 1000);
	const content = `${encode({ alg: 'HS256' })}.${encode({
		sub: session.id,
		aud: 'persona-verify',
		iss: 'sandbox',
		iat: seconds,
		exp: Math.floor((world.about(session).endsAt ?? 0) / 1000),
		jti: randomUUID(),
	})}`;
	const signature = createHmac('sha256', session.id).update(content).digest('base64url');
	const token = `${content}.${signature}`;
	world.sessionTokens.set(token, session.id);
	return token;
}

/** Links that open the hosted page once, as `meta` shows them. */
export function oneTimeLinks(
	world: World,
	session: StoredObject,
	seconds = SESSION_SECONDS,
): JsonObject {
	const link = { sessionId: session.id, expiresAt: Date.now() + seconds * 1000, used: false };
	const code = `us1-${randomText(24)}`;
	const short = randomText(8);
	// Two spellings of one link: opening either uses up both.
	world.links.set(code, link);
	world.links.set(short, link);
	return {
		'one-time-link': `${world.publicUrl}/verify?code=${code}`,
		'one-time-link-short': `${world.publicUrl}/verify?code=${short}`,
	};
}

/** The session a token belongs to. */
export function sessionOf(world: World, token: string): StoredObject | undefined {
	const id = world.sessionTokens.get(token);
	return id === undefined ? undefined : world.store.find({ type: 'inquiry-session', id });
}

/** The inquiry a session belongs to. */
export function inquiryOf(world: World, session: StoredObject): StoredObject {
	const [inquiry] = world.store.getRelated(session, 'inquiry');
	return inquiry;
}
