import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

describe('search of the sandbox', () => {
	let sandbox: Sandbox;
	let ids: string[];
	let immediate: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
		immediate = await startSandbox({ searchLagSeconds: 0 });
		ids = sandbox.control.seedInquiries(6, {
			statuses: ['approved', 'declined'],
			referencePrefix: 'user-',
			from: '2026-01-01T00:00:00Z',
			to: '2026-01-06T00:00:00Z',
		});
	});
	afterAll(() => Promise.all([sandbox.close(), immediate.close()]));

	const search = (body: unknown, path = '/inquiries/search') => send(sandbox, 'POST', path, body);
	const buildCondition = (attribute: string, value: string, operator = 'eq') => ({
		attribute,
		operator,
		value,
	});
	const sort = { attribute: 'created_at', direction: 'asc' };

	it('combines and, or and not', async () => {
		const { list } = await search({
			query: {
				and: [
					buildCondition('status', 'approved'),
					{
						or: [
							buildCondition('reference_id', 'user-1'),
							buildCondition('reference_id', 'user-2'),
							buildCondition('reference_id', 'user-5'),
						],
					},
				],
			},
			sort,
		});
		expect(list.map(({ id }) => id)).toEqual([ids[0], ids[4]]);
		const others = await search({ query: { not: buildCondition('status', 'approved') }, sort });
		expect(others.list.map(({ id }) => id)).toEqual([ids[1], ids[3], ids[5]]);
	});

	it('compares points in time, and finds everything without a query', async () => {
		const sinceTime = await search({
			query: buildCondition('created_at', '2026-01-04T12:00:00+12:00', 'gte'),
			sort,
		});
		expect(sinceTime.list.map(({ id }) => id)).toEqual(ids.slice(3));
		expect((await search({})).list.map(({ id }) => id)).toEqual([...ids].reverse());
	});

	it('is paginated by sending the same body to the next link', async () => {
		const body = { sort, page: { size: 4 } };
		const first = await search(body);
		const second = await search(body, first.links.next ?? '');
		expect([...first.list, ...second.list].map(({ id }) => id)).toEqual(ids);
		expect(second.links.next).toBeNull();
	});

	it('rejects queries that are too deep, too long or unknown', async () => {
		const one = buildCondition('status', 'approved');
		const deep = { and: [{ or: [{ not: { and: [one] } }] }] };
		const long = { or: Array.from({ length: 21 }, () => one) };
		for (const query of [
			deep,
			long,
			buildCondition('note', 'x'),
			buildCondition('status', 'x', 'in'),
			buildCondition('created-at', 'x'),
		]) {
			expect((await search({ query })).status).toBe(400);
		}
		expect((await search({ sort: { attribute: 'status' } })).status).toBe(400);
	});

	describe('lags', () => {
		let clock: jest.SpyInstance<number>;
		let passedMs = 0;

		beforeEach(() => {
			sandbox.control.reset();
			const start = Date.now();
			clock = jest.spyOn(Date, 'now').mockImplementation(() => start + passedMs);
		});
		afterEach(() => {
			passedMs = 0;
			clock.mockRestore();
		});

		const passSeconds = (seconds: number) => (passedMs += seconds * 1000);
		const searchIds = async (value: string) =>
			(await search({ query: buildCondition('status', value) })).list.map(({ id }) => id);

		it('a minute behind what is created, which is read by its ID at once', async () => {
			const { id } = (await send(sandbox, 'POST', '/inquiries', buildInquiry())).data;
			expect((await send(sandbox, 'GET', `/inquiries/${id}`)).status).toBe(200);
			expect((await send(sandbox, 'GET', '/inquiries')).list).toHaveLength(1);
			expect(await searchIds('created')).toEqual([]);
			passSeconds(59);
			expect(await searchIds('created')).toEqual([]);
			passSeconds(2);
			expect(await searchIds('created')).toEqual([id]);
		});

		it('a minute behind what is changed, also of seeded objects', async () => {
			const { id } = (await send(sandbox, 'POST', '/inquiries', buildInquiry())).data;
			const [seeded] = sandbox.control.seedInquiries(1, { statuses: ['created'] });
			passSeconds(61);
			for (const each of [id, seeded]) await send(sandbox, 'POST', `/inquiries/${each}/approve`);
			expect((await searchIds('created')).sort()).toEqual([id, seeded].sort());
			expect(await searchIds('approved')).toEqual([]);
			passSeconds(61);
			expect(await searchIds('created')).toEqual([]);
			expect((await searchIds('approved')).sort()).toEqual([id, seeded].sort());
		});
	});

	it('compares the reference ID of the account', async () => {
		const account = { data: { attributes: { 'reference-id': 'of-account' } } };
		const { id } = (await send(immediate, 'POST', '/accounts', account)).data;
		const attributes = { 'account-id': id, 'reference-id': 'of-inquiry' };
		const inquiry = await send(immediate, 'POST', '/inquiries', buildInquiry({}, attributes));
		const query = buildCondition('reference_id', 'of-account');
		const { list } = await send(immediate, 'POST', '/inquiries/search', { query });
		expect(list.map((each) => each.id)).toEqual([inquiry.data.id]);
	});
});
