import {
	addCaseObjects,
	assignCase,
	attachFiles,
	createCase,
	redactCase,
	removeCaseObjects,
	requireCaseObjects,
	setCaseFields,
	setCaseSla,
	setCaseStatus,
} from '../domain/cases/case.mts';
import { requireNotRedacted } from '../domain/shared/requireNotRedacted.mts';
import {
	anyObject,
	defineBody,
	defineObject,
	fileUpload,
	type JsonSchema,
	text,
	textOrNull,
} from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getReferenced, getTarget } from '../http/lookup.mts';
import { search, searchBody } from '../http/search.mts';
import { NotFoundError } from '../state/errors.mts';
import type { Json, JsonObject } from '../state/json.mts';
import { toOne } from '../state/relationships.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { getTimestamp } from '../state/timestamp.mts';
import { checkCaseSort, matchesCaseFilters, readCaseAttribute } from './caseSearch.mts';
import { buildTagEndpoints } from './tagEndpoints.mts';

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

const MAX_SLA_SECONDS = 7_776_000;

const slaSeconds: JsonSchema = {
	type: ['number', 'null'],
	exclusiveMinimum: 0,
	maximum: MAX_SLA_SECONDS,
};
const objectIds: JsonSchema = { type: ['array', 'null'], items: text };

/** Everything under `/cases`. */
export const cases: Endpoint[] = [
	{
		...write,
		route: 'POST /cases',
		quota: 'create_case',
		body: defineBody({
			'data*': defineObject({
				'attributes*': defineObject({
					'case-template-id*': text,
					'creator-email-address': text,
					'case-queue-id': text,
					fields: anyObject,
				}),
			}),
			meta: defineObject({ 'object-ids': objectIds, 'sla-expires-in-seconds': slaSeconds }),
		}),
		handle: handleCreate,
	},
	{
		...read,
		route: 'GET /cases',
		paged: true,
		filter: ['status', 'case-template-id', 'account-id', 'reference-id', 'inquiry-id', 'report-id'],
		handle: ({ state, filter }) => ({
			collection: {
				family: 'case',
				isListed: (caseRecord) => matchesCaseFilters(state, caseRecord, filter),
			},
		}),
	},
	{
		...read,
		route: 'POST /cases/search',
		paged: true,
		body: searchBody,
		handle: (request) => {
			checkCaseSort(request.body.sort);
			return { reversedObjects: search(request, 'case', readCaseAttribute) };
		},
	},
	{
		...read,
		include,
		route: 'GET /cases/:id',
		handle: (request) => ({ object: getTarget(request, 'case') }),
	},
	{
		...write,
		route: 'PATCH /cases/:id',
		body: defineBody({
			data: defineObject({
				attributes: defineObject({
					attachments: { type: 'array', items: fileUpload },
					'case-queue-id': textOrNull,
					fields: anyObject,
				}),
			}),
			meta: defineObject({ 'sla-expires-in-seconds': slaSeconds }),
		}),
		handle: (request) => changeCase(request, (caseRecord) => updateCase(request, caseRecord)),
	},
	{
		...write,
		route: 'DELETE /cases/:id',
		handle: (request) => changeCase(request, (caseRecord) => redactCase(request.state, caseRecord)),
	},
	{
		...write,
		route: 'POST /cases/:id/assign',
		body: defineBody({ 'meta*': defineObject({ 'user-email-address*': text }) }),
		handle: (request) =>
			changeCase(request, (caseRecord) => {
				const { state, meta } = request;
				const email = meta['user-email-address'];
				assignCase(state, caseRecord, requireUser(state, email, 'meta.user_email_address'));
			}),
	},
	{
		...write,
		route: 'POST /cases/:id/set-status',
		body: defineBody({ 'meta*': defineObject({ 'status*': text }) }),
		handle: (request) =>
			changeCase(request, (caseRecord) =>
				setCaseStatus(request.state, caseRecord, String(request.meta.status)),
			),
	},
	...(['add-objects', 'remove-objects'] as const).map((verb) => ({
		...write,
		route: `POST /cases/:id/${verb}`,
		body: defineBody({ meta: defineObject({ 'object-ids': objectIds }) }),
		handle: (request: ApiRequest) =>
			changeCase(request, (caseRecord) => {
				const { state, meta } = request;
				const ids = (meta['object-ids'] ?? []) as string[];
				if (verb === 'add-objects') {
					addCaseObjects(state, caseRecord, requireCaseObjects(state, ids));
				} else removeCaseObjects(caseRecord, ids);
				caseRecord.attributes['updated-at'] = getTimestamp();
				state.emitEvent('case.updated', caseRecord);
			}),
	})),
	{
		...write,
		route: 'POST /cases/:id/add-comment',
		body: defineBody({ 'meta*': defineObject({ 'message*': { type: 'string', minLength: 1 } }) }),
		handle: (request) =>
			changeCase(request, (caseRecord) => {
				const { state, meta, key } = request;
				const comment = state.createObject('case-comment', 'cscm', {
					message: String(meta.message),
					'created-at': getTimestamp(),
					'updated-at': getTimestamp(),
					'commenter-id': key.id,
					'commenter-type': 'api_key',
				});
				state.addRelated(caseRecord, 'case-comments', comment);
				state.emitEvent('case-comment.created', comment);
			}),
	},
	...buildTagEndpoints('/cases', 'case', write),
];

