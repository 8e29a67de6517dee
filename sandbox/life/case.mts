import { deleteFiles, storeUpload } from '../files/uploads.mts';
import { caseStatuses } from '../seeds.mts';
import { many, one } from '../server/answer.mts';
import { invalid, notFound } from '../server/problem.mts';
import type { Json, JsonObject, Ref, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { ownFields } from './fields.mts';

/** Where a case shows what it is about, by the family of the object; the rest it only takes. */
const places: Record<string, string | undefined> = {
	account: 'accounts',
	document: undefined,
	'graph-query': undefined,
	inquiry: 'inquiries',
	report: 'reports',
	transaction: 'txns',
	verification: 'verifications',
};

const familyOf = ({ type }: Ref) => type.split('/')[0];

/** A new case in the first status of its template. */
export function newCase(
	world: World,
	template: StoredObject,
	given: JsonObject,
	creator?: StoredObject,
	queue?: StoredObject,
): StoredObject {
	const [status] = Object.keys(caseStatuses);
	return world.create(
		'case',
		'case',
		{
			status,
			name: `SR-${world.store.getCollection('case').size + 1}`,
			resolution: null,
			'created-at': now(),
			'updated-at': now(),
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
			fields: ownFields(world, template, given),
			attachments: [],
		},
		{
			'case-template': one(template),
			'case-queue': one(queue),
			'case-comments': many([]),
			...Object.fromEntries(
				Object.values(places).flatMap((name) => (name ? [[name, many([])]] : [])),
			),
		},
	);
}

/** Writes values of the customer's own into the fields of the case. */
export function fillCase(world: World, thing: StoredObject, given: JsonObject) {
	const [template] = world.store.getRelated(thing, 'case-template');
	const fields = ownFields(world, template, given);
	thing.attributes.fields = { ...(thing.attributes.fields as JsonObject), ...fields };
	thing.attributes['updated-at'] = now();
}

/** Adds files to those that the case has. */
export function attachFiles(world: World, thing: StoredObject, files: JsonObject[]) {
	const before = thing.attributes.attachments as Json[];
	thing.attributes.attachments = [...before, ...files.map((file) => storeUpload(world, file))];
}

/** Moves the case to a status of its template. */
export function setStatus(world: World, thing: StoredObject, status: string) {
	const { attributes } = thing;
	const [before, after] = [caseStatuses[String(attributes.status)], caseStatuses[status]];
	if (!after) {
		const known = Object.keys(caseStatuses).join(', ');
		throw invalid(`meta.status must be one of ${known}`, '/meta/status');
	}
	if (attributes.status === status) return;
	const ends = after === 'resolved';
	Object.assign(attributes, {
		status,
		'updated-at': now(),
		'resolved-at': ends ? now() : null,
	});
	world.emit('case.status-updated', thing);
	if (before !== after) world.emit(`case.${ends ? 'resolved' : 'reopened'}`, thing);
}

/** Gives the case to a member of the organization. */
export function assign(world: World, thing: StoredObject, user: StoredObject) {
	Object.assign(thing.attributes, {
		'assignee-id': user.id,
		'assigned-at': now(),
		'updated-at': now(),
	});
	world.emit('case.assigned', thing);
}

/** Starts the time in which the case has to be done with, or takes it away. */
export function setSla(world: World, thing: StoredObject, seconds: number | null) {
	const { attributes } = thing;
	const end = seconds === null ? null : new Date(Date.now() + seconds * 1000).toISOString();
	attributes['sla-expires-at'] = end;
	if (seconds === null) return;
	world.after(seconds * 1000, () => {
		const isOpen = caseStatuses[String(attributes.status)] === 'open';
		// Another time may have been set since.
		if (isOpen && attributes['sla-expires-at'] === end) world.emit('case.sla-expired', thing);
	});
}

/** The objects with these IDs; throws when there is none, or none that a case can be about. */
export const objectsOf = (world: World, ids: string[]): StoredObject[] =>
	ids.map((id) => {
		const object = world.store.findById(id);
		if (!object) throw notFound('meta.object_ids is not found');
		if (!(familyOf(object) in places)) throw invalid(`meta.object_ids cannot hold ${id}`);
		return object;
	});

/** Puts objects into the case; what is in it already stays there once. */
export function addObjects(world: World, thing: StoredObject, objects: StoredObject[]) {
	for (const object of objects) {
		const name = places[familyOf(object)];
		if (!name || refsOf(thing, name).some(({ id }) => id === object.id)) continue;
		world.attach(thing, name, object);
	}
}

/** Takes objects out of the case; those that are not in it do no harm. */
export function removeObjects(thing: StoredObject, ids: string[]) {
	for (const name of Object.values(places)) {
		if (!name) continue;
		const rest = refsOf(thing, name).filter(({ id }) => !ids.includes(id));
		thing.relationships = { ...thing.relationships, [name]: { data: rest } };
	}
}

const refsOf = ({ relationships = {} }: StoredObject, name: string) =>
	[relationships[name]?.data ?? []].flat();

/** Wipes what the case itself holds; the objects in it keep what they have. */
export function redactCase(world: World, thing: StoredObject) {
	const { attributes } = thing;
	deleteFiles(world, [attributes.fields, attributes.attachments]);
	Object.assign(attributes, {
		fields: {},
		attachments: [],
		'redacted-at': now(),
		'updated-at': now(),
	});
	world.emit('case.redacted', thing);
}
