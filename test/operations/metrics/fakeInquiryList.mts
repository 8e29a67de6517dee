import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
	startRequestRecorder,
	type FakeResponse,
} from '../../../tools/services/requestRecorder.mts';
import type { InquiryFixture } from './expectedMetrics.mts';

/** A fake of Persona's lists of inquiries and templates. Pages are rendered before the first one is sent. */
export interface FakeInquiryList {
	baseUrl: string;
	/** The queries of all requests for inquiries, by the names in the URL. */
	queries: Array<Record<string, string>>;
	/** Names of templates by ID; null for a key that may not read them. */
	templateNames: Record<string, string> | null;
	/** Called with the number of each page before it is sent; may return another response. */
	onPage: (page: number) => FakeResponse | void;
	/** Sets the inquiries; `sparseRelationships` is whether sparse responses have relationships. */
	serve: (inquiries: InquiryFixture[], sparseRelationships?: boolean) => void;
	stop: () => Promise<void>;
}

const PAGE_SIZE = 100;

const getRelationshipName = (template: string) =>
	template.startsWith('tmpl_') ? 'template' : 'inquiry-template';

function toObject({ id, template, attributes }: InquiryFixture, withRelationships: boolean) {
	const data = template && { type: getRelationshipName(template), id: template };
	const relationships = { [getRelationshipName(template ?? '')]: { data } };
	return { type: 'inquiry', id, attributes, ...(withRelationships && { relationships }) };
}

const getCreatedAtMs = ({ attributes }: InquiryFixture) =>
	Date.parse(String(attributes['created-at']));

/** The inquiries that a query finds. As in Persona, both ends of its time are included. */
function filterInquiries(
	query: Record<string, string>,
	inquiries: InquiryFixture[],
): InquiryFixture[] {
	const [start, end] = ['start', 'end'].map((name) => query[`filter[created-at-${name}]`]);
	return inquiries.filter((one) => {
		const at = getCreatedAtMs(one);
		return (!start || at >= Date.parse(start)) && (!end || at <= Date.parse(end));
	});
}

/** The pages of a list by the ID that they come after, as JSON. */
function renderPages(
	newestFirst: InquiryFixture[],
	withRelationships: boolean,
): Map<string, Buffer> {
	const pages = new Map<string, Buffer>();
	for (let at = 0; at === 0 || at < newestFirst.length; at += PAGE_SIZE) {
		const page = newestFirst.slice(at, at + PAGE_SIZE);
		const last = page.at(-1)?.id ?? '';
		const next =
			at + PAGE_SIZE < newestFirst.length ? `/api/v1/inquiries?page%5Bafter%5D=${last}` : null;
		const data = page.map((one) => toObject(one, withRelationships));
		pages.set(
			newestFirst[at - 1]?.id ?? '',
			Buffer.from(JSON.stringify({ data, links: { prev: null, next } })),
		);
	}
	return pages;
}

/** Starts the fake server. Call `stop` in the end. */
export async function startFakeInquiryList(): Promise<FakeInquiryList> {
	let newestFirst: InquiryFixture[] = [];
	let hasSparseRelationships = true;
	let pagesByQuery = new Map<string, Map<string, Buffer>>();
	const server = await startRequestRecorder(({ path, query }) => {
		if (path === '/inquiry-templates') {
			if (fake.templateNames === null) return { status: 403, body: { errors: [] } };
			const data = Object.entries(fake.templateNames).map(([id, name]) => {
				return { type: 'inquiry-template', id, attributes: { name } };
			});
			return { body: { data, links: { next: null } } };
		}
		fake.queries.push(query);
		const replacement = fake.onPage(fake.queries.length);
		if (replacement) return replacement;
		const { 'page[after]': after = '', ...listQuery } = query;
		const key = JSON.stringify(listQuery);
		const withRelationships = hasSparseRelationships || !('fields[inquiry]' in query);
		const pages =
			pagesByQuery.get(key) ?? renderPages(filterInquiries(query, newestFirst), withRelationships);
		pagesByQuery.set(key, pages);
		return { body: pages.get(after) };
	});
	const fake: FakeInquiryList = {
		baseUrl: server.baseUrl,
		queries: [],
		templateNames: null,
		onPage: () => {},
		serve: (inquiries, sparseRelationships = true) => {
			fake.queries = [];
			fake.templateNames = null;
			fake.onPage = () => {};
			newestFirst = [...inquiries].sort(
				(one, other) => getCreatedAtMs(other) - getCreatedAtMs(one),
			);
			hasSparseRelationships = sparseRelationships;
			pagesByQuery = new Map();
		},
		stop: server.stop,
	};
	return fake;
}

setFlagsFromString('--expose-gc');
const runGarbageCollector = runInNewContext('gc') as () => void;

/** Collects garbage, and returns how many bytes of the heap are still in use. */
export function measureHeap(): number {
	runGarbageCollector();
	return process.memoryUsage().heapUsed;
}
