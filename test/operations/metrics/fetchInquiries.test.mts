import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { fetchInquiries } from '../../../nodes/Persona/operations/metrics/fetchInquiries.ts';
import type { ApiRequest } from '../../../nodes/Persona/transport/client.ts';
import type { JsonApiDocument, PersonaObject } from '../../../nodes/Persona/transport/jsonApi.ts';

const [FROM, TO] = [Date.parse('2025-01-01'), Date.parse('2025-07-01')];

/** Crowds of inquiries: each begins at a share of the period, lasts so long and has so many. */
const crowds = fc.array(
	fc.record({
		at: fc.oneof(fc.constantFrom(0, 0.3, 0.9, 0.9995), fc.double({ min: 0, max: 1, noNaN: true })),
		milliseconds: fc.oneof(fc.constantFrom(0, 1_000), fc.integer({ min: 1, max: TO - FROM })),
		// Whole pages, since where pages of two cursors end at the same inquiry they could be confused.
		count: fc.oneof(fc.constantFrom(100, 200, 400), fc.integer({ min: 1, max: 900 })),
	}),
	{ minLength: 1, maxLength: 6 },
);

type Crowds = typeof crowds extends fc.Arbitrary<infer Of> ? Of : never;

function inquiriesOf(all: Crowds): PersonaObject[] {
	const times = all.flatMap(({ at, milliseconds, count }) =>
		Array.from({ length: count }, (_, index) =>
			Math.floor(FROM + at * (TO - FROM) + (milliseconds * index) / count),
		),
	);
	const newest = times.filter((time) => time < TO).sort((one, other) => other - one);
	return newest.map((time, index) => ({
		type: 'inquiry',
		id: `inq_${index}`,
		attributes: { 'created-at': new Date(time).toISOString() },
	}));
}

const timeOf = ({ attributes }: PersonaObject) => Date.parse(String(attributes?.['created-at']));

/** Answers as Persona's list does, each request later than the one before by another time. */
function listing(newest: PersonaObject[], delays: () => number) {
	const asked: ApiRequest[] = [];
	const places = new Map(newest.map(({ id }, place) => [id, place]));
	const times = newest.map(timeOf);
	const send = async (request: ApiRequest): Promise<JsonApiDocument> => {
		asked.push(request);
		for (let turns = delays(); turns > 0; turns--) await new Promise(setImmediate);
		const { filter, page } = request.query as Record<string, IDataObject>;
		const [start, end = TO] = ['start', 'end']
			.map((name) => filter[`created-at-${name}`])
			.map((time) => time && Date.parse(String(time)));
		const isFound = (place: number) => times[place] >= Number(start) && times[place] <= Number(end);
		const data: PersonaObject[] = [];
		let place = (places.get(String(page.after)) ?? -1) + 1;
		for (; place < newest.length && data.length < Number(page.size); place++) {
			if (isFound(place)) data.push(newest[place]);
		}
		while (place < newest.length && !isFound(place)) place++;
		const more = place < newest.length;
		return { data, links: { next: more ? `/inquiries?page[after]=${data.at(-1)?.id}` : null } };
	};
	return { send, asked };
}

const request: ApiRequest = { method: 'GET', path: '/inquiries', query: { filter: {} } };

it('hands over each inquiry of the period once, however they crowd and answers overtake each other', async () => {
	const rounds = fc.array(fc.nat(3), { minLength: 1, maxLength: 8 });
	await fc.assert(
		fc.asyncProperty(crowds, rounds, async (all, turns) => {
			const newest = inquiriesOf(all);
			let count = 0;
			const { send, asked } = listing(newest, () => turns[count++ % turns.length]);
			const taken: string[] = [];
			await fetchInquiries(send, request, { from: FROM, to: TO }, ({ id }) => taken.push(id));
			expect(taken.sort()).toEqual(newest.map(({ id }) => id).sort());
			expect(asked.length).toBeLessThan(newest.length / 100 + 200);
		}),
		{ numRuns: 500 },
	);
});

it('goes on behind a page that has nothing', async () => {
	const [inquiry] = inquiriesOf([{ at: 0.9, milliseconds: 0, count: 1 }]);
	const taken: string[] = [];
	const send = async ({ query }: ApiRequest): Promise<JsonApiDocument> => {
		const { after } = query?.page as IDataObject;
		if (after === 'inq_hidden') return { data: [inquiry], links: { next: null } };
		return { data: [], links: { next: '/inquiries?page[after]=inq_hidden' } };
	};
	await fetchInquiries(send, request, { from: FROM, to: TO }, ({ id }) => taken.push(id));
	expect(taken).toEqual([inquiry.id]);
});

it('reads on where a page of another cursor has ended at the same inquiry', async () => {
	const newest = inquiriesOf([
		{ at: 0.9995, milliseconds: 0, count: 100 },
		{ at: 0.9, milliseconds: 1_000, count: 300 },
	]);
	const { send } = listing(newest, () => 1);
	const taken: string[] = [];
	await fetchInquiries(send, request, { from: FROM, to: TO }, ({ id }) => taken.push(id));
	expect(taken).toHaveLength(newest.length);
});
