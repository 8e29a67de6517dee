import { NodeApiError } from 'n8n-workflow';
import type { ItemContext } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import { toItemError } from '../../transport/errors';
import {
	findRelated,
	getBaseType,
	getIncluded,
	type ObjectDocument,
	type PersonaObject,
	type ResourceIdentifier,
} from '../../transport/jsonApi';

/** The objects that one relationship of the inquiry points to. */
export interface RelatedObjects {
	objects: PersonaObject[];
	/** Whether all of them could be read. */
	isComplete: boolean;
}

/** All that could be read of an inquiry, and a note on everything that could not. */
export interface SummarySources {
	inquiry: PersonaObject;
	verifications: RelatedObjects;
	sessions: RelatedObjects;
	reports: RelatedObjects;
	notes: string[];
}

/** An inquiry with as many of its related objects as the API key may read. */
export interface FetchedInquiry {
	document: ObjectDocument;
	/** The relationships that the request included. */
	include: string[];
}

/** What to include; the next entry is tried where the API key lacks a permission for all of it. */
const INCLUDE_FALLBACKS = [
	['verifications', 'sessions', 'reports'],
	['verifications', 'sessions'],
	[],
];

/**
 * Fetches the inquiry with its related objects: one request, two where the API key may not read
 * reports, three where it may not read verifications either. Throws where it may not read the inquiry.
 */
export async function fetchInquiry(
	context: ItemContext,
	request: ApiRequest,
	includes = INCLUDE_FALLBACKS,
): Promise<FetchedInquiry> {
	const [include, ...fallbacks] = includes;
	try {
		const query = { ...request.query, include: include.join() || undefined };
		return { document: await context.requestDocument({ ...request, query }), include };
	} catch (error) {
		const itemError = toItemError(context.run.node.getNode(), error as Error);
		const isForbidden = itemError instanceof NodeApiError && itemError.httpCode === '403';
		if (!isForbidden || fallbacks.length === 0) throw itemError;
		return await fetchInquiry(context, request, fallbacks);
	}
}

/** What the document includes of one relationship, and which of its objects are missing there. */
function findIncluded(document: ObjectDocument, name: string, baseType: string) {
	const objects = getIncluded(document).filter(({ type }) => getBaseType(type) === baseType);
	const references = findRelated(document.data, name);
	const isIncluded = ({ id }: ResourceIdentifier) => objects.some((object) => object.id === id);
	return {
		objects,
		missing: (references ?? []).filter((reference) => !isIncluded(reference)),
		isUnknown: references === undefined && objects.length === 0,
	};
}

/** A report that was not included; where it cannot be read, only its reference, with a note. */
async function fetchReport(
	context: ItemContext,
	reference: ResourceIdentifier,
	notes: string[],
): Promise<PersonaObject> {
	try {
		const { data } = await context.requestDocument({
			method: 'GET',
			path: `/reports/${reference.id}`,
		});
		return data;
	} catch (error) {
		notes.push(`Report ${reference.id} could not be read: ${(error as Error).message}`);
		return reference;
	}
}

/**
 * Collects what a summary is made of. Fetches reports one by one that Persona references without
 * including them. Whatever cannot be read is left out and noted. Never throws.
 */
export async function fetchSources(
	context: ItemContext,
	{ document, include }: FetchedInquiry,
): Promise<SummarySources> {
	const notes: string[] = [];
	const findRelated = (name: string, baseType: string) => {
		const related = findIncluded(document, name, baseType);
		const { missing, isUnknown } = related;
		if (isUnknown) notes.push(`Persona did not say which ${name} the inquiry has`);
		return { ...related, isComplete: !isUnknown && missing.length === 0 };
	};
	const verifications = findRelated('verifications', 'verification');
	const sessions = findRelated('sessions', 'inquiry-session');
	const reports = findRelated('reports', 'report');
	const canFetchReports = include.includes('reports') && reports.missing.length > 0;
	const furtherReports = canFetchReports
		? await Promise.all(reports.missing.map((report) => fetchReport(context, report, notes)))
		: reports.missing;
	for (const [name, { missing }] of Object.entries({ verifications, sessions, reports })) {
		if (missing.length === 0 || (name === 'reports' && canFetchReports)) continue;
		const isRequested = include.includes(name);
		const reason = isRequested ? 'Persona did not include them' : 'the API key may not read them';
		notes.push(`${missing.length} of the ${name} could not be read: ${reason}`);
	}
	return {
		inquiry: document.data,
		verifications,
		sessions,
		reports: { ...reports, objects: [...reports.objects, ...furtherReports] },
		notes,
	};
}
