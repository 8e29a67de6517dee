import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { fetchInquiries } from '../../../nodes/Persona/operations/metrics/fetchInquiries.ts';
import type { ApiRequest } from '../../../nodes/Persona/transport/apiRequest.ts';
import {
	getAttributes,
	type ListDocument,
	type PersonaObject,
} from '../../../nodes/Persona/transport/jsonApi.ts';

const PERIOD = { startMs: Date.parse('2025-01-01'), endMs: Date.parse('2025-07-01') };

const PERIOD_MS = PERIOD.endMs - PERIOD.startMs;

/** Bursts of inquiries: where in the period each begins (0 to 1), how long it lasts, how many it has. */
const bursts = fc.array(
	fc.record({
		position: fc.oneof(
			fc.constantFrom(0, 0.3, 0.9, 0.9995),
			fc.double({ min: 0, max: 1, noNaN: true }),
		),
		durationMs: fc.oneof(fc.constantFrom(0, 1_000), fc.integer({ min: 1, max: PERIOD_MS })),
		// Whole pages, since cursors whose pages end at the same inquiry could be confused.
		count: fc.oneof(fc.constantFrom(100, 200, 400), fc.integer({ min: 1, max: 900 })),
	}),
	{ minLength: 1, maxLength: 6 },
);

type Bursts = typeof bursts extends fc.Arbitrary<infer Value> ? Value : never;

/** The inquiries of these bursts, newest first. */
function createInquiries(all: Bursts): PersonaObject[] {
	const times = all.flatMap(({ position, durationMs, count }) =>
		Array.from({ length: count }, (_, index) =>
			Math.floor(PERIOD.startMs + position * PERIOD_MS + (durationMs * index) / count),
		),
	);
	const newestFirst = times.filter((time) => time < PERIOD.endMs).sort((a, b) => b - a);
	return newestFirst.map((time, index) => ({
		type: 'inquiry',
		id: `inq_${index}`,
		attributes: { 'created-at': new Date(time).toISOString() },
	}));
}

const getCreatedAtMs = (inquiry: PersonaObject) =>
	Date.parse(String(getAttributes(inquiry)['created-at']));

/** A fake of Persona's list; `getDelay` returns how many turns of the event loop a response takes. */
function createFakeList(inquiries: PersonaObject[], getDelay: () => number) {
	const requests: ApiRequest[] = [];
	const indexById = new Map(inquiries.map(({ id }, index) => [id, index]));
	const times = inquiries.map(getCreatedAtMs);
	const send = async (request: ApiRequest): Promise<ListDocument> => {
		requests.push(request);
		for (let turns = getDelay(); turns > 0; turns--) await new Promise(setImmediate);
		const { filter, page } = request.query as Record<string, IDataObject>;
		const [start, end = PERIOD.endMs] = ['start', 'end']
			.map((name) => filter[`created-at-${name}`])
			.map((time) => time && Date.parse(String(time)));
		const isFound = (index: number) => times[index] >= Number(start) && times[index] <= Number(end);
		const data: PersonaObject[] = [];
		let index = (indexById.get(String(page.after)) ?? -1) + 1;
		for (; index < inquiries.length && data.length < Number(page.size); index++) {
			if (isFound(index)) data.push(inquiries[index]);
		}
		while (index < inquiries.length && !isFound(index)) index++;
		const hasMore = index < inquiries.length;
		return { data, links: { next: hasMore ? `/inquiries?page[after]=${data.at(-1)?.id}` : null } };
	};
	return { send, requests };
}

const request: ApiRequest = { method: 'GET', path: '/inquiries', query: { filter: {} } };

it('returns each inquiry of the period once, however dense they are and in whatever order responses come', async () => {
	const delays = fc.array(fc.nat(3), { minLength: 1, maxLength: 8 });
	await fc.assert(
		fc.asyncProperty(bursts, delays, async (all, turns) => {
			const inquiries = createInquiries(all);
			let count = 0;
			const { send, requests } = createFakeList(inquiries, () => turns[count++ % turns.length]);
			const ids: string[] = [];
			await fetchInquiries(send, request, PERIOD, ({ id }) => ids.push(id));
			expect(ids.sort()).toEqual(inquiries.map(({ id }) => id).sort());
			expect(requests.length).toBeLessThan(inquiries.length / 100 + 200);
		}),
		{ numRuns: 500 },
	);
}, 120_000);

it('continues after an empty page', async () => {
	const [inquiry] = createInquiries([{ position: 0.9, durationMs: 0, count: 1 }]);
	const ids: string[] = [];
	const send = async ({ query }: ApiRequest): Promise<ListDocument> => {
		const { after } = query?.page as IDataObject;
		if (after === 'inq_hidden') return { data: [inquiry], links: { next: null } };
		return { data: [], links: { next: '/inquiries?page[after]=inq_hidden' } };
	};
	await fetchInquiries(send, request, PERIOD, ({ id }) => ids.push(id));
	expect(ids).toEqual([inquiry.id]);
});

it('continues where the page of another cursor has ended at the same inquiry', async () => {
	const inquiries = createInquiries([
		{ position: 0.9995, durationMs: 0, count: 100 },
		{ position: 0.9, durationMs: 1_000, count: 300 },
	]);
	const { send } = createFakeList(inquiries, () => 1);
	const ids: string[] = [];
	await fetchInquiries(send, request, PERIOD, ({ id }) => ids.push(id));
	expect(ids).toHaveLength(inquiries.length);
});
