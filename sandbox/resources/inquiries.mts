import { inquiryPdf } from '../files/pdf.mts';
import { typedValues } from '../life/fields.mts';
import { decide, expire, redact, refuseRedacted, resume } from '../life/inquiry.mts';
import { newSession, oneTimeLinks, sessionToken } from '../life/sessions.mts';
import { setTags } from '../life/tags.mts';
import { body, integer, object, type Schema, text, textOrNull, words } from '../server/body.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found, passes, relatedId } from '../server/find.mts';
import { invalid, malformed } from '../server/problem.mts';
import { searchBody, searched } from '../server/search.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { now } from '../world.mts';
import { checkedUri, createInquiry, creation } from './inquiryCreation.mts';
import { simulate, simulation } from './inquirySimulation.mts';
import { tagging } from './tagging.mts';

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
const fieldsOrNull: Schema = { type: ['object', 'null'] };

const comment = body({ meta: object({ comment: text }) });

/** Everything under `/inquiries`. */
export const inquiries: Endpoint[] = [
	{ ...write, route: 'POST /inquiries', body: creation, quota: 'inquiries', handle: createInquiry },
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
				throw malformed('filter.note must be the only filter');
			}
			return { list: { family: 'inquiry', keep: (inquiry) => matches(inquiry, filter) } };
		},
	},
	{
		...read,
		route: 'POST /inquiries/search',
		paged: true,
		body: searchBody,
		handle: (call) => ({
			rows: searched(call, 'inquiry', (inquiry, attribute) => {
				const { attributes } = inquiry;
				if (attribute === 'inquiry_template_id') return relatedId(inquiry, 'inquiry-template');
				const known = ['status', 'created_at', 'updated_at', 'reference_id'];
				if (known.includes(attribute)) return attributes[attribute.replace(/_/g, '-')];
				throw malformed(`query attribute ${attribute} is not supported`);
			}),
		}),
	},
	{
		...read,
		route: 'GET /inquiries/:id',
		include,
		handle: (call) => ({ item: found(call, 'inquiry') }),
	},
	{
		...write,
		route: 'PATCH /inquiries/:id',
		body: body({
			data: object({
				attributes: object({
					note: textOrNull,
					fields: fieldsOrNull,
					tags: words,
					'redirect-uri': textOrNull,
				}),
			}),
		}),
		handle: update,
	},
	{
		...write,
		route: 'DELETE /inquiries/:id',
		handle: (call) => act(call, (inquiry) => redact(call.world, inquiry)),
	},
	{
		...write,
		route: 'POST /inquiries/:id/approve',
		body: comment,
		handle: (call) =>
			act(call, (inquiry) => decide(call.world, inquiry, 'approved', commentOf(call))),
	},
	{
		...write,
		route: 'POST /inquiries/:id/decline',
		body: comment,
		handle: (call) =>
			act(call, (inquiry) => decide(call.world, inquiry, 'declined', commentOf(call))),
	},
	{
		...write,
		route: 'POST /inquiries/:id/mark-for-review',
		handle: (call) => act(call, (inquiry) => decide(call.world, inquiry, 'needs_review')),
	},
	{
		...write,
		route: 'POST /inquiries/:id/expire',
		handle: (call) => act(call, (inquiry) => expire(call.world, inquiry)),
	},
	{
		...write,
		route: 'POST /inquiries/:id/resume',
		handle: (call) => {
			const inquiry = found(call, 'inquiry');
			const session = resume(call.world, inquiry);
			return { item: inquiry, meta: { 'session-token': sessionToken(call.world, session) } };
		},
	},
	{
		...write,
		route: 'POST /inquiries/:id/generate-one-time-link',
		body: body({ meta: object({ 'expires-in-seconds': { ...integer, minimum: 1 } }) }),
		handle: (call) => {
			const { world, meta } = call;
			const inquiry = found(call, 'inquiry');
			refuseRedacted(inquiry);
			const seconds = meta['expires-in-seconds'] as number | undefined;
			return { item: inquiry, meta: oneTimeLinks(world, newSession(world, inquiry), seconds) };
		},
	},
	{
		...read,
		route: 'GET /inquiries/:id/print',
		noFields: true,
		handle: (call) => ({ pdf: inquiryPdf(call.world, found(call, 'inquiry')) }),
	},
	{
		...write,
		route: 'POST /inquiries/:id/perform-simulate-actions',
		body: simulation,
		handle: simulate,
	},
	...tagging('/inquiries', 'inquiry', write),
];

const commentOf = ({ meta }: Call) => meta.comment as string | undefined;

function act(call: Call, change: (inquiry: StoredObject) => void) {
	const inquiry = found(call, 'inquiry');
	change(inquiry);
	return { item: inquiry };
}

function update(call: Call) {
	const { world, attributes } = call;
	const inquiry = found(call, 'inquiry');
	refuseRedacted(inquiry);
	const { note, fields, tags } = attributes;
	if (note !== undefined) inquiry.attributes.note = note;
	if (fields) {
		const before = inquiry.attributes.fields as JsonObject;
		inquiry.attributes.fields = { ...before, ...typedValues(world, fields as JsonObject) };
	}
	if (tags) setTags(world, inquiry, tags as string[]);
	if (attributes['redirect-uri'] !== undefined) {
		world.about(inquiry).redirectUri = checkedUri(attributes['redirect-uri']);
	}
	inquiry.attributes['updated-at'] = now();
	return { item: inquiry };
}

/** Whether the inquiry is in the list that the filters describe. */
function matches(inquiry: StoredObject, filter: Record<string, string>): boolean {
	const { attributes, id } = inquiry;
	const created = Date.parse(String(attributes['created-at']));
	const [start, end] = ['created-at-start', 'created-at-end'].map((name) => {
		const at = filter[name] === undefined ? undefined : Date.parse(filter[name]);
		if (Number.isNaN(at))
			throw invalid(`filter.${name.replace(/-/g, '_')} must be a date and time`);
		return at;
	});
	return (
		passes(filter['inquiry-id'], id) &&
		passes(filter['account-id'], relatedId(inquiry, 'account')) &&
		passes(filter['reference-id'], attributes['reference-id']) &&
		passes(filter['inquiry-template-id'], relatedId(inquiry, 'inquiry-template')) &&
		passes(filter['template-id'], relatedId(inquiry, 'template')) &&
		passes(filter.status, attributes.status) &&
		(filter.note === undefined || attributes.note === filter.note) &&
		(start === undefined || created >= start) &&
		(end === undefined || created <= end)
	);
}
