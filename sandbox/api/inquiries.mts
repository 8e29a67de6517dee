import {
	decideInquiry,
	expireInquiry,
	redactInquiry,
	resumeInquiry,
} from '../domain/inquiries/inquiry.mts';
import {
	createOneTimeLinks,
	createSession,
	createSessionToken,
	requireInProgress,
} from '../domain/inquiries/sessions.mts';
import { toTypedValues } from '../domain/shared/fields.mts';
import { requireNotRedacted } from '../domain/shared/requireNotRedacted.mts';
import { setTags } from '../domain/shared/tags.mts';
import { renderInquiryPdf } from '../files/pdf.mts';
import {
	defineBody,
	defineObject,
	integer,
	type JsonSchema,
	text,
	textList,
	textOrNull,
} from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getTarget, matchesFilter } from '../http/lookup.mts';
import { search, searchBody } from '../http/search.mts';
import { BadRequestError, UnprocessableError } from '../state/errors.mts';
import type { JsonObject } from '../state/json.mts';
import { getRelatedId } from '../state/relationships.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { getTimestamp } from '../state/timestamp.mts';
import { createInquiry, inquiryCreationBody, parseRedirectUri } from './inquiryCreation.mts';
import { simulateActions, simulationBody } from './inquirySimulation.mts';
import { buildTagEndpoints } from './tagEndpoints.mts';

const include = [
	'account',
	'documents',
	'template',
	'inquiry-template',
	'inquiry-template-version',
	'reports',
	'transaction',
	'reviewer',
	'selfies',
	'sessions',
	'verifications',
];
const write = { permission: 'inquiry.write', include };
const read = { permission: 'inquiry.read' };
const fieldsOrNull: JsonSchema = { type: ['object', 'null'] };

const commentBody = defineBody({ meta: defineObject({ comment: text }) });

/** Everything under `/inquiries`. */
export const inquiries: Endpoint[] = [
	{
		...write,
		route: 'POST /inquiries',
		body: inquiryCreationBody,
		quota: 'create_inquiry',
		handle: createInquiry,
	},
	{
		...read,
		route: 'GET /inquiries',
		paged: true,
		filter: [
			'inquiry-id',
			'account-id',
			'note',
			'reference-id',
			'inquiry-template-id',
			'template-id',
			'status',
			'created-at-start',
			'created-at-end',
		],
		handle: ({ filter }) => {
			if (filter.note !== undefined && Object.keys(filter).length > 1) {
				throw new BadRequestError('filter.note must be the only filter');
			}
			return { collection: { family: 'inquiry', isListed: buildMatcher(filter) } };
		},
	},
	{
		...read,
		route: 'POST /inquiries/search',
		paged: true,
		body: searchBody,
		handle: (request) => ({
			reversedObjects: search(request, 'inquiry', (inquiry, attribute) => {
				const { attributes } = inquiry;
				if (attribute === 'reference_id') {
					// "Reference ID associated with the inquiry's account".
					const [account] = request.state.store.getRelated(inquiry, 'account');
					return (account ?? inquiry).attributes['reference-id'];
				}
				if (attribute === 'inquiry_template_id') return getRelatedId(inquiry, 'inquiry-template');
				const searchable = ['status', 'created_at', 'updated_at'];
				if (searchable.includes(attribute)) return attributes[attribute.replace(/_/g, '-')];
				throw new BadRequestError(`query attribute ${attribute} is not supported`);
			}),
		}),
	},
	{
		...read,
		route: 'GET /inquiries/:id',
		include,
		handle: (request) => ({ object: getTarget(request, 'inquiry') }),
	},
	{
		...write,
		route: 'PATCH /inquiries/:id',
		body: defineBody({
			data: defineObject({
				attributes: defineObject({
					note: textOrNull,
					fields: fieldsOrNull,
					tags: textList,
					'redirect-uri': textOrNull,
				}),
			}),
		}),
		handle: handleUpdate,
	},
	{
		...write,
		route: 'DELETE /inquiries/:id',
		handle: (request) => changeInquiry(request, (inquiry) => redactInquiry(request.state, inquiry)),
	},
	{
		...write,
		route: 'POST /inquiries/:id/approve',
		body: commentBody,
		handle: (request) =>
			changeInquiry(request, (inquiry) =>
				decideInquiry(request.state, inquiry, 'approved', { comment: getComment(request) }),
			),
	},
	{
		...write,
		route: 'POST /inquiries/:id/decline',
		body: commentBody,
		handle: (request) =>
			changeInquiry(request, (inquiry) =>
				decideInquiry(request.state, inquiry, 'declined', { comment: getComment(request) }),
			),
	},
	{
		...write,
		route: 'POST /inquiries/:id/mark-for-review',
		handle: (request) =>
			changeInquiry(request, (inquiry) => decideInquiry(request.state, inquiry, 'needs_review')),
	},
	{
		...write,
		route: 'POST /inquiries/:id/expire',
		handle: (request) => changeInquiry(request, (inquiry) => expireInquiry(request.state, inquiry)),
	},
	{
		...write,
		route: 'POST /inquiries/:id/resume',
		handle: (request) => {
			const inquiry = getTarget(request, 'inquiry');
			const session = resumeInquiry(request.state, inquiry);
			return {
				object: inquiry,
				meta: { 'session-token': createSessionToken(request.state, session) },
			};
		},
	},
	{
		...write,
		route: 'POST /inquiries/:id/generate-one-time-link',
		body: defineBody({ meta: defineObject({ 'expires-in-seconds': { ...integer, minimum: 1 } }) }),
		handle: (request) => {
			const { state, meta } = request;
			const inquiry = getTarget(request, 'inquiry');
			requireInProgress(inquiry);
			const seconds = meta['expires-in-seconds'] as number | undefined;
			return {
				object: inquiry,
				meta: createOneTimeLinks(state, createSession(state, inquiry), seconds),
			};
		},
	},
	{
		...read,
		route: 'GET /inquiries/:id/print',
		noFields: true,
		handle: (request) => ({ pdf: renderInquiryPdf(request.state, getTarget(request, 'inquiry')) }),
	},
	{
		...write,
		route: 'POST /inquiries/:id/perform-simulate-actions',
		body: simulationBody,
		handle: simulateActions,
	},
	...buildTagEndpoints('/inquiries', 'inquiry', write),
];

