import { deleteFiles } from '../files/uploads.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { verificationKinds } from './verificationKinds.mts';

/** Says nothing about a person. */
const kept =
	/^(status|kind|capture-method|checks|country-code|tags|from-reusable-persona|.+-at(-ts)?|.+-reasons)$/;

/** Whether an investigation keeps a verification, or one of an inquiry, from being redacted. */
export const isUnderInvestigation = (world: World, thing: StoredObject) =>
	[thing, ...world.store.getRelated(thing, 'verifications')].some(
		(each) => world.about(each).locked,
	);

/** Wipes what a verification and its document know about the person, their files included. */
export function redactVerification(world: World, verification: StoredObject) {
	const [, kind] = verification.type.split('/');
	wipe(world, verification);
	for (const { attribute, nullable } of verificationKinds[kind]) {
		if (!nullable) delete verification.attributes[attribute];
	}
	verification.attributes['redacted-at'] = now();
	for (const document of world.store.getRelated(verification, 'document')) {
		wipe(world, document);
		for (const file of world.store.getRelated(document, 'document-files')) wipe(world, file);
	}
}

function wipe(world: World, thing: StoredObject) {
	deleteFiles(world, thing.attributes);
	for (const [name, value] of Object.entries(thing.attributes)) {
		if (!kept.test(name)) thing.attributes[name] = emptied(name, value);
	}
}

/** What stays of a value: lists and those objects that are never null stay without their content. */
function emptied(name: string, value: Json): Json {
	if (Array.isArray(value)) return [];
	if (name === 'fields') return {};
	if (name !== 'extracted-identity') return null;
	return Object.fromEntries(Object.keys(value as JsonObject).map((key) => [key, null]));
}
