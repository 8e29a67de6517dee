import type { ItemContext } from '../../engine/types';
import { type ApiResponse, NOT_PERSONA } from '../../transport/apiResponse';
import { findFileLinks, type FileLink } from '../../transport/fileLinks';
import { createLinkDownloader } from '../../transport/files';
import type { ObjectDocument } from '../../transport/jsonApi';
import { buildBaseName, type EvidenceFile, type EvidenceLocation } from './evidenceFile';
import { buildTitle, getEvidenceKind, getFileExtension, type EvidenceKind } from './evidenceKind';

/** Why the file host returned no file; undefined where it did. */
function describeFailure({ statusCode, body }: ApiResponse): string | undefined {
	const reasons: Record<number, string> = {
		403: 'The link to the file has expired, and a new link was denied as well (403)',
		404: 'Persona no longer has this file (404)',
	};
	if (statusCode === 200) return undefined;
	if (statusCode === NOT_PERSONA) return String(body);
	if (statusCode <= 0) return `Persona's file host did not respond: ${String(body)}`;
	return reasons[statusCode] ?? `Persona's file host responded with ${statusCode}`;
}

/** A verification says best what a file shows, so it comes before objects that link to the same file. */
const getRank = ({ type }: FileLink) => (type.startsWith('verification/') ? 0 : 1);

function groupByUrl(links: FileLink[]): Map<string, FileLink[]> {
	const byUrl = new Map<string, FileLink[]>();
	for (const link of links) byUrl.set(link.url, [...(byUrl.get(link.url) ?? []), link]);
	return byUrl;
}

const toLocation = ({ type, id, field }: FileLink): EvidenceLocation => ({ type, id, from: field });

/**
 * Fetches the files of some kinds that a document links to, each one once. `fetchDocument` fetches
 * the document again where a link has expired. Throws what that throws.
 */
export async function* fetchLinkedFiles(
	context: ItemContext,
	document: ObjectDocument,
	kinds: Set<EvidenceKind>,
	fetchDocument: () => Promise<ObjectDocument>,
): AsyncGenerator<EvidenceFile> {
	const download = createLinkDownloader(context.run.client, fetchDocument);
	const links = findFileLinks(document)
		.sort((a, b) => getRank(a) - getRank(b))
		.filter((link) => kinds.has(getEvidenceKind(link)));
	for (const [link, ...others] of groupByUrl(links).values()) {
		const response = await download(link);
		const title = buildTitle(link, document);
		const extension = getFileExtension(link.fileName, response.headers['content-type']);
		yield {
			source: {
				kind: getEvidenceKind(link),
				...toLocation(link),
				alsoAt: others.map(toLocation),
			},
			name: buildBaseName(title, link.id, document.data) + extension,
			response,
			reason: describeFailure(response),
		};
	}
}
