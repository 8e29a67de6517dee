import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BadRequestError } from '../state/errors.mts';
import { inflectKeys } from '../state/inflection.mts';
import type { Json } from '../state/json.mts';
import { parseForm } from './parseForm.mts';

declare module 'fastify' {
	interface FastifyRequest {
		/** The parsed body, before its keys were inflected. */
		sentBody?: Json;
	}
}

/** Parses JSON bodies, and forms where an endpoint accepts them. Keys may have any casing and are converted to kebab-case; an empty body is null. */
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
	app.addContentTypeParser(
		'multipart/form-data',
		{ parseAs: 'buffer' },
		async (request: FastifyRequest, bytes: Buffer) => {
			if (!request.routeOptions.config?.endpoint?.acceptsForm) {
				throw new BadRequestError('The body must be JSON');
			}
			const sentBody = await readForm(bytes, request.headers['content-type']);
			request.sentBody = sentBody;
			return inflectKeys(sentBody, 'kebab');
		},
	);
	// Some clients send a content type without a body.
	app.addContentTypeParser('*', { parseAs: 'string' }, (_, text, done) => {
		if (text === '') return done(null, null);
		done(new BadRequestError('The body must be JSON'), undefined);
	});
}

async function readForm(bytes: Buffer, contentType = '') {
	try {
		return await parseForm(bytes, contentType);
	} catch {
		throw new BadRequestError('The body is not a valid form');
	}
}
