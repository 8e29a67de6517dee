import type { IDataObject } from 'n8n-workflow';
import type { NodeItemContext } from '../../engine/itemContext';
import type { ApiRequest } from '../../transport/client';
import type { JsonApiDocument, PersonaObject, ResourceIdentifier } from '../../transport/jsonApi';
import { paginate } from '../../transport/pagination';
import { findPart, type MetricsPeriod } from './period';
import { fetchInquiries } from './fetchInquiries';
import { extractFacts, InquiryAggregator, type MetricValues } from './inquiryAggregator';

/** The numbers over a period: of all, by the day or week of creation, and by template. */
export interface Metrics extends MetricValues {
	/** ISO 8601 in the time zone of the workflow, as is `to`. */
	from: string;
	/** The first moment that no longer counts. */
	to: string;
	timeZone: string;
	groupBy: string;
	/** Every day or week, also those in which nothing happened. */
	timeline: Array<{ start: string } & MetricValues>;
	/** The name is null where the API key may not read templates. */
	templates: Array<{ templateId: string | null; templateName: string | null } & MetricValues>;
}

/** All that is counted by, and nothing that tells who a person is. */
const COUNTED_ATTRIBUTES = ['status', 'created-at', 'started-at', 'completed-at', 'decisioned-at'];

/** Relationships to today's templates and to legacy ones. */
const TEMPLATE_RELATIONSHIPS = ['inquiry-template', 'template'] as const;

/** More requests than there ever are: how many pages a period has is not known in advance. */
const UNKNOWN_REQUEST_COUNT = 1e9;

/** Reads the inquiries that a request finds, page by page, and keeps nothing but their numbers. */
export async function computeMetrics(
	session: NodeItemContext,
	request: ApiRequest,
	period: MetricsPeriod,
	tags: string[],
): Promise<Metrics> {
	const all = new InquiryAggregator();
	const parts = period.partStartsMs.map(() => new InquiryAggregator());
	const byTemplate = new Map<string | null, InquiryAggregator>();
	const count = ({ attributes = {}, relationships }: PersonaObject) => {
		const facts = extractFacts(attributes);
		if (tags.length > 0 && !hasAnyTag(attributes, tags)) return;
		const template = getTemplateId(relationships);
		const ofTemplate = byTemplate.get(template) ?? new InquiryAggregator();
		byTemplate.set(template, ofTemplate);
		for (const tally of [all, ofTemplate, parts[findPart(period, facts.createdAtMs)]])
			tally?.add(facts);
	};
	const send = createSparseSender(
		session,
		tags.length > 0 ? [...COUNTED_ATTRIBUTES, 'tags'] : COUNTED_ATTRIBUTES,
	);
	const { rateLimiter: pace } = session.run.client;
	pace.expectedRequests += UNKNOWN_REQUEST_COUNT;
	try {
		const [from, to] = [period.from.toMillis(), period.to.toMillis()];
		await fetchInquiries(send, request, { from, to }, count);
	} finally {
		pace.expectedRequests -= UNKNOWN_REQUEST_COUNT;
	}
	const names = await fetchTemplateNames(session, [...byTemplate.keys()]);
	return {
		from: period.from.toISO() as string,
		to: period.to.toISO() as string,
		timeZone: session.run.node.getTimezone(),
		groupBy: period.unit,
		...all.getValues(),
		timeline: parts.map((part, at) => ({ start: period.partDates[at], ...part.getValues() })),
		templates: [...byTemplate]
			.map(([templateId, tally]) => ({
				templateId,
				templateName: names.get(templateId) ?? null,
				...tally.getValues(),
			}))
			.sort(compareBySize),
	};
}

type TemplateMetrics = Metrics['templates'][number];

const compareBySize = (one: TemplateMetrics, other: TemplateMetrics) =>
	other.created - one.created || (String(one.templateId) < String(other.templateId) ? -1 : 1);

/**
 * Asks for these fields alone. Persona's documentation shows answers to that both with relationships
 * and without; if they are missing, the pages are read in full, for nothing else tells the template.
 */
function createSparseSender(session: NodeItemContext, fields: string[]) {
	let sparse = true;
	return async (request: ApiRequest): Promise<JsonApiDocument> => {
		if (!sparse) return await session.requestDocument(request);
		const query = { ...request.query, fields: { inquiry: fields.join(',') } };
		const document = await session.requestDocument({ ...request, query });
		sparse = [document.data].flat().every(({ relationships }) => relationships);
		return sparse ? document : await session.requestDocument(request);
	};
}

function hasAnyTag({ tags }: IDataObject, wanted: string[]) {
	return Array.isArray(tags) && tags.some((tag) => wanted.includes(String(tag)));
}

function getTemplateId(relationships: PersonaObject['relationships'] = {}): string | null {
	const found = TEMPLATE_RELATIONSHIPS.map(
		(name) => (relationships[name]?.data as ResourceIdentifier | null)?.id,
	);
	return found.find((id) => id) ?? null;
}

/** Names by ID. A sandbox key may not read templates, so without an answer their IDs have to do. */
async function fetchTemplateNames({ run }: NodeItemContext, ids: Array<string | null>) {
	const names = new Map<string | null, string>();
	if (!ids.some((id) => id?.startsWith('itmpl_'))) return names;
	const send = async (request: ApiRequest): Promise<JsonApiDocument> => {
		const { statusCode, body } = await run.client.request(request);
		return statusCode === 200 ? (body as JsonApiDocument) : { data: [] };
	};
	const query = { fields: { 'inquiry-template': 'name' } };
	const request: ApiRequest = { method: 'GET', path: '/inquiry-templates', query };
	for await (const { object } of paginate(send, request, Infinity)) {
		if (object.attributes?.name) names.set(object.id, String(object.attributes.name));
	}
	return names;
}
