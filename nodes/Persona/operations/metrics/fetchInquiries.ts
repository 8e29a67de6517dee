import type { Request } from '../../transport/client';
import type { PersonaObject } from '../../transport/jsonApi';
import { cursorOf, PAGE_SIZE, type Send } from '../../transport/pagination';

/** Cursors that go through a period side by side. */
const CURSORS = 4;

/** Pages that a cursor must still have before it, as far as its last one tells, to share them. */
const WORTH_SHARING = 2;

/** The time that one cursor goes through, in milliseconds since 1970. */
interface Stretch {
	/** What was created before is left to another cursor. */
	from: number;
	readonly to: number;
	/** The oldest of its last page, and how much older than the newest that is. */
	reached: number;
	ofPage: number;
	/** Where its next page begins; undefined when there is none. */
	after?: string;
	/** Where its pages have begun. */
	readonly begun: Set<string>;
}

const createdAt = ({ attributes }: PersonaObject) => Date.parse(String(attributes?.['created-at']));

/** How much time lies before a cursor; zero where that is not worth a cursor of its own. */
function leftOf({ from, reached, ofPage, after }: Stretch): number {
	const left = reached - from;
	return after !== undefined && left > Math.max(1, ofPage * WORTH_SHARING) ? left : 0;
}

/**
 * Hands over every inquiry of a period that a request finds, once and in no order. A page tells only
 * where the next one begins; so whoever reads a long stretch gives the older half of what is left to
 * another cursor, until there are enough of them. Throws what `send` throws and asks for no more then.
 */
export async function readInquiries(
	send: Send,
	request: Request,
	{ from, to }: { from: number; to: number },
	take: (inquiry: PersonaObject) => void,
): Promise<void> {
	const seen = new Set<string>();
	const underWay = new Set<Stretch>();
	const readings: Array<Promise<void>> = [];
	let failure: Error | undefined;

	const readPage = async (stretch: Stretch) => {
		const page = { size: PAGE_SIZE, after: stretch.after };
		const filter = {
			...(request.query?.filter as object),
			'created-at-start': new Date(stretch.from).toISOString(),
			...(stretch.to < to && { 'created-at-end': new Date(stretch.to).toISOString() }),
		};
		const { data, links } = await send({ ...request, query: { ...request.query, filter, page } });
		const inquiries = [data].flat();
		const times = inquiries.map(createdAt);
		inquiries.forEach((inquiry, index) => {
			const time = times[index];
			// Persona's filter takes the end in, and somebody else may read the beginning by now.
			if (time < stretch.from || time >= stretch.to || seen.has(inquiry.id)) return;
			seen.add(inquiry.id);
			take(inquiry);
		});
		if (times.length > 0) {
			stretch.reached = Math.min(...times);
			stretch.ofPage = Math.max(...times) - stretch.reached;
		}
		const after = links?.next ? cursorOf(links.next, inquiries) : undefined;
		// The newest come first (https://docs.withpersona.com/pagination), so older ones alone would follow.
		const isOver = stretch.reached < stretch.from;
		// A cursor that comes back would go round for ever.
		stretch.after = after === undefined || isOver || stretch.begun.has(after) ? undefined : after;
		if (after !== undefined) stretch.begun.add(after);
	};
	const read = async (stretch: Stretch) => {
		do {
			await readPage(stretch);
			share();
		} while (stretch.after !== undefined && !failure);
		underWay.delete(stretch);
		share();
	};
	const begin = (start: number, end: number) => {
		const begun = new Set<string>();
		const stretch: Stretch = { from: start, to: end, reached: end, ofPage: 0, begun };
		underWay.add(stretch);
		readings.push(read(stretch).catch((error: Error) => void (failure ??= error)));
	};
	const share = () => {
		while (!failure && underWay.size < CURSORS) {
			const [longest] = [...underWay].sort((one, other) => leftOf(other) - leftOf(one));
			if (!longest || leftOf(longest) === 0) return;
			const middle = Math.floor((longest.from + longest.reached) / 2);
			begin(longest.from, middle);
			longest.from = middle;
		}
	};

	begin(from, to);
	for (const reading of readings) await reading;
	if (failure) throw failure;
}
