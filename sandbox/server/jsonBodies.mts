import type { FastifyInstance } from 'fastify';
import type { Json } from '../store.mts';
import { inflectKeys } from './inflection.mts';
import { malformed } from './problem.mts';

declare module 'fastify' {
	interface FastifyRequest {
		/** The body as it came, before its keys were recased. */
		sent?: Json;
	}
}

/** Parses JSON bodies; their keys are accepted in any casing and an empty body is none. */
export function acceptJson(app: FastifyInstance) {
	app.decorateRequest('sent');
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
		if (text === '') return done(null, null);
		try {
			const sent = JSON.parse(String(text)) as Json;
			request.sent = sent;
			done(null, inflectKeys(sent, 'kebab'));
		} catch {
			done(malformed('The body is not valid JSON'), undefined);
		}
	});
	// Some clients name a type for a body they do not send.
	app.addContentTypeParser('*', { parseAs: 'string' }, (_, text, done) => {
		if (text === '') return done(null, null);
		done(malformed('The body must be JSON'), undefined);
	});
}
