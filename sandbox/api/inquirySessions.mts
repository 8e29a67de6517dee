import {
	createOneTimeLinks,
	createSession,
	expireSession,
	getSessionInquiry,
	isSessionOpen,
	requireInProgress,
} from '../domain/inquiries/sessions.mts';
import { defineBody, defineObject, text, textList } from '../http/bodySchema.mts';
import type { Endpoint } from '../http/endpoint.mts';
import { getReferenced, getTarget, matchesFilter } from '../http/lookup.mts';
import { ConflictError } from '../state/errors.mts';
import { getRelatedId } from '../state/relationships.mts';

const include = ['inquiry', 'device', 'network'];
const type = 'inquiry-session';
// Persona documents no permission for sessions; these are those of inquiries.
const write = { permission: 'inquiry.write', include };
const read = { permission: 'inquiry.read' };

/** Everything under `/inquiry-sessions`. */
export const inquirySessions: Endpoint[] = [
	{
		...read,
		route: 'GET /inquiry-sessions',
		noFields: true,
		filter: ['inquiry-id'],
		handle: ({ state, filter }) => ({
			objects: state.store
				.getCollection(type)
				.findAll((session) => matchesFilter(filter['inquiry-id'], getRelatedId(session, 'inquiry')))
				.reverse(),
			hasLinks: true,
		}),
	},
	{
		...write,
		route: 'POST /inquiry-sessions',
		body: defineBody({
			'data*': defineObject({ 'attributes*': defineObject({ 'inquiry-id*': text }) }),
		}),
		handle: (request) => {
			const path = 'data.attributes.inquiry_id';
			const inquiry = getReferenced(request, 'inquiry', request.attributes['inquiry-id'], path);
			requireInProgress(inquiry);
			return { object: createSession(request.state, inquiry), status: 201 };
		},
	},
	{
		...write,
		route: 'POST /inquiry-sessions/expire-all',
		body: defineBody({ 'meta*': defineObject({ 'inquiry-ids*': textList }) }),
		handle: (request) => {
			const ids = request.meta['inquiry-ids'] as string[];
			const sessions = ids.flatMap((id) =>
				request.state.store.getRelated(
					getReferenced(request, 'inquiry', id, 'meta.inquiry_ids'),
					'sessions',
				),
			);
			for (const session of sessions) expireSession(request.state, session);
			return { objects: sessions, hasLinks: false };
		},
	},
	{
		...read,
		route: 'GET /inquiry-sessions/:id',
		include,
		handle: (request) => ({ object: getTarget(request, type) }),
	},
	{
		...write,
		route: 'POST /inquiry-sessions/:id/expire',
		handle: (request) => {
			const session = getTarget(request, type);
			expireSession(request.state, session);
			return { object: session };
		},
	},
	{
		...write,
		route: 'POST /inquiry-sessions/:id/generate-one-time-link',
		handle: (request) => {
			const session = getTarget(request, type);
			if (!isSessionOpen(request.state, session)) {
				throw new ConflictError('Inquiry session has expired');
			}
			requireInProgress(getSessionInquiry(request.state, session));
			return { object: session, meta: createOneTimeLinks(request.state, session) };
		},
	},
];
