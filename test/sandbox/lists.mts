import { type Sandbox, startSandbox } from '../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../support/apiClient.mts';

describe('lists of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	it('gives ten objects, newest first, when nobody says how many', async () => {
		const ids = sandbox.control.seedInquiries(12);
		const { list, links } = await send(sandbox, 'GET', '/inquiries');
		expect(list.map(({ id }) => id)).toEqual(ids.slice(2).reverse());
		expect(links.prev).toBeNull();
	});

	it('leads through every object once, also while new ones are made', async () => {
		const ids = sandbox.control.seedInquiries(25);
		const seen: string[] = [];
		let next: string | null = '/inquiries?page[size]=10&filter[status]=completed';
		while (next) {
			const { list, links } = await send(sandbox, 'GET', next);
			seen.push(...list.map(({ id }) => id));
			await send(sandbox, 'POST', '/inquiries', buildInquiry());
			next = links.next;
		}
		expect(seen).toEqual(ids.reverse());
	});

	it('links by paths that begin with /api/v1 and keep the filters', async () => {
		sandbox.control.seedInquiries(3);
		const { links } = await send(
			sandbox,
			'GET',
			'/inquiries?page[size]=1&filter[status]=completed',
		);
		expect(links.next).toMatch(/^\/api\/v1\/inquiries\?page%5Bafter%5D=inq_/);
		expect(links.next).toContain('filter%5Bstatus%5D=completed');
	});

	it('leads back as well', async () => {
		const ids = sandbox.control.seedInquiries(5);
		const { list, links } = await send(
			sandbox,
			'GET',
			`/inquiries?page[before]=${ids[0]}&page[size]=2`,
		);
		expect(list.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
		expect(links.next).not.toBeNull();
		const newer = await send(sandbox, 'GET', links.prev ?? '');
		expect(newer.list.map(({ id }) => id)).toEqual([ids[4], ids[3]]);
		expect(newer.links.prev).toBeNull();
	});

	it('refuses more than a hundred at once, foreign filters, foreign cursors and include', async () => {
		for (const query of [
			'page[size]=101',
			'page[size]=0',
			'filter[updated-at]=x',
			'page[after]=inq_unknown',
			'include=account',
		]) {
			expect((await send(sandbox, 'GET', `/inquiries?${query}`)).status).toBe(400);
		}
	});

	it('filters by several values of one name and by several names', async () => {
		const [old] = sandbox.control.seedInquiries(3, {
			statuses: ['approved', 'declined', 'failed'],
			from: '2026-01-01T00:00:00Z',
			to: '2026-01-03T00:00:00Z',
		});
		const both = await send(sandbox, 'GET', '/inquiries?filter[status]=approved,declined');
		expect(both.list.map(({ attributes }) => attributes.status)).toEqual(['declined', 'approved']);
		const one = await send(
			sandbox,
			'GET',
			'/inquiries?filter[status]=approved,declined&filter[created-at-end]=2026-01-01T12:00:00Z',
		);
		expect(one.list.map(({ id }) => id)).toEqual([old]);
	});
});

describe('searching in the sandbox', () => {
	let sandbox: Sandbox;
	let ids: string[];

	beforeAll(async () => {
		sandbox = await startSandbox();
		ids = sandbox.control.seedInquiries(6, {
			statuses: ['approved', 'declined'],
			referencePrefix: 'user-',
			from: '2026-01-01T00:00:00Z',
			to: '2026-01-06T00:00:00Z',
		});
	});
	afterAll(() => sandbox.close());

	const search = (body: unknown, path = '/inquiries/search') => send(sandbox, 'POST', path, body);
	const is = (attribute: string, value: string, operator = 'eq') => ({
		attribute,
		operator,
		value,
	});
	const sort = { attribute: 'created_at', direction: 'asc' };

	it('combines and, or and not', async () => {
		const { list } = await search({
			query: {
				and: [
					is('status', 'approved'),
					{
						or: [
							is('reference_id', 'user-1'),
							is('reference_id', 'user-2'),
							is('reference_id', 'user-5'),
						],
					},
				],
			},
			sort,
		});
		expect(list.map(({ id }) => id)).toEqual([ids[0], ids[4]]);
		const others = await search({ query: { not: is('status', 'approved') }, sort });
		expect(others.list.map(({ id }) => id)).toEqual([ids[1], ids[3], ids[5]]);
	});

	it('compares points in time and finds everything without a query', async () => {
		const late = await search({
			query: is('created_at', '2026-01-04T12:00:00+12:00', 'gte'),
			sort,
		});
		expect(late.list.map(({ id }) => id)).toEqual(ids.slice(3));
		expect((await search({})).list.map(({ id }) => id)).toEqual([...ids].reverse());
	});

	it('is paged by sending the same body to the next link', async () => {
		const body = { sort, page: { size: 4 } };
		const first = await search(body);
		const second = await search(body, first.links.next ?? '');
		expect([...first.list, ...second.list].map(({ id }) => id)).toEqual(ids);
		expect(second.links.next).toBeNull();
	});

	it('refuses what is too deep, too long or unknown', async () => {
		const one = is('status', 'approved');
		const deep = { and: [{ or: [{ not: { and: [one] } }] }] };
		const long = { or: Array.from({ length: 21 }, () => one) };
		for (const query of [
			deep,
			long,
			is('note', 'x'),
			is('status', 'x', 'in'),
			is('created-at', 'x'),
		]) {
			expect((await search({ query })).status).toBe(400);
		}
		expect((await search({ sort: { attribute: 'status' } })).status).toBe(400);
	});
});
