import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

describe('pagination of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	it('returns ten objects, newest first, by default', async () => {
		const ids = sandbox.control.seedInquiries(12);
		const { list, links } = await send(sandbox, 'GET', '/inquiries');
		expect(list.map(({ id }) => id)).toEqual(ids.slice(2).reverse());
		expect(links.prev).toBeNull();
	});

	it('returns every object once, even while new ones are created', async () => {
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

	it('has links that start with /api/v1 and keep the filters', async () => {
		sandbox.control.seedInquiries(3);
		const { links } = await send(
			sandbox,
			'GET',
			'/inquiries?page[size]=1&filter[status]=completed',
		);
		expect(links.next).toMatch(/^\/api\/v1\/inquiries\?page%5Bafter%5D=inq_/);
		expect(links.next).toContain('filter%5Bstatus%5D=completed');
	});

	it('has links to previous pages', async () => {
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

	it('rejects more than a hundred objects a page, unknown filters, unknown cursors and include', async () => {
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
