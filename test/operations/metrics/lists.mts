import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startRequestRecorder, type FakeResponse } from '../../support/requestRecorder.mts';
import type { Inquiry } from './expected.mts';

/** Persona's lists of inquiries and templates; all pages of a list are written with its first. */
export interface Lists {
	baseUrl: string;
	/** The queries that came, by the names in the address. */
	asked: Array<Record<string, string>>;
	/** Names of templates by ID; null stands for a key that may not read them. */
	templates: Record<string, string> | null;
	/** Told of the number of each page before it goes out; what it gives goes out instead. */
	onPage: (page: number) => FakeResponse | void;
	/** Sets what is listed, newest last; `related` says whether sparse answers have relationships. */
	serve: (inquiries: Inquiry[], related?: boolean) => void;
	stop: () => Promise<void>;
}

const SIZE = 100;

const nameOf = (template: string) =>
	template.startsWith('tmpl_') ? 'template' : 'inquiry-template';

function written({ id, template, attributes }: Inquiry, related: boolean) {
	const data = template && { type: nameOf(template), id: template };
	const relationships = { [nameOf(template ?? '')]: { data } };
	return { type: 'inquiry', id, attributes, ...(related && { relationships }) };
}

const createdAt = ({ attributes }: Inquiry) => Date.parse(String(attributes['created-at']));

/** The inquiries that a query finds, both ends of its time among them. */
function foundBy(query: Record<string, string>, inquiries: Inquiry[]): Inquiry[] {
	const [start, end] = ['start', 'end'].map((name) => query[`filter[created-at-${name}]`]);
	return inquiries.filter((one) => {
		const at = createdAt(one);
		return (!start || at >= Date.parse(start)) && (!end || at <= Date.parse(end));
	});
}

/** The pages of a list by the ID that they come after. */
function pagesOf(newest: Inquiry[], related: boolean): Map<string, Buffer> {
	const pages = new Map<string, Buffer>();
	for (let at = 0; at === 0 || at < newest.length; at += SIZE) {
		const page = newest.slice(at, at + SIZE);
		const last = page.at(-1)?.id ?? '';
		const next = at + SIZE < newest.length ? `/api/v1/inquiries?page%5Bafter%5D=${last}` : null;
		const data = page.map((one) => written(one, related));
		pages.set(
			newest[at - 1]?.id ?? '',
			Buffer.from(JSON.stringify({ data, links: { prev: null, next } })),
		);
	}
	return pages;
}

/** Starts a server with these lists on it; whoever starts it stops it. */
export async function startLists(): Promise<Lists> {
	let newest: Inquiry[] = [];
	let relatedIfSparse = true;
	let ready = new Map<string, Map<string, Buffer>>();
	const server = await startRequestRecorder(({ path, query }) => {
		if (path === '/inquiry-templates') {
			if (lists.templates === null) return { status: 403, body: { errors: [] } };
			const data = Object.entries(lists.templates).map(([id, name]) => {
				return { type: 'inquiry-template', id, attributes: { name } };
			});
			return { body: { data, links: { next: null } } };
		}
		lists.asked.push(query);
		const instead = lists.onPage(lists.asked.length);
		if (instead) return instead;
		const { 'page[after]': after = '', ...list } = query;
		const key = JSON.stringify(list);
		const related = relatedIfSparse || !('fields[inquiry]' in query);
		const pages = ready.get(key) ?? pagesOf(foundBy(query, newest), related);
		ready.set(key, pages);
		return { body: pages.get(after) };
	});
	const lists: Lists = {
		baseUrl: server.baseUrl,
		asked: [],
		templates: null,
		onPage: () => {},
		serve: (inquiries, related = true) => {
			lists.asked = [];
			lists.templates = null;
			lists.onPage = () => {};
			newest = [...inquiries].sort((one, other) => createdAt(other) - createdAt(one));
			relatedIfSparse = related;
			ready = new Map();
		},
		stop: server.stop,
	};
	return lists;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The bytes of the heap that are still in use. */
export function collectGarbage(): number {
	collect();
	return process.memoryUsage().heapUsed;
}
