import { upload } from '../files/uploads.mts';
import {
	addObjects,
	assign,
	attachFiles,
	fillCase,
	newCase,
	objectsOf,
	redactCase,
	removeObjects,
	setSla,
	setStatus,
} from '../life/case.mts';
import { refuseRedacted } from '../life/inquiry.mts';
import { one } from '../server/answer.mts';
import { anyMap, body, object, type Schema, text, textOrNull } from '../server/body.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found, named } from '../server/find.mts';
import { notFound } from '../server/problem.mts';
import { searchBody, searched } from '../server/search.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { matches, searchable } from './caseFinding.mts';
import { tagging } from './tagging.mts';

const include = [
	'accounts',
	'case-comments',
	'case-queue',
	'case-template',
	'inquiries',
	'reports',
	'txns',
	'verifications',
];
const write = { permission: 'case.write', include };
const read = { permission: 'case.read' };

const NINETY_DAYS = 7_776_000;

const sla: Schema = { type: ['number', 'null'], exclusiveMinimum: 0, maximum: NINETY_DAYS };
const ids: Schema = { type: ['array', 'null'], items: text };

/** Everything under `/cases`. */
export const cases: Endpoint[] = [
	{
		...write,
		route: 'POST /cases',
		quota: 'cases',
		body: body({
			'data*': object({
				'attributes*': object({
					'case-template-id*': text,
					'creator-email-address': text,
					'case-queue-id': text,
					fields: anyMap,
				}),
			}),
			meta: object({ 'object-ids': ids, 'sla-expires-in-seconds': sla }),
		}),
		handle: create,
	},
	{
		...read,
		route: 'GET /cases',
		paged: true,
		filter: ['status', 'case-template-id', 'account-id', 'reference-id', 'inquiry-id', 'report-id'],
		handle: ({ world, filter }) => ({
			list: { family: 'case', keep: (thing) => matches(world, thing, filter) },
		}),
	},
	{
		...read,
		route: 'POST /cases/search',
		paged: true,
		body: searchBody,
		handle: (call) => ({ rows: searched(call, 'case', searchable) }),
	},
	{ ...read, include, route: 'GET /cases/:id', handle: (call) => ({ item: found(call, 'case') }) },
	{
		...write,
		route: 'PATCH /cases/:id',
		body: body({
			data: object({
				attributes: object({
					attachments: { type: 'array', items: upload },
					'case-queue-id': textOrNull,
					fields: anyMap,
				}),
			}),
			meta: object({ 'sla-expires-in-seconds': sla }),
		}),
		handle: (call) => act(call, (thing) => update(call, thing)),
	},
	{
		...write,
		route: 'DELETE /cases/:id',
		handle: (call) => act(call, (thing) => redactCase(call.world, thing)),
	},
	{
		...write,
		route: 'POST /cases/:id/assign',
		body: body({ 'meta*': object({ 'user-email-address*': text }) }),
		handle: (call) =>
			act(call, (thing) => {
				const email = call.meta['user-email-address'];
				assign(call.world, thing, userOf(call.world, email, 'meta.user_email_address'));
			}),
	},
	{
		...write,
		route: 'POST /cases/:id/set-status',
		body: body({ 'meta*': object({ 'status*': text }) }),
		handle: (call) => act(call, (thing) => setStatus(call.world, thing, String(call.meta.status))),
	},
	...(['add-objects', 'remove-objects'] as const).map((verb) => ({
		...write,
		route: `POST /cases/:id/${verb}`,
		body: body({ meta: object({ 'object-ids': ids }) }),
		handle: (call: Call) =>
			act(call, (thing) => {
				const { world, meta } = call;
				const wanted = (meta['object-ids'] ?? []) as string[];
				if (verb === 'add-objects') addObjects(world, thing, objectsOf(world, wanted));
				else removeObjects(thing, wanted);
				thing.attributes['updated-at'] = now();
				world.emit('case.updated', thing);
			}),
	})),
	...tagging('/cases', 'case', write),
];

function act(call: Call, change: (thing: StoredObject) => void) {
	const thing = found(call, 'case');
	refuseRedacted(thing);
	change(thing);
	return { item: thing };
}

function create(call: Call) {
	const { world, attributes, meta } = call;
	const {
		'case-template-id': templateId,
		'case-queue-id': queueId,
		'creator-email-address': email,
	} = attributes;
	const template = named(call, 'case-template', templateId, 'data.attributes.case_template_id');
	const creator =
		email === undefined ? undefined : userOf(world, email, 'data.attributes.creator_email_address');
	const queue = queueId === undefined ? undefined : queueOf(call, queueId);
	const objects = objectsOf(world, (meta['object-ids'] ?? []) as string[]);
	const thing = newCase(world, template, (attributes.fields ?? {}) as JsonObject, creator, queue);
	addObjects(world, thing, objects);
	const seconds = meta['sla-expires-in-seconds'];
	if (typeof seconds === 'number') setSla(world, thing, seconds);
	world.emit('case.created', thing);
	return { item: thing, status: 201 };
}

function update(call: Call, thing: StoredObject) {
	const { world, attributes, meta } = call;
	const { attachments, fields, 'case-queue-id': queueId } = attributes;
	const seconds = meta['sla-expires-in-seconds'] as number | null | undefined;
	const queue = queueId ? queueOf(call, queueId) : null;
	if (fields) fillCase(world, thing, fields as JsonObject);
	if (attachments) attachFiles(world, thing, attachments as JsonObject[]);
	if (seconds !== undefined) setSla(world, thing, seconds);
	thing.attributes['updated-at'] = now();
	if (queueId !== undefined) {
		thing.relationships = { ...thing.relationships, 'case-queue': one(queue) };
		world.emit('case.queue-updated', thing);
	}
	if (fields) world.emit('case.updated-fields', thing);
	world.emit('case.updated', thing);
}

const queueOf = (call: Call, id: Json) =>
	named(call, 'case-queue', id, 'data.attributes.case_queue_id');

/** The member of the organization with this email address; `path` is where the request has it. */
function userOf(world: World, email: Json, path: string): StoredObject {
	const [user] = world.store
		.getCollection('user')
		.findAll((thing) => thing.attributes['email-address'] === email);
	if (!user) throw notFound(`${path} is not found`);
	return user;
}
