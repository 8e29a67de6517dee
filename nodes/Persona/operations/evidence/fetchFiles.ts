import type { Session } from '../../engine/itemContext';
import type { Answer } from '../../transport/apiResponse';
import { toNodeError } from '../../transport/errors';
import { follower, linksOf, type Link } from '../../transport/files';
import type { Document, PersonaObject, Reference } from '../../transport/jsonApi';
import { endingOf, kindOf, plain, titleOf, type Kind } from './fileTypes';

/** A place in Persona where a piece of evidence is. */
export interface Place {
	type: string;
	id: string;
	/** The route that gives it, or the attribute that links to it. */
	from: string;
}

/** Where a piece of evidence is from, and the other places where Persona has the same. */
export interface Source extends Place {
	kind: Kind;
	alsoAt: Place[];
}

/** One piece of evidence, and what came of fetching it. */
export interface Piece {
	source: Source;
	/** The file name, without the ID of the inquiry in front. */
	name: string;
	answer: Answer;
	/** Why it could not be fetched. */
	reason?: string;
}

/** What the evidence lacks, and why. */
export interface Missing extends Place {
	kind?: Kind;
	alsoAt?: Place[];
	reason: string;
}

/** The objects that an inquiry is related to. */
const relatedTo = ({ relationships = {} }: PersonaObject): Reference[] =>
	Object.values(relationships).flatMap((relationship) => relationship?.data ?? []);

/** What something is and whose, unless it is the inquiry's own: its ID stands in front anyway. */
const named = (title: string, id: string, inquiry: PersonaObject) =>
	id === inquiry.id ? title : `${title}-${plain(id)}`;

/** What Persona prints, and below which path. */
const paths: Record<string, string> = {
	inquiry: 'inquiries',
	report: 'reports',
	verification: 'verifications',
};

const familyOf = (type: string) => type.split('/')[0];

/** Why Persona did not answer with a file, in the words of its errors. */
function problemWith({ run }: Session, answer: Answer, permission: string): string | undefined {
	if (answer.statusCode === 200) return undefined;
	const { message, description } = toNodeError(run.node.getNode(), answer, { permission });
	return [message, description].filter((text) => text).join('. ');
}

/** The PDFs of an inquiry, of its reports and of its verifications, with one request for each. */
export async function* printed(session: Session, inquiry: PersonaObject): AsyncGenerator<Piece> {
	const { client } = session.run;
	const all: Reference[] = [inquiry, ...relatedTo(inquiry)];
	const printable = all.filter(({ type }) => familyOf(type) in paths);
	client.pace.ahead += printable.length;
	for (const { type, id } of printable) {
		const family = familyOf(type);
		const path = `/${paths[family]}/${id}/print`;
		const answer = await client.answer({ method: 'GET', path, file: true });
		client.pace.ahead--;
		yield {
			source: { kind: 'pdf', type, id, from: `GET ${path}`, alsoAt: [] },
			name: `${named(plain(type), id, inquiry)}.pdf`,
			answer,
			reason: problemWith(session, answer, `${family}.read`),
		};
	}
}

/** Why the host of the files gave none; undefined where it gave one. */
function refusal({ statusCode, body }: Answer): string | undefined {
	const refusals: Record<number, string> = {
		403: 'The link to the file has expired, and a new one is refused as well (403)',
		404: 'Persona does not have this file any more (404)',
	};
	if (statusCode === 200) return undefined;
	if (statusCode <= 0) return `Persona's file host did not answer: ${String(body)}`;
	return refusals[statusCode] ?? `Persona's file host answered with ${statusCode}`;
}

/** Verifications tell best what a file shows, so they come before objects with the same files. */
const rank = ({ type }: Link) => (type.startsWith('verification/') ? 0 : 1);

/** The files of these kinds that a document links to; `read` reads it anew for fresh links. */
export async function* linked(
	session: Session,
	document: Document,
	wanted: Set<Kind>,
	read: () => Promise<Document>,
): AsyncGenerator<Piece> {
	const follow = follower(session.run.client, read);
	const links = linksOf(document).sort((one, other) => rank(one) - rank(other));
	const byAddress = new Map<string, Link[]>();
	for (const link of links.filter((one) => wanted.has(kindOf(one)))) {
		byAddress.set(link.url, [...(byAddress.get(link.url) ?? []), link]);
	}
	const placeOf = ({ type, id, field }: Link): Place => ({ type, id, from: field });
	for (const [link, ...others] of byAddress.values()) {
		const answer = await follow(link);
		const ending = endingOf(link.fileName, answer.headers['content-type']);
		yield {
			source: { kind: kindOf(link), ...placeOf(link), alsoAt: others.map(placeOf) },
			name: named(titleOf(link, document), link.id, document.data as PersonaObject) + ending,
			answer,
			reason: refusal(answer),
		};
	}
}

/** What Persona has not sent with an inquiry although it is related to it, or has redacted. */
export function absent({ data, included = [] }: Document): Missing[] {
	const inquiry = data as PersonaObject;
	const keys = new Set(included.map(({ type, id }) => `${type} ${id}`));
	const leftOut = relatedTo(inquiry)
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