const getComment = ({ meta }: ApiRequest) => meta.comment as string | undefined;

function changeInquiry(request: ApiRequest, change: (inquiry: StoredObject) => void) {
	const inquiry = getTarget(request, 'inquiry');
	change(inquiry);
	return { object: inquiry };
}

function handleUpdate(request: ApiRequest) {
	const { state, attributes } = request;
	const inquiry = getTarget(request, 'inquiry');
	requireNotRedacted(inquiry);
	const { note, fields, tags } = attributes;
	if (note !== undefined) inquiry.attributes.note = note;
	if (fields) {
		const before = inquiry.attributes.fields as JsonObject;
		inquiry.attributes.fields = { ...before, ...toTypedValues(state, fields as JsonObject) };
	}
	if (tags) setTags(state, inquiry, tags as string[]);
	if (attributes['redirect-uri'] !== undefined) {
		state.getPrivateState(inquiry).redirectUri = parseRedirectUri(attributes['redirect-uri']);
	}
	inquiry.attributes['updated-at'] = getTimestamp();
	return { object: inquiry };
}

/** Builds the condition that an inquiry matches the filters of the list. Throws for an invalid time. */
function buildMatcher(filter: Record<string, string>): (inquiry: StoredObject) => boolean {
	// Once for all inquiries: Persona has an index.
	const [start, end] = ['created-at-start', 'created-at-end'].map((name) => {
		const time = filter[name] === undefined ? undefined : Date.parse(filter[name]);
		if (Number.isNaN(time)) {
			throw new UnprocessableError(`filter.${name.replace(/-/g, '_')} must be a date and time`);
		}
		return time;
	});
	const isInTime = ({ attributes }: StoredObject) => {
		if (start === undefined && end === undefined) return true;
		const createdAt = Date.parse(String(attributes['created-at']));
		return createdAt >= (start ?? -Infinity) && createdAt <= (end ?? Infinity);
	};
	return (inquiry) => {
		const { attributes, id } = inquiry;
		return (
			isInTime(inquiry) &&
			matchesFilter(filter['inquiry-id'], id) &&
			matchesFilter(filter['account-id'], getRelatedId(inquiry, 'account')) &&
			matchesFilter(filter['reference-id'], attributes['reference-id']) &&
			matchesFilter(filter['inquiry-template-id'], getRelatedId(inquiry, 'inquiry-template')) &&
			matchesFilter(filter['template-id'], getRelatedId(inquiry, 'template')) &&
			matchesFilter(filter.status, attributes.status) &&
			(filter.note === undefined || attributes.note === filter.note)
		);
	};
}
