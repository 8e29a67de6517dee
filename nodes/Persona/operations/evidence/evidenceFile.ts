import type { NodeItemContext } from '../../engine/itemContext';
import type { ApiResponse } from '../../transport/apiResponse';
import { toNodeError } from '../../transport/errors';
import { createLinkDownloader, findFileLinks, type FileLink } from '../../transport/files';
import type { JsonApiDocument, PersonaObject, ResourceIdentifier } from '../../transport/jsonApi';
import {
	getFileExtension,
	getEvidenceKind,
	sanitizeFileName,
	buildTitle,
	type EvidenceKind,
} from './evidenceKind';

/** A place in Persona where a piece of evidence is. */
export interface EvidenceLocation {
	type: string;
	id: string;
	/** The route that gives it, or the attribute that links to it. */
	from: string;
}

/** Where a piece of evidence is from, and the other places where Persona has the same. */
export interface EvidenceSource extends EvidenceLocation {
	kind: EvidenceKind;
	alsoAt: EvidenceLocation[];
}

/** One piece of evidence, and what came of fetching it. */
export interface EvidenceFile {
	source: EvidenceSource;
	/** The file name, without the ID of the inquiry in front. */
	name: string;
	answer: ApiResponse;
	/** Why it could not be fetched. */
	reason?: string;
}

/** What the evidence lacks, and why. */
export interface MissingEvidence extends EvidenceLocation {
	kind?: EvidenceKind;
	alsoAt?: EvidenceLocation[];
	reason: string;
}

/** The objects that an inquiry is related to. */
const getRelated = ({ relationships = {} }: PersonaObject): ResourceIdentifier[] =>
	Object.values(relationships).flatMap((relationship) => relationship?.data ?? []);

/** What something is and whose, unless it is the inquiry's own: its ID stands in front anyway. */
const buildBaseName = (title: string, id: string, inquiry: PersonaObject) =>
	id === inquiry.id ? title : `${title}-${sanitizeFileName(id)}`;

/** What Persona prints, and below which path. */
const paths: Record<string, string> = {
	inquiry: 'inquiries',
	report: 'reports',
	verification: 'verifications',
};

const familyOf = (type: string) => type.split('/')[0];

/** Why Persona did not answer with a file, in the words of its errors. */
function describePrintFailure(
	{ run }: NodeItemContext,
	answer: ApiResponse,
	permission: string,
): string | undefined {
	if (answer.statusCode === 200) return undefined;
	const { message, description } = toNodeError(run.node.getNode(), answer, { permission });
	return [message, description].filter((text) => text).join('. ');
}

/** The PDFs of an inquiry, of its reports and of its verifications, with one request for each. */
export async function* fetchPrints(
	session: NodeItemContext,
	inquiry: PersonaObject,
): AsyncGenerator<EvidenceFile> {
	const { client } = session.run;
	const all: ResourceIdentifier[] = [inquiry, ...getRelated(inquiry)];
	const printable = all.filter(({ type }) => familyOf(type) in paths);
	client.rateLimiter.expectedRequests += printable.length;
	for (const { type, id } of printable) {
		const family = familyOf(type);
		const path = `/${paths[family]}/${id}/print`;
		const answer = await client.request({ method: 'GET', path, expectsFile: true });
		client.rateLimiter.expectedRequests--;
		yield {
			source: { kind: 'pdf', type, id, from: `GET ${path}`, alsoAt: [] },
			name: `${buildBaseName(sanitizeFileName(type), id, inquiry)}.pdf`,
			answer,
			reason: describePrintFailure(session, answer, `${family}.read`),
		};
	}
}

/** Why the host of the files gave none; undefined where it gave one. */
function describeDownloadFailure({ statusCode, body }: ApiResponse): string | undefined {
	const refusals: Record<number, string> = {
		403: 'The link to the file has expired, and a new one is refused as well (403)',
		404: 'Persona does not have this file any more (404)',
	};
	if (statusCode === 200) return undefined;
	if (statusCode <= 0) return `Persona's file host did not answer: ${String(body)}`;
	return refusals[statusCode] ?? `Persona's file host answered with ${statusCode}`;
}

/** Verifications tell best what a file shows, so they come before objects with the same files. */
const getRank = ({ type }: FileLink) => (type.startsWith('verification/') ? 0 : 1);

/** The files of these kinds that a document links to; `read` reads it anew for fresh links. */
export async function* fetchLinkedFiles(
	session: NodeItemContext,
	document: JsonApiDocument,
	wanted: Set<EvidenceKind>,
	read: () => Promise<JsonApiDocument>,
): AsyncGenerator<EvidenceFile> {
	const follow = createLinkDownloader(session.run.client, read);
	const links = findFileLinks(document).sort((one, other) => getRank(one) - getRank(other));
	const byAddress = new Map<string, FileLink[]>();
	for (const link of links.filter((one) => wanted.has(getEvidenceKind(one)))) {
		byAddress.set(link.url, [...(byAddress.get(link.url) ?? []), link]);
	}
	const placeOf = ({ type, id, field }: FileLink): EvidenceLocation => ({ type, id, from: field });
	for (const [link, ...others] of byAddress.values()) {
		const answer = await follow(link);
		const ending = getFileExtension(link.fileName, answer.headers['content-type']);
		yield {
			source: { kind: getEvidenceKind(link), ...placeOf(link), alsoAt: others.map(placeOf) },
			name:
				buildBaseName(buildTitle(link, document), link.id, document.data as PersonaObject) + ending,
			answer,
			reason: describeDownloadFailure(answer),
		};
	}
}

/** What Persona has not sent with an inquiry although it is related to it, or has redacted. */
export function findMissing({ data, included = [] }: JsonApiDocument): MissingEvidence[] {
	const inquiry = data as PersonaObject;
	const keys = new Set(included.map(({ type, id }) => `${type} ${id}`));
	const leftOut = getRelated(inquiry)
		.filter(({ type, id }) => !keys.has(`${type} ${id}`))
		.map(({ type, id }) => {
			const reason = 'Persona has not sent it: it is gone, or the API key may not read it';
			return { type, id, from: 'included', reason };
		});
	const redacted = [inquiry, ...included].flatMap(({ type, id, attributes }) => {
		const at = attributes?.['redacted-at'];
		const reason = `Redacted at ${String(at)}: Persona has deleted its personal data for good`;
		return at ? [{ type, id, from: 'redacted-at', reason }] : [];
	});
	return [...leftOut, ...redacted];
}