function changeCase(request: ApiRequest, change: (caseRecord: StoredObject) => void) {
	const caseRecord = getTarget(request, 'case');
	requireNotRedacted(caseRecord);
	change(caseRecord);
	return { object: caseRecord };
}

function handleCreate(request: ApiRequest) {
	const { state, attributes, meta } = request;
	const {
		'case-template-id': templateId,
		'case-queue-id': queueId,
		'creator-email-address': email,
	} = attributes;
	const template = getReferenced(
		request,
		'case-template',
		templateId,
		'data.attributes.case_template_id',
	);
	const creator =
		email === undefined
			? undefined
			: requireUser(state, email, 'data.attributes.creator_email_address');
	const queue = queueId === undefined ? undefined : getQueue(request, queueId);
	const objects = requireCaseObjects(state, (meta['object-ids'] ?? []) as string[]);
	const caseRecord = createCase(
		state,
		template,
		(attributes.fields ?? {}) as JsonObject,
		creator,
		queue,
	);
	addCaseObjects(state, caseRecord, objects);
	const seconds = meta['sla-expires-in-seconds'];
	if (typeof seconds === 'number') setCaseSla(state, caseRecord, seconds);
	state.emitEvent('case.created', caseRecord);
	return { object: caseRecord, status: 201 };
}

function updateCase(request: ApiRequest, caseRecord: StoredObject) {
	const { state, attributes, meta } = request;
	const { attachments, fields, 'case-queue-id': queueId } = attributes;
	const seconds = meta['sla-expires-in-seconds'] as number | null | undefined;
	const queue = queueId ? getQueue(request, queueId) : null;
	if (fields) setCaseFields(state, caseRecord, fields as JsonObject);
	if (attachments) attachFiles(state, caseRecord, attachments as JsonObject[]);
	if (seconds !== undefined) setCaseSla(state, caseRecord, seconds);
	caseRecord.attributes['updated-at'] = getTimestamp();
	if (queueId !== undefined) {
		caseRecord.relationships = { ...caseRecord.relationships, 'case-queue': toOne(queue) };
		state.emitEvent('case.queue-updated', caseRecord);
	}
	if (fields) state.emitEvent('case.updated-fields', caseRecord);
	state.emitEvent('case.updated', caseRecord);
}

const getQueue = (request: ApiRequest, id: Json) =>
	getReferenced(request, 'case-queue', id, 'data.attributes.case_queue_id');

/** The user with this email address. Throws when there is none; `path` is that of the address in the request. */
function requireUser(state: SandboxState, email: Json, path: string): StoredObject {
	const [user] = state.store
		.getCollection('user')
		.findAll(({ attributes }) => attributes['email-address'] === email);
	if (!user) throw new NotFoundError(`${path} is not found`);
	return user;
}
