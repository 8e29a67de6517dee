import type { IDataObject } from 'n8n-workflow';
import type { ItemContext } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import {
	getAttributes,
	getRelated,
	type ListDocument,
	type PersonaObject,
} from '../../transport/jsonApi';
import type { SendRequest } from '../../transport/pagination';
import { readInParts } from '../../transport/readInParts';
import { isRecord } from '../../utils/isRecord';
import { fetchTemplateNames } from './fetchTemplateNames';
import { extractFacts, InquiryAggregator, type MetricValues } from './inquiryAggregator';
import { findPart, type MetricsPeriod } from './period';

/** The metrics of a period, in the output: of all inquiries, by day or week, and by template. */
export interface Metrics extends MetricValues {
	/** ISO 8601 in the time zone of the workflow, as is `to`. */
	from: string;
	/** The end of the period, which is not part of it. */
	to: string;
	timeZone: string;
	groupBy: string;
	/** Every day or week, including those without inquiries. */
	timeline: Array<{ start: string } & MetricValues>;
	/** The name is null where the API key may not read templates. */
	templates: TemplateMetrics[];
}

type TemplateMetrics = { templateId: string | null; templateName: string | null } & MetricValues;

/** The attributes that metrics need. None of them says who a person is. */
const COUNTED_ATTRIBUTES = ['status', 'created-at', 'started-at', 'completed-at', 'decisioned-at'];

/** Relationships to current and to legacy templates. */
const TEMPLATE_RELATIONSHIPS = ['inquiry-template', 'template'] as const;

/** How many pages a period has is not known in advance, so this is more than there can be. */
const UNKNOWN_REQUEST_COUNT = 1e9;

/** Aggregates inquiries in total, by part of the period and by template. */
class MetricsCollector {
	readonly total = new InquiryAggregator();

	readonly byPart: InquiryAggregator[];

	readonly byTemplate = new Map<string | null, InquiryAggregator>();

	constructor(
		private readonly period: MetricsPeriod,
		private readonly tags: string[],
	) {
		this.byPart = period.partStartsMs.map(() => new InquiryAggregator());
	}

	/** Adds one inquiry, unless it has none of the tags, or was created at the end of the period or later. */
	add(inquiry: PersonaObject) {
		const attributes = getAttributes(inquiry);
		if (this.tags.length > 0 && !hasAnyTag(attributes, this.tags)) return;
		const facts = extractFacts(attributes);
		// Persona's filter includes the end.
		if (facts.createdAtMs >= this.period.to.toMillis()) return;
		const templateId = getTemplateId(inquiry);
		const ofTemplate = this.byTemplate.get(templateId) ?? new InquiryAggregator();
		this.byTemplate.set(templateId, ofTemplate);
		const ofPart = this.byPart[findPart(this.period, facts.createdAtMs)];
		for (const aggregator of [this.total, ofTemplate, ofPart]) aggregator?.add(facts);
	}
}

/**
 * Fetches the inquiries of a period page by page and aggregates them; the inquiries themselves are
 * not kept. Without tags, all inquiries count. Throws where a page cannot be read.
 */
export async function computeMetrics(
	context: ItemContext,
	request: ApiRequest,
	period: MetricsPeriod,
	tags: string[],
): Promise<Metrics> {
	const collector = new MetricsCollector(period, tags);
	const { total, byPart, byTemplate } = collector;
	const attributes = tags.length > 0 ? [...COUNTED_ATTRIBUTES, 'tags'] : COUNTED_ATTRIBUTES;
	const send = createSparseSender(context, attributes);
	const { rateLimiter } = context.run.client;
	rateLimiter.expectedRequests += UNKNOWN_REQUEST_COUNT;
	try {
		await readInParts(send, request, (inquiries) => {
			inquiries.forEach((inquiry) => collector.add(inquiry));
			// Nothing is kept.
			return [];
		});
	} finally {
		rateLimiter.expectedRequests -= UNKNOWN_REQUEST_COUNT;
	}
	const templateNames = await fetchTemplateNames(context.run.client, [...byTemplate.keys()]);
	return {
		from: period.from.toISO() as string,
		to: period.to.toISO() as string,
		timeZone: context.run.node.getTimezone(),
		groupBy: period.unit,
		...total.getValues(),
		timeline: byPart.map((part, index) => ({
			start: period.partDates[index],
			...part.getValues(),
		})),
		templates: [...byTemplate]
			.map(([templateId, ofTemplate]) => ({
				templateId,
				templateName: templateNames.get(templateId) ?? null,
				...ofTemplate.getValues(),
			}))
			.sort(compareBySize),
	};
}

const compareBySize = (a: TemplateMetrics, b: TemplateMetrics) =>
	b.created - a.created || (String(a.templateId) < String(b.templateId) ? -1 : 1);

/**
 * Sends requests for these attributes only. Persona's documentation shows such responses both with
 * and without relationships. Where they are missing, all attributes are requested instead, since
 * nothing else says which template an inquiry has.
 */
function createSparseSender(context: ItemContext, attributes: string[]): SendRequest {
	let isSparse = true;
	return async (request: ApiRequest): Promise<ListDocument> => {
		if (!isSparse) return await context.requestList(request);
		const query = { ...request.query, fields: { inquiry: attributes.join(',') } };
		const document = await context.requestList({ ...request, query });
		isSparse = document.data.every(({ relationships }) => isRecord(relationships));
		return isSparse ? document : await context.requestList(request);
	};
}

function hasAnyTag({ tags }: IDataObject, selected: string[]) {
	return Array.isArray(tags) && tags.some((tag) => selected.includes(String(tag)));
}

function getTemplateId(inquiry: PersonaObject): string | null {
	const [template] = TEMPLATE_RELATIONSHIPS.flatMap((name) => getRelated(inquiry, name));
	return template?.id ?? null;
}
