import { buildThing, runFakeNode, useFakeServer } from '../support/fakeResource.mts';

const buildLink = (after: string) => `/api/v1/things?page%5Bafter%5D=${after}&page%5Bsize%5D=100`;

/** Responds with pages of these things, as Persona does. */
const createPagedResponder =
	(ids: string[]) =>
	({ query, body }: { query: Record<string, string>; body: unknown }) => {
		const page = (body as { page?: { after?: string; size: number } } | undefined)?.page;
		const after = page?.after ?? query['page[after]'];
		const size = page?.size ?? Number(query['page[size]'] ?? 10);
		const start = after ? ids.indexOf(after) + 1 : 0;
		const part = ids.slice(start, start + size);
		const next = start + size < ids.length ? buildLink(part[part.length - 1]) : null;
		return { body: { data: part.map((id) => buildThing(id)), links: { prev: null, next } } };
	};

const buildIds = (count: number) => Array.from({ length: count }, (_, index) => `thg_${index}`);

describe('pagination', () => {
	const serve = useFakeServer();

	it('reads all pages and returns each object once', async () => {
		const server = await serve(createPagedResponder(buildIds(250)));
		const { items } = await runFakeNode(server, 'getAll', { parameters: { returnAll: true } });
		expect(items.map(({ json }) => json.id)).toEqual(buildIds(250));
		expect(server.requests.map(({ query }) => query['page[size]'])).toEqual(['100', '100', '100']);
	});

	it('begins after the object that Start After names, also with Return All', async () => {
		const server = await serve(createPagedResponder(buildIds(250)));
		for (const returnAll of [true, false]) {
			const { items } = await runFakeNode(server, 'getAll', {
				parameters: { returnAll, options: { startAfter: ' thg_199 ' } },
			});
			expect(items.map(({ json }) => json.id)).toEqual(buildIds(250).slice(200));
		}
		expect(server.requests.map(({ query }) => query['page[after]'])).toEqual([
			'thg_199',
			'thg_199',
		]);
	});

	it('refuses an empty Start After, which would begin anew', async () => {
		const server = await serve(createPagedResponder(buildIds(10)));
		const { error } = await runFakeNode(server, 'getAll', {
			parameters: { options: { startAfter: '={{ $json.cursor }}' } },
		});
		expect(error?.message).toContain("'Start After'");
		expect(server.requests).toEqual([]);
	});

	it("names 'Start After' where Persona refuses a cursor", async () => {
		const errors = [{ title: 'Bad request', details: 'page cursor is not valid' }];
		const server = await serve(() => ({ status: 400, body: { errors } }));
		for (const operation of ['getAll', 'search']) {
			const { error } = await runFakeNode(server, operation, {
				parameters: { options: { startAfter: 'old' } },
			});
			expect(error?.description).toContain("without 'Start After', the list begins");
		}
		const { error } = await runFakeNode(server, 'getAll', { parameters: {} });
		expect(error?.description).toContain('Check the fields of this node.');
		expect(error?.description).not.toContain("'Start After'");
	});

	it('requests only the pages that the limit needs, and hints at further results', async () => {
		const server = await serve(createPagedResponder(buildIds(500)));
		const { items, hints } = await runFakeNode(server, 'getAll', { parameters: { limit: 150 } });
		expect(items).toHaveLength(150);
		expect(server.requests.map(({ query }) => query['page[size]'])).toEqual(['100', '50']);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringContaining('more than these 150 results'),
		]);
	});

	it('gives no hint if the limit is just met', async () => {
		const server = await serve(createPagedResponder(buildIds(50)));
		const { items, hints } = await runFakeNode(server, 'getAll');
		expect([items.length, hints]).toEqual([50, []]);
	});

	it('returns no items for an empty list', async () => {
		const server = await serve(createPagedResponder([]));
		const { items, error } = await runFakeNode(server, 'getAll', {
			parameters: { returnAll: true },
		});
		expect([items, error]).toEqual([[], undefined]);
	});

	it('returns each object once although pages overlap', async () => {
		const pages = [buildIds(100), buildIds(150).slice(50), buildIds(200).slice(100)];
		const server = await serve((_, count) => ({
			body: {
				data: pages[count - 1].map((id) => buildThing(id)),
				links: { next: count < 3 ? buildLink(`cursor${count}`) : null },
			},
		}));
		const { items } = await runFakeNode(server, 'getAll', { parameters: { returnAll: true } });
		expect(items.map(({ json }) => json.id)).toEqual(buildIds(200));
	});

	it.each([
		['repeats its pages', [buildThing('thg_1')], buildLink('thg_1'), 'the same page came twice'],
		['has a link without a place', [], '/api/v1/things', 'does not say where the next page is'],
	])('fails for a list that %s, which would lack the rest', async (_, data, next, sentence) => {
		const server = await serve(() => ({ body: { data, links: { next } } }));
		const { items, error } = await runFakeNode(server, 'getAll', {
			parameters: { returnAll: true },
		});
		expect(error?.message).toMatch(`The list is not complete: `);
		expect(error?.message).toContain(sentence);
		expect(items).toEqual([]);
		expect(server.requests.length).toBeLessThanOrEqual(2);
	});

	it('fails for a list that goes on and on without a new object', async () => {
		for (const data of [[buildThing('thg_1'), buildThing('thg_2')], []]) {
			const server = await serve((_, count) => ({
				body: { data, links: { next: buildLink(`cursor${count}`) } },
			}));
			const { items, error } = await runFakeNode(server, 'getAll', {
				parameters: { returnAll: true },
			});
			expect(error?.message).toMatch(
				/^The list is not complete: 50 pages in a row had no object that is new/,
			);
			expect(items).toEqual([]);
			expect(server.requests.length).toBeLessThan(55);
		}
	});

	it('reads on behind pages without a new object', async () => {
		const server = await serve((_, count) => ({
			body: {
				data: count % 45 === 0 ? [buildThing(`thg_${count}`)] : [buildThing('thg_0')],
				links: { next: count < 180 ? buildLink(`cursor${count}`) : null },
			},
		}));
		const { items } = await runFakeNode(server, 'getAll', { parameters: { returnAll: true } });
		expect(items.map(({ json }) => json.id)).toEqual([
			'thg_0',
			'thg_45',
			'thg_90',
			'thg_135',
			'thg_180',
		]);
	});

	it('fails for a link to the next page that is not a text', async () => {
		for (const next of [5, true, { href: buildLink('thg_1') }, []]) {
			const server = await serve(() => ({
				body: { data: [buildThing('thg_1')], links: { next } },
			}));
			const { error } = await runFakeNode(server, 'getAll');
			expect(error?.message).toContain("is not Persona's, but begins with “{");
		}
	});

	it('asks nobody but Persona for the next page, whatever host its link has', async () => {
		const other = await serve();
		const pages = createPagedResponder(buildIds(130));
		const server = await serve((request) => {
			const { body } = pages(request);
			const { next } = body.links;
			const link = next && other.baseUrl.replace('/api/v1', next);
			return { body: { ...body, links: { next: link } } };
		});
		const { items } = await runFakeNode(server, 'getAll', { parameters: { returnAll: true } });
		expect(items).toHaveLength(130);
		expect(other.requests).toEqual([]);
	});

	it('requests the pages of a search in the body, with the same query', async () => {
		const server = await serve(createPagedResponder(buildIds(130)));
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
