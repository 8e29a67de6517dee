import { NodeApiError } from 'n8n-workflow';
import type { NodeItemContext } from '../../engine/itemContext';
import { toItemError } from '../../transport/errors';
import type { JsonApiDocument, PersonaObject, ResourceIdentifier } from '../../transport/jsonApi';
import { isRecord } from '../../transport/simplify';

/** What one relationship of the inquiry leads to. */
export interface RelatedObjects {
	objects: PersonaObject[];
	/** Whether all of them were read. */
	complete: boolean;
}

/** All that could be read of an inquiry, and a sentence on each thing that could not. */
export interface SummarySources {
	inquiry: PersonaObject;
	verifications: RelatedObjects;
	sessions: RelatedObjects;
	reports: RelatedObjects;
	notes: string[];
}

/** An inquiry with as much of what belongs to it as the API key may read. */
export interface FetchedInquiry {
	document: JsonApiDocument;
	/** The relationships that Persona was asked to include. */
	include: string[];
}

/** What to include, with less each time that the API key may not read all of it. */
const INCLUDE_FALLBACKS = [
	['verifications', 'sessions', 'reports'],
	['verifications', 'sessions'],
	[],
];

/**
 * The inquiry with what belongs to it: one request, two where the API key may not read reports,
 * three where it may not read verifications either. Throws where it may not read the inquiry.
 */
export async function fetchInquiry(
	session: NodeItemContext,
	includes = INCLUDE_FALLBACKS,
): Promise<FetchedInquiry> {
	const [include, ...fewer] = includes;
	const request = await session.buildRequest();
	try {
		const query = { ...request.query, include: include.join() || undefined };
		return { document: await session.requestDocument({ ...request, query }), include };
	} catch (error) {
		const failure = toItemError(session.run.node.getNode(), error as Error);
		const isForbidden = failure instanceof NodeApiError && failure.httpCode === '403';
		if (!isForbidden || fewer.length === 0) throw failure;
		return await fetchInquiry(session, fewer);
	}
}

/**
 * What a summary is made of. Reports that Persona names without including them are asked for one by
 * one; whatever cannot be read is missing and noted. Never throws.
 */
export async function fetchSources(
	session: NodeItemContext,
	{ document, include }: FetchedInquiry,
): Promise<SummarySources> {
	const inquiry = document.data as PersonaObject;
	const included = (document.included ?? []).filter(isRecord) as PersonaObject[];
	const notes: string[] = [];

	const related = (name: string, family: string) => {
		const objects = included.filter(({ type }) => type.split('/')[0] === family);
		const told = inquiry.relationships?.[name]?.data;
		const isRead = ({ id }: ResourceIdentifier) => objects.some((object) => object.id === id);
		const missing = [told ?? []].flat().filter((reference) => !isRead(reference));
		const unknown = told === undefined && objects.length === 0;
		if (unknown) notes.push(`Persona does not tell which ${name} the inquiry has`);
		return { objects, missing, complete: !unknown && missing.length === 0 };
	};

	const readOrNote = async (reference: ResourceIdentifier): Promise<PersonaObject> => {
		try {
			const { data } = await session.requestDocument({
				method: 'GET',
				path: `/reports/${reference.id}`,
			});
			return data as PersonaObject;
		} catch (error) {
			notes.push(`Report ${reference.id} was not read: ${(error as Error).message}`);
			return reference;
		}
	};

	const verifications = related('verifications', 'verification');
	const sessions = related('sessions', 'inquiry-session');
	const reports = related('reports', 'report');
	const alone = include.includes('reports') ? reports.missing : [];
	const further = await Promise.all(alone.map(readOrNote));
	for (const [name, { missing }] of Object.entries({ verifications, sessions, reports })) {
		if (missing.length === 0 || (name === 'reports' && alone.length > 0)) continue;
		const asked = include.includes(name);
		const why = asked ? 'Persona did not include them' : 'the API key may not read them';
		notes.push(`${missing.length} of the ${name} were not read: ${why}`);
	}
	const all = [...reports.objects, ...(alone.length > 0 ? further : reports.missing)];
	return { inquiry, verifications, sessions, reports: { ...reports, objects: all }, notes };
}
