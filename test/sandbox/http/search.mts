import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';

describe('search of the sandbox', () => {
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
});
