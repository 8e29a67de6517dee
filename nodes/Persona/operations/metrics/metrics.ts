import type { IDataObject } from 'n8n-workflow';
import type { Session } from '../../engine/itemContext';
import type { Request } from '../../transport/client';
import type { Document, PersonaObject, Reference } from '../../transport/jsonApi';
import { pages } from '../../transport/pagination';
import { partAt, type Period } from './period';
import { readInquiries } from './fetchInquiries';
import { factsOf, Tally, type Numbers } from './aggregate';

/** The numbers over a period: of all, by the day or week of creation, and by template. */
export interface Metrics extends Numbers {
	/** ISO 8601 in the time zone of the workflow, as is `to`. */
	from: string;
	/** The first moment that no longer counts. */
	to: string;
	timeZone: string;
	groupBy: string;
	/** Every day or week, also those in which nothing happened. */
	timeline: Array<{ start: string } & Numbers>;
	/** The name is null where the API key may not read templates. */
	templates: Array<{ templateId: string | null; templateName: string | null } & Numbers>;
}

/** All that is counted by, and nothing that tells who a person is. */
const ATTRIBUTES = ['status', 'created-at', 'started-at', 'completed-at', 'decisioned-at'];

/** Relationships to today's templates and to legacy ones. */
const TEMPLATES = ['inquiry-template', 'template'] as const;

/** More requests than there ever are: how many pages a period has is not known in advance. */
const ENDLESS = 1e9;

/** Reads the inquiries that a request finds, page by page, and keeps nothing but their numbers. */
export async function metricsOf(
	session: Session,
	request: Request,
	period: Period,
	tags: string[],
): Promise<Metrics> {
	const all = new Tally();
	const parts = period.starts.map(() => new Tally());
	const byTemplate = new Map<string | null, Tally>();
	const count = ({ attributes = {}, relationships }: PersonaObject) => {
		const facts = factsOf(attributes);
		if (tags.length > 0 && !isTagged(attributes, tags)) return;
		const template = templateOf(relationships);
		const ofTemplate = byTemplate.get(template) ?? new Tally();
		byTemplate.set(template, ofTemplate);
		for (const tally of [all, ofTemplate, parts[partAt(period, facts.created)]]) tally?.add(facts);
	};
	const send = sparsely(session, tags.length > 0 ? [...ATTRIBUTES, 'tags'] : ATTRIBUTES);
	const { pace } = session.run.client;
	pace.ahead += ENDLESS;
	try {
		const [from, to] = [period.from.toMillis(), period.to.toMillis()];
		await readInquiries(send, request, { from, to }, count);
	} finally {
		pace.ahead -= ENDLESS;
	}
	const names = await namesOf(session, [...byTemplate.keys()]);
	return {
		from: period.from.toISO() as string,
		to: period.to.toISO() as string,
		timeZone: session.run.node.getTimezone(),
		groupBy: period.unit,
		...all.numbers(),
		timeline: parts.map((part, at) => ({ start: period.dates[at], ...part.numbers() })),
		templates: [...byTemplate]
			.map(([templateId, tally]) => ({
				templateId,
				templateName: names.get(templateId) ?? null,
				...tally.numbers(),
			}))
			.sort(bySize),
	};
}

type Sized = Metrics['templates'][number];

const bySize = (one: Sized, other: Sized) =>
	other.created - one.created || (String(one.templateId) < String(other.templateId) ? -1 : 1);

/**
 * Asks for these fields alone. Persona's documentation shows answers to that both with relationships
 * and without; if they are missing, the pages are read in full, for nothing else tells the template.
 */
function sparsely(session: Session, fields: string[]) {
	let sparse = true;
	return async (request: Request): Promise<Document> => {
		if (!sparse) return await session.send(request);
		const query = { ...request.query, fields: { inquiry: fields.join(',') } };
		const document = await session.send({ ...request, query });
		sparse = [document.data].flat().every(({ relationships }) => relationships);
		return sparse ? document : await session.send(request);
	};
}

function isTagged({ tags }: IDataObject, wanted: string[]) {
	return Array.isArray(tags) && tags.some((tag) => wanted.includes(String(tag)));
}

function templateOf(relationships: PersonaObject['relationships'] = {}): string | null {
	const found = TEMPLATES.map((name) => (relationships[name]?.data as Reference | null)?.id);
	return found.find((id) => id) ?? null;
}

/** Names by ID. A sandbox key may not read templates, so without an answer their IDs have to do. */
async function namesOf({ run }: Session, ids: Array<string | null>) {
	const names = new Map<string | null, string>();
	if (!ids.some((id) => id?.startsWith('itmpl_'))) return names;
	const send = async (request: Request): Promise<Document> => {
		const { statusCode, body } = await run.client.answer(request);
		return statusCode === 200 ? (body as Document) : { data: [] };
	};
	const query = { fields: { 'inquiry-template': 'name' } };
	const request: Request = { method: 'GET', path: '/inquiry-templates', query };
	for await (const { object } of pages(send, request, Infinity)) {
		if (object.attributes?.name) names.set(object.id, String(object.attributes.name));
	}
	return names;
}
