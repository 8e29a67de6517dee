import { NodeApiError } from 'n8n-workflow';
import type { Session } from '../../engine/itemContext';
import { inNode } from '../../transport/errors';
import type { Document, PersonaObject, Reference } from '../../transport/jsonApi';
import { isObject } from '../../transport/simplify';

/** What one relationship of the inquiry leads to. */
export interface Related {
	objects: PersonaObject[];
	/** Whether all of them were read. */
	complete: boolean;
}

/** All that could be read of an inquiry, and a sentence on each thing that could not. */
export interface Reading {
	inquiry: PersonaObject;
	verifications: Related;
	sessions: Related;
	reports: Related;
	notes: string[];
}

/** An inquiry with as much of what belongs to it as the API key may read. */
export interface Inclusion {
	document: Document;
	/** The relationships that Persona was asked to include. */
	include: string[];
}

/** What to include, with less each time that the API key may not read all of it. */
const INCLUDES = [['verifications', 'sessions', 'reports'], ['verifications', 'sessions'], []];

/**
 * The inquiry with what belongs to it: one request, two where the API key may not read reports,
 * three where it may not read verifications either. Throws where it may not read the inquiry.
 */
export async function askFor(session: Session, includes = INCLUDES): Promise<Inclusion> {
	const [include, ...fewer] = includes;
	const request = await session.request();
	try {
		const query = { ...request.query, include: include.join() || undefined };
		return { document: await session.send({ ...request, query }), include };
	} catch (error) {
		const failure = inNode(session.run.node.getNode(), error as Error);
		const isForbidden = failure instanceof NodeApiError && failure.httpCode === '403';
		if (!isForbidden || fewer.length === 0) throw failure;
		return await askFor(session, fewer);
	}
}

/**
 * What a summary is made of. Reports that Persona names without including them are asked for one by
 * one; whatever cannot be read is missing and noted. Never throws.
 */
export async function readingOf(
	session: Session,
	{ document, include }: Inclusion,
): Promise<Reading> {
	const inquiry = document.data as PersonaObject;
	const included = (document.included ?? []).filter(isObject) as PersonaObject[];
	const notes: string[] = [];

	const related = (name: string, family: string) => {
		const objects = included.filter(({ type }) => type.split('/')[0] === family);
		const told = inquiry.relationships?.[name]?.data;
		const isRead = ({ id }: Reference) => objects.some((object) => object.id === id);
		const missing = [told ?? []].flat().filter((reference) => !isRead(reference));
		const unknown = told === undefined && objects.length === 0;
		if (unknown) notes.push(`Persona does not tell which ${name} the inquiry has`);
		return { objects, missing, complete: !unknown && missing.length === 0 };
	};

	const readOrNote = async (reference: Reference): Promise<PersonaObject> => {
		try {
			const { data } = await session.send({ method: 'GET', path: `/reports/${reference.id}` });
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
