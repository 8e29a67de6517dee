import { fileObject } from '../files/fileLinks.mts';
import type { StoredFile } from '../files/samples.mts';
import { many, one } from '../server/answer.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';

/** Gives the inquiry a processed document of this kind, with the files it was made of. */
export function addDocument(
	world: World,
	inquiry: StoredObject,
	kind: string,
	attributes: JsonObject,
	files: StoredFile[] = [],
): StoredObject {
	const { template, ...related } = inquiry.relationships ?? {};
	const originals = files.map(({ name, bytes }) =>
		world.create('document-file', 'docf', {
			name,
			'capture-method': 'upload',
			originals: [fileObject(name, bytes)],
		}),
	);
	const document = world.create(
		`document/${kind}`,
		'doc',
		{
			status: 'processed',
			'created-at': now(),
			'processed-at': now(),
			'processed-at-ts': Math.floor(Date.now() / 1000),
			...attributes,
		},
		{
			inquiry: one(inquiry),
			template: template ?? one(null),
			'inquiry-template': related['inquiry-template'] ?? one(null),
			'inquiry-template-version': related['inquiry-template-version'] ?? one(null),
			transaction: one(null),
			'document-files': many(originals),
		},
	);
	world.attach(inquiry, 'documents', document);
	return document;
}

/** Says that a verification has left this document behind. */
export function documented(verification: StoredObject, document: StoredObject) {
	verification.relationships = { ...verification.relationships, document: one(document) };
}
