import { accountFor } from '../life/account.mts';
import { typedFields } from '../life/fields.mts';
import { expireIn, openSession } from '../life/inquiry.mts';
import { oneTimeLinks, sessionToken } from '../life/sessions.mts';
import { setTags } from '../life/tags.mts';
import { many, one } from '../server/answer.mts';
import { body, flag, integerOrNull, object, text, textOrNull } from '../server/body.mts';
import type { Call } from '../server/endpoint.mts';
import { named } from '../server/find.mts';
import { invalid, malformed } from '../server/problem.mts';
import type { Json, JsonObject } from '../store.mts';
import { now } from '../world.mts';

/** The body that makes an inquiry. */
export const creation = body({
	'data*': object({
		'attributes*': object({
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
	meta: object({
		'auto-create-account': flag,
		'auto-create-account-type-id': text,
		'auto-create-account-reference-id': text,
		'auto-create-inquiry-session': flag,
		'auto-create-one-time-link': flag,
		'expiration-after-create-interval-seconds': integerOrNull,
		'expiration-after-start-interval-seconds': integerOrNull,
		'expiration-after-resume-interval-seconds': integerOrNull,
		'one-time-link-expiration-seconds': integerOrNull,
	}),
});

/** Makes an inquiry, and what was asked for with it. */
export function createInquiry(call: Call) {
	const { world, attributes, meta } = call;
	const template = templateOf(call);
	const redirectUri = checkedUri(attributes['redirect-uri']);
	const account = accountFor(call, attributes['account-id'], attributes['reference-id']);
	const inquiry = world.create(
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
			'created-at': now(),
			'updated-at': now(),
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
			fields: typedFields(world, (attributes.fields ?? {}) as JsonObject),
		},
		{
			account: one(account),
			template: one(template.legacy),
			'inquiry-template': one(template.dynamic),
			'inquiry-template-version': one(template.version),
			transaction: one(null),
			reviewer: one(null),
			reports: many([]),
			verifications: many([]),
			sessions: many([]),
			documents: many([]),
			selfies: many([]),
		},
	);
	Object.assign(world.about(inquiry), {
		redirectUri,
		expireAfterStart: meta['expiration-after-start-interval-seconds'],
		expireAfterResume: meta['expiration-after-resume-interval-seconds'],
	});
	expireIn(inquiry, meta['expiration-after-create-interval-seconds'] as number | null | undefined);
	world.emit('inquiry.created', inquiry);
	if (attributes.tags) setTags(world, inquiry, attributes.tags as string[]);
	const links = meta['auto-create-one-time-link'] === true;
	const token = meta['auto-create-inquiry-session'] === true;
	const session = links || token ? openSession(world, inquiry) : undefined;
	return {
		item: inquiry,
		status: 201,
		meta: {
			'session-token': session && token ? sessionToken(world, session) : null,
			...(session && links
				? oneTimeLinks(world, session)
				: { 'one-time-link': null, 'one-time-link-short': null }),
		},
	};
}

/** Exactly one of the three ways to name a template must be used. */
function templateOf(call: Call) {
	const { attributes, world } = call;
	const names = ['inquiry-template-id', 'inquiry-template-version-id', 'template-id'];
	const given = names.filter((name) => attributes[name]);
	if (given.length === 0) throw malformed('data.attributes.inquiry_template_id is missing');
	if (given.length > 1) throw malformed('Only one template can be given');
	const [name] = given;
	const path = `data.attributes.${name.replace(/-/g, '_')}`;
	const type = name.replace(/-id$/, '');
	const template = named(call, type, attributes[name], path);
	if (type === 'template') return { legacy: template };
	if (type === 'inquiry-template') {
		const [version] = world.store.getRelated(template, 'latest-published-version');
		return { dynamic: template, version };
	}
	const [dynamic] = world.store.getRelated(template, 'inquiry-template');
	return { dynamic, version: template };
}

/** A redirect URI, if one was given and is one. */
export function checkedUri(uri: Json | undefined): string | null {
	if (typeof uri !== 'string') return null;
	if (!URL.canParse(uri)) {
		throw invalid('data.attributes.redirect_uri is not a URI', '/data/attributes/redirect-uri');
	}
	return uri;
}
