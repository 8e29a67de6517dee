import { refuseRedacted } from '../life/inquiry.mts';
import { expireSession, isOpen, newSession, oneTimeLinks } from '../life/sessions.mts';
import { body, object, text, words } from '../server/body.mts';
import type { Endpoint } from '../server/endpoint.mts';
import { found, named, passes, relatedId } from '../server/find.mts';
import { conflict } from '../server/problem.mts';

const include = ['inquiry', 'device', 'network'];
const type = 'inquiry-session';
// Persona names no permission of their own for sessions; they belong to inquiries.
const write = { permission: 'inquiry.write', include };
const read = { permission: 'inquiry.read' };

/** Everything under `/inquiry-sessions`. */
export const inquirySessions: Endpoint[] = [
	{
		...read,
		route: 'GET /inquiry-sessions',
		noFields: true,
		filter: ['inquiry-id'],
		handle: ({ world, filter }) => ({
			all: world.store
				.getCollection(type)
				.findAll((session) => passes(filter['inquiry-id'], relatedId(session, 'inquiry')))
				.reverse(),
			links: true,
		}),
	},
	{
		...write,
		route: 'POST /inquiry-sessions',
		body: body({ 'data*': object({ 'attributes*': object({ 'inquiry-id*': text }) }) }),
		handle: (call) => {
			const path = 'data.attributes.inquiry_id';
			const inquiry = named(call, 'inquiry', call.attributes['inquiry-id'], path);
			refuseRedacted(inquiry);
			return { item: newSession(call.world, inquiry), status: 201 };
		},
	},
	{
		...write,
		route: 'POST /inquiry-sessions/expire-all',
		body: body({ 'meta*': object({ 'inquiry-ids*': words }) }),
		handle: (call) => {
			const ids = call.meta['inquiry-ids'] as string[];
			const sessions = ids.flatMap((id) =>
				call.world.store.getRelated(named(call, 'inquiry', id, 'meta.inquiry_ids'), 'sessions'),
			);
			for (const session of sessions) expireSession(call.world, session);
			return { all: sessions, links: false };
		},
	},
	{
		...read,
		route: 'GET /inquiry-sessions/:id',
		include,
		handle: (call) => ({ item: found(call, type) }),
	},
	{
		...write,
		route: 'POST /inquiry-sessions/:id/expire',
		handle: (call) => {
			const session = found(call, type);
			expireSession(call.world, session);
			return { item: session };
		},
	},
	{
		...write,
		route: 'POST /inquiry-sessions/:id/generate-one-time-link',
		handle: (call) => {
			const session = found(call, type);
			if (!isOpen(call.world, session)) throw conflict('Inquiry session has expired');
			return { item: session, meta: oneTimeLinks(call.world, session) };
		},
	},
];
