import { createPhoto } from '../../files/sampleFiles.mts';
import { toFileObject } from '../../state/fileLinks.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { buildChecks } from './checks.mts';
import { addDocument, linkDocument } from './document.mts';
import { getInquirySubject } from './inquirySubject.mts';
import type { ResultBuilder } from './resultBuilder.mts';

/** The result for a generic document, such as a utility bill. */
export const buildGenericDocument: ResultBuilder = (state, inquiry, verification, isPassed) => {
	const { 'name-full': name, 'address-street-1': street } = getInquirySubject(inquiry);
	const page = createPhoto(state, 'utility-bill');
	const normalized = createPhoto(state, 'utility-bill-normalized');
	const buildExtraction = (field: string, value: Json): JsonObject => ({
		'extraction-type': 'unguided',
		'field-name': field,
		results: [{ value, page: 1, 'match-level': 'full', metadata: null }],
	});
	const content: JsonObject = {
		'document-type': 'standard_utility_bill',
		files: [toFileObject(page)],
		'files-normalized': [toFileObject(normalized)],
		'extraction-responses': [
			buildExtraction('name_full', name),
			buildExtraction('address', street),
		],
	};
	const document = addDocument(
		state,
		inquiry,
		'generic',
		{ kind: 'document', fields: { name_full: name, address: street }, ...content },
		[page],
	);
	linkDocument(verification, document);
	return { ...content, fields: {}, checks: buildChecks('document', isPassed) };
};
