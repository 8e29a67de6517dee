import type { FastifyInstance } from 'fastify';
import { BadRequestError } from '../state/errors.mts';
import { inflectKeys } from '../state/inflection.mts';
import type { Json } from '../state/json.mts';

declare module 'fastify' {
	interface FastifyRequest {
		/** The parsed body, before its keys were inflected. */
		sentBody?: Json;
	}
}

/** Parses JSON bodies. Keys may have any casing and are converted to kebab-case; an empty body is null. */
export function registerJsonParser(app: FastifyInstance) {
	app.decorateRequest('sentBody');
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
		if (text === '') return done(null, null);
		try {
			const sentBody = JSON.parse(String(text)) as Json;
			request.sentBody = sentBody;
			done(null, inflectKeys(sentBody, 'kebab'));
		} catch {
			done(new BadRequestError('The body is not valid JSON'), undefined);
		}
	});
	// Some clients send a content type without a body.
	app.addContentTypeParser('*', { parseAs: 'string' }, (_, text, done) => {
		if (text === '') return done(null, null);
		done(new BadRequestError('The body must be JSON'), undefined);
	});
}
