import type { FastifyInstance, FastifyReply } from 'fastify';
import {
	completeInquiry,
	getRequiredKinds,
	moveToStep,
	startInquiry,
	submitVerification,
} from '../domain/inquiries/inquiry.mts';
import {
	createSession,
	createSessionToken,
	findSessionByToken,
	getSessionInquiry,
	isSessionOpen,
} from '../domain/inquiries/sessions.mts';
import type { OneTimeLink, SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';
import {
	createCancelledScreen,
	createEndScreen,
	createIdScreen,
	createInvalidLinkScreen,
	createSelfieScreen,
	createStartScreen,
	type LinkProblem,
	renderScreen,
	type Screen,
} from './screens.mts';

type FormValues = Record<string, string | undefined>;

/** Registers `/verify`, the pages on which a person completes an inquiry. */
export function registerHostedFlow(app: FastifyInstance, state: SandboxState) {
	app.addContentTypeParser(
		'application/x-www-form-urlencoded',
		{ parseAs: 'string' },
		(_, text, done) => done(null, Object.fromEntries(new URLSearchParams(String(text)))),
	);

	app.addHook('onRequest', async (request, reply) => {
		if (!state.isOutage) return;
		request.raw.socket.resetAndDestroy();
		reply.hijack();
	});

	app.get<{ Querystring: FormValues }>('/verify', async ({ query }, reply) => {
		const entry = findEntry(state, query);
		if (typeof entry === 'string') return sendInvalidLink(reply, entry);
		return sendScreen(reply, selectScreen(entry, query));
	});

	app.post<{ Body: FormValues }>('/verify', async ({ body, headers }, reply) => {
		const entry = findEntry(state, body);
		if (typeof entry === 'string') return sendInvalidLink(reply, entry);
		const { inquiry, link, session = createSession(state, inquiry) } = entry;
		// Opening a link only shows the first screen, since mail scanners open links too. Its button uses the link up.
		if (link) link.isUsed = true;
		const token = entry.token ?? createSessionToken(state, session);
		const url = `/verify?${new URLSearchParams({ 'inquiry-id': inquiry.id, 'session-token': token })}`;
		const { step } = body;
		if (step === 'cancel') return leaveFlow(state, inquiry, reply, createCancelledScreen(url));
		performStep(state, inquiry, session, step, headers['user-agent']);
		const { status } = inquiry.attributes;
		if (status !== 'pending') {
			return leaveFlow(state, inquiry, reply, createEndScreen(String(status)));
		}
		return reply.redirect(url, 303);
	});
}

/** The inquiry that a link or form opens, with its session and one-time link if there are any. */
interface FlowEntry {
	inquiry: StoredObject;
	session?: StoredObject;
	/** The token of the session, if the browser has sent it. */
	token?: string;
	link?: OneTimeLink;
}

/** Finds the inquiry that a link or form opens, or the reason why it opens none. */
function findEntry(state: SandboxState, values: FormValues): FlowEntry | LinkProblem {
	const { code, 'session-token': token, 'inquiry-id': inquiryId } = values;
	if (code !== undefined) {
		const link = state.oneTimeLinks.get(code);
		const session = link && state.store.find({ type: 'inquiry-session', id: link.sessionId });
		if (!link || !session) return 'unknown';
		// Persona keeps the token of a session in the browser's tab, so that only this tab goes on with it.
		const isSameTab = token !== undefined && findSessionByToken(state, token) === session;
		if (link.isUsed && !isSameTab) return 'used';
		const isExpired = !isSameTab && link.expiresAt <= Date.now();
		if (isExpired || !isSessionOpen(state, session)) return 'expired';
		const inquiry = getSessionInquiry(state, session);
		return checkInquiry({ inquiry, session, link, ...(isSameTab && { token }) });
	}
	if (token !== undefined) {
		const session = findSessionByToken(state, token);
		if (!session) return 'unknown';
		if (!isSessionOpen(state, session)) return 'expired';
		return checkInquiry({ inquiry: getSessionInquiry(state, session), session, token });
	}
	const inquiry = state.store.getCollection('inquiry').get(inquiryId ?? '');
	if (!inquiry) return 'unknown';
	// Without a token, only an inquiry that was not started can be opened.
	return inquiry.attributes.status === 'created' ? checkInquiry({ inquiry }) : 'expired';
}

function checkInquiry(entry: FlowEntry): FlowEntry | LinkProblem {
	const { status, 'redacted-at': redactedAt } = entry.inquiry.attributes;
	return status === 'expired' || redactedAt ? 'expired' : entry;
}

/** The next screen of the inquiry. */
function selectScreen({ inquiry }: FlowEntry, query: FormValues): Screen {
	const hidden: Record<string, string> = {};
	for (const name of ['code', 'session-token', 'inquiry-id']) {
		const value = query[name];
		if (value !== undefined) hidden[name] = value;
	}
	const stepCount = getRequiredKinds(inquiry).length + 1;
	const { status, 'next-step-name': nextStep } = inquiry.attributes;
	if (status === 'created') return createStartScreen(hidden, stepCount);
	if (status !== 'pending') return createEndScreen(String(status));
	// A one-time link always shows the button that uses it up first, even in a started inquiry.
	if (query.code !== undefined) return createStartScreen(hidden, stepCount);
	return nextStep === 'verification_selfie'
		? createSelfieScreen(hidden, stepCount)
		: createIdScreen(hidden, stepCount);
}

/** Performs the step of a button. A button of an earlier screen has no effect. */
function performStep(
	state: SandboxState,
	inquiry: StoredObject,
	session: StoredObject,
	step: string | undefined,
	userAgent: string | undefined,
) {
	const { 'next-step-name': nextStep, status } = inquiry.attributes;
	if (step === 'start') return startInquiry(state, inquiry, session, userAgent);
	if (status !== 'pending') return undefined;
	if (step === 'id' && nextStep !== 'verification_selfie') {
		if (!submitVerification(state, inquiry, 'government-id')) return undefined;
		if (!getRequiredKinds(inquiry).includes('selfie')) return completeInquiry(state, inquiry);
		return moveToStep(state, inquiry, 'verification_selfie');
	}
	if (
		step === 'selfie' &&
		nextStep === 'verification_selfie' &&
		submitVerification(state, inquiry, 'selfie')
	) {
		return completeInquiry(state, inquiry);
	}
	return undefined;
}

/** Redirects to the redirect URI of the inquiry, or shows a last screen where there is none. */
function leaveFlow(
	state: SandboxState,
	inquiry: StoredObject,
	reply: FastifyReply,
	screen: Screen,
) {
	const { redirectUri } = state.getPrivateState(inquiry);
	if (!redirectUri) return sendScreen(reply, screen);
	const url = new URL(redirectUri);
	const { status, 'reference-id': referenceId } = inquiry.attributes;
	url.searchParams.set('inquiry-id', inquiry.id);
	url.searchParams.set('status', String(status));
	if (referenceId) url.searchParams.set('reference-id', String(referenceId));
	return reply.redirect(url.href, 303);
}

const sendInvalidLink = (reply: FastifyReply, problem: LinkProblem) =>
	sendScreen(reply, createInvalidLinkScreen(problem), problem === 'unknown' ? 404 : 410);

const sendScreen = (reply: FastifyReply, screen: Screen, status = 200) =>
	reply.code(status).type('text/html; charset=utf-8').send(renderScreen(screen));
