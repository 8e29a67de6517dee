import type { FastifyInstance, FastifyReply } from 'fastify';
import { complete, kindsOf, start, submit, transition } from '../life/inquiry.mts';
import { inquiryOf, isOpen, newSession, sessionOf, sessionToken } from '../life/sessions.mts';
import type { StoredObject } from '../store.mts';
import type { World } from '../world.mts';
import {
	cancelledScreen,
	deadScreen,
	endScreen,
	idScreen,
	type Screen,
	screenPage,
	selfieScreen,
	startScreen,
} from './screens.mts';

type Values = Record<string, string | undefined>;

/** The pages on which a person goes through an inquiry: `/verify`. */
export function serveHostedPages(app: FastifyInstance, world: World) {
	app.addContentTypeParser(
		'application/x-www-form-urlencoded',
		{ parseAs: 'string' },
		(_, text, done) => done(null, Object.fromEntries(new URLSearchParams(String(text)))),
	);

	app.addHook('onRequest', async (request, reply) => {
		if (!world.outage) return;
		request.raw.socket.resetAndDestroy();
		reply.hijack();
	});

	app.get<{ Querystring: Values }>('/verify', async ({ query }, reply) => {
		const way = enter(world, query);
		if (typeof way === 'string') return show(reply, deadScreen(way), way === 'unknown' ? 404 : 410);
		return show(reply, screenFor(way, query));
	});

	app.post<{ Body: Values }>('/verify', async ({ body, headers }, reply) => {
		const way = enter(world, body);
		if (typeof way === 'string') return show(reply, deadScreen(way), way === 'unknown' ? 404 : 410);
		const { inquiry } = way;
		// Opening a link only shows the first screen: mail scanners open links too. Its button uses it up.
		if (way.link) way.link.used = true;
		const session = way.session ?? newSession(world, inquiry);
		const token = body['session-token'] ?? sessionToken(world, session);
		const here = `/verify?${new URLSearchParams({ 'inquiry-id': inquiry.id, 'session-token': token })}`;
		const { step } = body;
		if (step === 'cancel') return leave(world, inquiry, reply, cancelledScreen(here));
		take(world, inquiry, session, step, headers['user-agent']);
		const { status } = inquiry.attributes;
		if (status !== 'pending') return leave(world, inquiry, reply, endScreen(String(status)));
		return reply.redirect(here, 303);
	});
}

interface Way {
	inquiry: StoredObject;
	session?: StoredObject;
	link?: { used: boolean };
}

/** Finds the inquiry that a link or a form leads to, or says why it leads nowhere. */
function enter(world: World, values: Values): Way | 'used' | 'expired' | 'unknown' {
	const { code, 'session-token': token, 'inquiry-id': inquiryId } = values;
	if (code !== undefined) {
		const link = world.links.get(code);
		const session = link && world.store.find({ type: 'inquiry-session', id: link.sessionId });
		if (!link || !session) return 'unknown';
		if (link.used) return 'used';
		if (link.expiresAt <= Date.now() || !isOpen(world, session)) return 'expired';
		return usable({ inquiry: inquiryOf(world, session), session, link });
	}
	if (token !== undefined) {
		const session = sessionOf(world, token);
		if (!session) return 'unknown';
		const way = { inquiry: inquiryOf(world, session), session };
		return isOpen(world, session) ? usable(way) : 'expired';
	}
	const inquiry = world.store.getCollection('inquiry').get(inquiryId ?? '');
	if (!inquiry) return 'unknown';
	// Without a token only an untouched inquiry can be entered.
	return inquiry.attributes.status === 'created' ? usable({ inquiry }) : 'expired';
}

function usable(way: Way): Way | 'expired' {
	const { status, 'redacted-at': redactedAt } = way.inquiry.attributes;
	return status === 'expired' || redactedAt ? 'expired' : way;
}

/** The screen that comes next for this inquiry. */
function screenFor({ inquiry }: Way, query: Values): Screen {
	const hidden: Record<string, string> = {};
	for (const name of ['code', 'session-token', 'inquiry-id']) {
		const value = query[name];
		if (value !== undefined) hidden[name] = value;
	}
	const steps = kindsOf(inquiry).length + 1;
	const { status, 'next-step-name': next } = inquiry.attributes;
	if (status === 'created') return startScreen(hidden, steps);
	if (status !== 'pending') return endScreen(String(status));
	// A one-time link into an inquiry that is under way begins with the button that uses the link up.
	if (query.code !== undefined) return startScreen(hidden, steps);
	return next === 'verification_selfie' ? selfieScreen(hidden, steps) : idScreen(hidden, steps);
}

/** Does what the button says; a button of an earlier screen does nothing. */
function take(
	world: World,
	inquiry: StoredObject,
	session: StoredObject,
	step: string | undefined,
	userAgent: string | undefined,
) {
	const { 'next-step-name': next, status } = inquiry.attributes;
	if (step === 'start') return start(world, inquiry, session, userAgent);
	if (status !== 'pending') return undefined;
	if (step === 'id' && next !== 'verification_selfie') {
		if (!submit(world, inquiry, 'government-id')) return undefined;
		if (!kindsOf(inquiry).includes('selfie')) return complete(world, inquiry);
		return transition(world, inquiry, 'verification_selfie');
	}
	if (step === 'selfie' && next === 'verification_selfie' && submit(world, inquiry, 'selfie')) {
		return complete(world, inquiry);
	}
	return undefined;
}

/** Back to where the person came from, or to a friendly last screen. */
function leave(world: World, inquiry: StoredObject, reply: FastifyReply, screen: Screen) {
	const { redirectUri } = world.about(inquiry);
	if (!redirectUri) return show(reply, screen);
	const target = new URL(redirectUri);
	const { status, 'reference-id': referenceId } = inquiry.attributes;
	target.searchParams.set('inquiry-id', inquiry.id);
	target.searchParams.set('status', String(status));
	if (referenceId) target.searchParams.set('reference-id', String(referenceId));
	return reply.redirect(target.href, 303);
}

const show = (reply: FastifyReply, screen: Screen, code = 200) =>
	reply.code(code).type('text/html; charset=utf-8').send(screenPage(screen));
