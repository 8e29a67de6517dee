import { fileObject } from '../files/fileLinks.mts';
import { photo } from '../files/samples.mts';
import type { Json, JsonObject } from '../store.mts';
import { checksOf } from './checks.mts';
import { addDocument, documented } from './document.mts';
import type { Finding } from './findings.mts';
import { personOf } from './person.mts';

/** What a paper says, such as a utility bill, with its checks, pages and document. */
export const paper: Finding = (world, inquiry, verification, passed) => {
	const { 'name-full': name, 'address-street-1': street } = personOf(inquiry);
	const page = photo(world, 'utility-bill');
	const normalized = photo(world, 'utility-bill-normalized');
	const extraction = (field: string, value: Json): JsonObject => ({
		'extraction-type': 'unguided',
		'field-name': field,
		results: [{ value, page: 1, 'match-level': 'full', metadata: null }],
	});
	const content: JsonObject = {
		'document-type': 'standard_utility_bill',
		files: [fileObject(page.name, page.bytes)],
		'files-normalized': [fileObject(normalized.name, normalized.bytes)],
		'extraction-responses': [extraction('name_full', name), extraction('address', street)],
	};
	const document = addDocument(
		world,
		inquiry,
		'generic',
		{ kind: 'document', fields: { name_full: name, address: street }, ...content },
		[page],
	);
	documented(verification, document);
	return { ...content, fields: {}, checks: checksOf('document', passed) };
};
