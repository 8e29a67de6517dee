import { getOrCreateSession, setExpiry } from '../domain/inquiries/inquiry.mts';
import { createOneTimeLinks, createSessionToken } from '../domain/inquiries/sessions.mts';
import { buildInquiryFields } from '../domain/shared/fields.mts';
import { requireTagCapacity, setTags } from '../domain/shared/tags.mts';
import {
	boolean,
	defineBody,
	defineObject,
	integerOrNull,
	text,
	textOrNull,
} from '../http/bodySchema.mts';
import type { ApiRequest } from '../http/endpoint.mts';
import { getReferenced } from '../http/lookup.mts';
import { BadRequestError, UnprocessableError } from '../state/errors.mts';
import type { Json, JsonObject } from '../state/json.mts';
import { toMany, toOne } from '../state/relationships.mts';
import { getTimestamp } from '../state/timestamp.mts';
import { resolveAccount } from './resolveAccount.mts';

/** The body of the request that creates an inquiry. */
export const inquiryCreationBody = defineBody({
	'data*': defineObject({
		'attributes*': defineObject({
			'template-id': textOrNull,
			'inquiry-template-id': textOrNull,
			'inquiry-template-version-id': textOrNull,
			'reference-id': textOrNull,
			'account-id': textOrNull,
			'creator-email-address': textOrNull,
			'theme-id': textOrNull,
			'theme-set-id': textOrNull,
			'redirect-uri': textOrNull,
			note: textOrNull,
			fields: { type: ['object', 'null'] },
			tags: { type: ['array', 'null'], items: text },
			'initial-step-name': textOrNull,
		}),
	}),
	meta: defineObject({
		'auto-create-account': boolean,
		'auto-create-account-type-id': text,
		'auto-create-account-reference-id': text,
		'auto-create-inquiry-session': boolean,
		'auto-create-one-time-link': boolean,
		'expiration-after-create-interval-seconds': integerOrNull,
		'expiration-after-start-interval-seconds': integerOrNull,
		'expiration-after-resume-interval-seconds': integerOrNull,
		'one-time-link-expiration-seconds': integerOrNull,
	}),
});

/** Creates an inquiry, with its account, session and one-time links as requested. */
export function createInquiry(request: ApiRequest) {
	const { state, attributes, meta } = request;
	const template = resolveTemplate(request);
	requireTagCapacity(state, (attributes.tags ?? []) as string[]);
	const redirectUri = parseRedirectUri(attributes['redirect-uri']);
	const account = resolveAccount(request, attributes['account-id'], attributes['reference-id']);
	const inquiry = state.createObject(
		'inquiry',
		'inq',
		{
			status: 'created',
			'reference-id':
				attributes['reference-id'] ?? meta['auto-create-account-reference-id'] ?? null,
			note: attributes.note ?? null,
			behaviors: {},
			tags: [],
			creator: attributes['creator-email-address'] ?? 'API',
			'reviewer-comment': null,
			'created-at': getTimestamp(),
			'updated-at': getTimestamp(),
			'started-at': null,
			'expires-at': null,
			'completed-at': null,
			'failed-at': null,
			'marked-for-review-at': null,
			'decisioned-at': null,
			'expired-at': null,
			'redacted-at': null,
			'previous-step-name': null,
			'next-step-name': attributes['initial-step-name'] ?? 'start',
			fields: buildInquiryFields(state, (attributes.fields ?? {}) as JsonObject),
		},
		{
			account: toOne(account),
			template: toOne(template.legacy),
			'inquiry-template': toOne(template.dynamic),
			'inquiry-template-version': toOne(template.version),
			transaction: toOne(null),
			reviewer: toOne(null),
			reports: toMany([]),
			verifications: toMany([]),
			sessions: toMany([]),
			documents: toMany([]),
			selfies: toMany([]),
		},
	);
	Object.assign(state.getPrivateState(inquiry), {
		redirectUri,
		expireAfterStartSeconds: meta['expiration-after-start-interval-seconds'],
		expireAfterResumeSeconds: meta['expiration-after-resume-interval-seconds'],
	});
	setExpiry(inquiry, meta['expiration-after-create-interval-seconds'] as number | null | undefined);
	state.emitEvent('inquiry.created', inquiry);
	if (attributes.tags) setTags(state, inquiry, attributes.tags as string[]);
	const needsLinks = meta['auto-create-one-time-link'] === true;
	const needsToken = meta['auto-create-inquiry-session'] === true;
	const session = needsLinks || needsToken ? getOrCreateSession(state, inquiry) : undefined;
	return {
		object: inquiry,
		status: 201,
		meta: {
			'session-token': session && needsToken ? createSessionToken(state, session) : null,
			...(session && needsLinks
				? createOneTimeLinks(state, session)
				: { 'one-time-link': null, 'one-time-link-short': null }),
		},
	};
}

/** The template and its version. Throws unless the request names exactly one of three possible IDs. */
function resolveTemplate(request: ApiRequest) {
	const { attributes, state } = request;
	const names = ['inquiry-template-id', 'inquiry-template-version-id', 'template-id'];
	const givenNames = names.filter((name) => attributes[name]);
	if (givenNames.length === 0) {
		throw new BadRequestError('data.attributes.inquiry_template_id is missing');
	}
	if (givenNames.length > 1) throw new BadRequestError('Only one template can be given');
	const [name] = givenNames;
	const path = `data.attributes.${name.replace(/-/g, '_')}`;
	const type = name.replace(/-id$/, '');
	const template = getReferenced(request, type, attributes[name], path);
	if (type === 'template') return { legacy: template };
	if (type === 'inquiry-template') {
		const [version] = state.store.getRelated(template, 'latest-published-version');
		return { dynamic: template, version };
	}
	const [dynamic] = state.store.getRelated(template, 'inquiry-template');
	return { dynamic, version: template };
}

/** Null when no redirect URI was given. Throws for an invalid one. */
export function parseRedirectUri(uri: Json | undefined): string | null {
	if (typeof uri !== 'string') return null;
	try {
		new URL(uri);
	} catch {
		throw new UnprocessableError(
			'data.attributes.redirect_uri is not a URI',
			'/data/attributes/redirect-uri',
		);
	}
	return uri;
}
