import { deleteFiles, storeUpload } from '../../files/uploads.mts';
import { NotFoundError, UnprocessableError } from '../../state/errors.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { toMany, toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { ObjectRef, StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { toTemplateFields } from '../shared/fields.mts';
import { caseStatuses } from './caseStatuses.mts';

/**
 * The relationship in which a case shows an object, by family. Objects without one are accepted, but
 * not shown.
 */
const RELATIONSHIPS_BY_FAMILY: Record<string, string | undefined> = {
	account: 'accounts',
	document: undefined,
	'graph-query': undefined,
	inquiry: 'inquiries',
	report: 'reports',
	transaction: 'txns',
	verification: 'verifications',
};

const getFamily = ({ type }: ObjectRef) => type.split('/')[0];

/** Creates a case in the first status of its template. */
export function createCase(
	state: SandboxState,
	template: StoredObject,
	fields: JsonObject,
	creator?: StoredObject,
	queue?: StoredObject,
): StoredObject {
	const [status] = Object.keys(caseStatuses);
	return state.createObject(
		'case',
		'case',
		{
			status,
			name: `SR-${state.store.getCollection('case').size + 1}`,
			resolution: null,
			'created-at': getTimestamp(),
			'updated-at': getTimestamp(),
			'assigned-at': null,
			'resolved-at': null,
			'redacted-at': null,
			'sla-expires-at': null,
			'creator-id': creator?.id ?? null,
			'creator-type': creator?.type ?? null,
			'assignee-id': null,
			'assigner-id': null,
			'assigner-type': null,
			'resolver-id': null,
			'resolver-type': null,
			'updater-id': null,
			'updater-type': null,
			tags: [],
			fields: toTemplateFields(state, template, fields),
			attachments: [],
		},
		{
			'case-template': toOne(template),
			'case-queue': toOne(queue),
			'case-comments': toMany([]),
			...Object.fromEntries(
				Object.values(RELATIONSHIPS_BY_FAMILY).flatMap((name) =>
					name ? [[name, toMany([])]] : [],
				),
			),
		},
	);
}

/** Sets custom fields of the case. */
export function setCaseFields(state: SandboxState, caseRecord: StoredObject, values: JsonObject) {
	const [template] = state.store.getRelated(caseRecord, 'case-template');
	const fields = toTemplateFields(state, template, values);
	caseRecord.attributes.fields = { ...(caseRecord.attributes.fields as JsonObject), ...fields };
	caseRecord.attributes['updated-at'] = getTimestamp();
}

/** Adds attachments. */
export function attachFiles(state: SandboxState, caseRecord: StoredObject, files: JsonObject[]) {
	const before = caseRecord.attributes.attachments as Json[];
	caseRecord.attributes.attachments = [...before, ...files.map((file) => storeUpload(state, file))];
}

/** Sets the status and emits the events of the change. Throws for a status that the template lacks. */
export function setCaseStatus(state: SandboxState, caseRecord: StoredObject, status: string) {
	const { attributes } = caseRecord;
	const stateBefore = caseStatuses[String(attributes.status)];
	const stateAfter = caseStatuses[status];
	if (!stateAfter) {
		const known = Object.keys(caseStatuses).join(', ');
		throw new UnprocessableError(`meta.status must be one of ${known}`, '/meta/status');
	}
	if (attributes.status === status) return;
	const isResolved = stateAfter === 'resolved';
	Object.assign(attributes, {
		status,
		'updated-at': getTimestamp(),
		'resolved-at': isResolved ? getTimestamp() : null,
	});
	state.emitEvent('case.status-updated', caseRecord);
	if (stateBefore !== stateAfter) {
		state.emitEvent(`case.${isResolved ? 'resolved' : 'reopened'}`, caseRecord);
	}
}

/** Assigns the case to a user of the organization. */
export function assignCase(state: SandboxState, caseRecord: StoredObject, user: StoredObject) {
	Object.assign(caseRecord.attributes, {
		'assignee-id': user.id,
		'assigned-at': getTimestamp(),
		'updated-at': getTimestamp(),
	});
	state.emitEvent('case.assigned', caseRecord);
}

/** Sets the time in which the case must be resolved; null removes it. */
export function setCaseSla(state: SandboxState, caseRecord: StoredObject, seconds: number | null) {
	const { attributes } = caseRecord;
	const expiresAt = seconds === null ? null : new Date(Date.now() + seconds * 1000).toISOString();
	attributes['sla-expires-at'] = expiresAt;
	if (seconds === null) return;
	state.schedule(seconds * 1000, () => {
		const isOpen = caseStatuses[String(attributes.status)] === 'open';
		// The SLA may have changed meanwhile.
		if (isOpen && attributes['sla-expires-at'] === expiresAt) {
			state.emitEvent('case.sla-expired', caseRecord);
		}
	});
}

/** The objects with these IDs. Throws for an unknown ID, and for an object that cases do not accept. */
export const requireCaseObjects = (state: SandboxState, ids: string[]): StoredObject[] =>
	ids.map((id) => {
		const object = state.store.findById(id);
		if (!object) throw new NotFoundError('meta.object_ids is not found');
		if (!(getFamily(object) in RELATIONSHIPS_BY_FAMILY)) {
			throw new UnprocessableError(`meta.object_ids cannot hold ${id}`);
		}
		return object;
	});

/** Adds objects to the case, each of them once. */
export function addCaseObjects(
	state: SandboxState,
	caseRecord: StoredObject,
	objects: StoredObject[],
) {
	for (const object of objects) {
		const name = RELATIONSHIPS_BY_FAMILY[getFamily(object)];
		if (!name || getRefs(caseRecord, name).some(({ id }) => id === object.id)) continue;
		state.addRelated(caseRecord, name, object);
	}
}

/** Removes objects from the case; those that are not in it are ignored. */
export function removeCaseObjects(caseRecord: StoredObject, ids: string[]) {
	for (const name of Object.values(RELATIONSHIPS_BY_FAMILY)) {
		if (!name) continue;
		const remaining = getRefs(caseRecord, name).filter(({ id }) => !ids.includes(id));
		caseRecord.relationships = { ...caseRecord.relationships, [name]: { data: remaining } };
	}
}

const getRefs = ({ relationships = {} }: StoredObject, name: string) =>
	[relationships[name]?.data ?? []].flat();

/** Redacts the fields and attachments of the case, but not the objects in it. */
export function redactCase(state: SandboxState, caseRecord: StoredObject) {
	const { attributes } = caseRecord;
	deleteFiles(state, [attributes.fields, attributes.attachments]);
	Object.assign(attributes, {
		fields: {},
		attachments: [],
		'redacted-at': getTimestamp(),
		'updated-at': getTimestamp(),
	});
	state.emitEvent('case.redacted', caseRecord);
}
