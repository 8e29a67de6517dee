import { type StoredFile, toFileObject } from '../../state/fileLinks.mts';
import type { JsonObject } from '../../state/json.mts';
import { toMany, toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';

/** Adds a processed document to the inquiry, with its original files. */
export function addDocument(
	state: SandboxState,
	inquiry: StoredObject,
	kind: string,
	attributes: JsonObject,
	files: StoredFile[] = [],
): StoredObject {
	const { template, ...related } = inquiry.relationships ?? {};
	const originals = files.map((file) =>
		state.createObject('document-file', 'docf', {
			name: file.name,
			'capture-method': 'upload',
			originals: [toFileObject(file)],
		}),
	);
	const document = state.createObject(
		`document/${kind}`,
		'doc',
		{
			status: 'processed',
			'created-at': getTimestamp(),
			'processed-at': getTimestamp(),
			'processed-at-ts': Math.floor(Date.now() / 1000),
			...attributes,
		},
		{
			inquiry: toOne(inquiry),
			template: template ?? toOne(null),
			'inquiry-template': related['inquiry-template'] ?? toOne(null),
			'inquiry-template-version': related['inquiry-template-version'] ?? toOne(null),
			transaction: toOne(null),
			'document-files': toMany(originals),
		},
	);
	state.addRelated(inquiry, 'documents', document);
	return document;
}

/** Sets the document of a verification. */
export function linkDocument(verification: StoredObject, document: StoredObject) {
	verification.relationships = { ...verification.relationships, document: toOne(document) };
}
