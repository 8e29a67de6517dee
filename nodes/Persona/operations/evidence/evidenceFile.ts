import type { ApiResponse } from '../../transport/apiResponse';
import type { PersonaObject } from '../../transport/jsonApi';
import { sanitizeFileName, type EvidenceKind } from './evidenceKind';

/** Where Persona has a file, in the manifest. */
export interface EvidenceLocation {
	type: string;
	id: string;
	/** The route that returns it, or the attribute that links to it. */
	from: string;
}

/** Where a file is from, and where else Persona has the same one, in the manifest. */
export interface EvidenceSource extends EvidenceLocation {
	kind: EvidenceKind;
	alsoAt: EvidenceLocation[];
}

/** A file of the evidence, fetched or not. */
export interface EvidenceFile {
	source: EvidenceSource;
	/** The file name, without the ID of the inquiry that comes before it. */
	name: string;
	response: ApiResponse;
	/** Why it could not be fetched. */
	reason?: string;
}

/** What is missing from the evidence, and why, in the manifest. */
export interface MissingEvidence extends EvidenceLocation {
	kind?: EvidenceKind;
	alsoAt?: EvidenceLocation[];
	reason: string;
}

/** Builds a file name from a title and the ID of its object; the inquiry's own ID comes first anyway. */
export const buildBaseName = (title: string, id: string, inquiry: PersonaObject) =>
	id === inquiry.id ? title : `${title}-${sanitizeFileName(id)}`;
