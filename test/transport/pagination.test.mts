import { runFakeNode, useFakeServer, buildThing } from '../support/fakeResource.mts';

const link = (after: string) => `/api/v1/things?page%5Bafter%5D=${after}&page%5Bsize%5D=100`;

/** Pages of things as Persona gives them, newest first, from all that there are. */
const paging =
	(ids: string[]) =>
	({ query, body }: { query: Record<string, string>; body: unknown }) => {
		const page = (body as { page?: { after?: string; size: number } } | undefined)?.page;
		const after = page?.after ?? query['page[after]'];
		const size = page?.size ?? Number(query['page[size]'] ?? 10);
		const start = after ? ids.indexOf(after) + 1 : 0;
		const part = ids.slice(start, start + size);
		const next = start + size < ids.length ? link(part[part.length - 1]) : null;
		return { body: { data: part.map((id) => buildThing(id)), links: { prev: null, next } } };
	};

const named = (count: number) => Array.from({ length: count }, (_, index) => `thg_${index}`);

describe('pages', () => {
	const serve = useFakeServer();

	it('are read to the end, each object once', async () => {
		const server = await serve(paging(named(250)));
		const { items } = await runFakeNode(server, 'getAll', { parameters: { returnAll: true } });
		expect(items.map(({ json }) => json.id)).toEqual(named(250));
		expect(server.requests.map(({ query }) => query['page[size]'])).toEqual(['100', '100', '100']);
	});

	it('are not asked for when the limit does not need them', async () => {
		const server = await serve(paging(named(500)));
		const { items, hints } = await runFakeNode(server, 'getAll', { parameters: { limit: 150 } });
		expect(items).toHaveLength(150);
		expect(server.requests.map(({ query }) => query['page[size]'])).toEqual(['100', '50']);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringContaining('more than these 150 results'),
		]);
	});

	it('say nothing of more when the limit is just met', async () => {
		const server = await serve(paging(named(50)));
		const { items, hints } = await runFakeNode(server, 'getAll');
		expect([items.length, hints]).toEqual([50, []]);
	});

	it('of an empty list give no items', async () => {
		const server = await serve(paging([]));
		const { items, error } = await runFakeNode(server, 'getAll', {
			parameters: { returnAll: true },
		});
		expect([items, error]).toEqual([[], undefined]);
	});

	it('that overlap give each object once', async () => {
		const pages = [named(100), named(150).slice(50), named(200).slice(100)];
		const server = await serve((_, count) => ({
			body: {
				data: pages[count - 1].map((id) => buildThing(id)),
				links: { next: count < 3 ? link(`cursor${count}`) : null },
			},
		}));
		const { items } = await runFakeNode(server, 'getAll', { parameters: { returnAll: true } });
		expect(items.map(({ json }) => json.id)).toEqual(named(200));
	});

	it('that come back for ever end', async () => {
		const server = await serve(() => ({
			body: { data: [buildThing('thg_1')], links: { next: link('thg_1') } },
		}));
		const { items } = await runFakeNode(server, 'getAll', { parameters: { returnAll: true } });
		expect(items).toHaveLength(1);
		expect(server.requests).toHaveLength(2);
	});

	it('of a search are asked for in the body with the same query', async () => {
		const server = await serve(paging(named(130)));
		const conditions = { condition: [{ attribute: 'status', operator: 'eq', value: 'open' }] };
		const { items } = await runFakeNode(server, 'search', {
			parameters: { returnAll: true, conditions },
		});
		expect(items).toHaveLength(130);
		const [first, second] = server.requests.map(({ body }) => body as Record<string, unknown>);
		expect(second.query).toEqual(first.query);
		expect(second.page).toEqual({ size: 100, after: 'thg_99' });
	});
});
