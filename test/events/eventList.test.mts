import { createPageFetcher, paginateEvents } from '../../nodes/Persona/events/eventList.ts';
import type { EventSource } from '../../nodes/Persona/events/eventSource.ts';
import type { ApiRequest } from '../../nodes/Persona/transport/apiRequest.ts';
import type { ApiResponse } from '../../nodes/Persona/transport/apiResponse.ts';

const buildEvent = (id: string, attributes = {}) => ({
	type: 'event',
	id,
	attributes: { name: 'inquiry.approved', 'created-at': '2025-03-15T18:35:00.000Z', ...attributes },
});

const buildResponse = (body: unknown, statusCode = 200): ApiResponse => ({
	statusCode,
	headers: { 'persona-environment-id': 'env_1' },
	body,
});

function createSource(respond: (request: ApiRequest) => ApiResponse) {
	const requests: ApiRequest[] = [];
	const source: EventSource = {
		async request(request) {
			requests.push(request);
			return respond(request);
		},
		toResponseError: ({ statusCode }, permission) => new Error(`${statusCode} ${permission}`),
		toError: (message, hint) => new Error(`${message}. ${hint}`),
	};
	return { source, requests };
}

describe('createPageFetcher', () => {
	it('fetches a page of events with their times and the cursor of the next page', async () => {
		const body = {
			data: [buildEvent('evt_2'), buildEvent('evt_1')],
			links: { next: '/api/v1/events?page%5Bafter%5D=evt_1' },
		};
		const { source, requests } = createSource(() => buildResponse(body));
		const page = await createPageFetcher(source, ['inquiry.approved'])('evt_3');
		expect(page).toMatchObject({
			events: [
				{ event: { id: 'evt_2' }, at: Date.parse('2025-03-15T18:35:00.000Z') },
				{ event: { id: 'evt_1' } },
			],
			next: 'evt_1',
			environment: 'env_1',
		});
		expect(requests).toMatchObject([
			{
				method: 'GET',
				path: '/events',
				query: { page: { after: 'evt_3' }, filter: { name: 'inquiry.approved' } },
			},
		]);
	});

	it.each([
		['the wildcard', ['*', 'inquiry.approved']],
		['more than 40 names', Array.from({ length: 41 }, (_, index) => `custom.${index}`)],
	])('does not filter in Persona for %s', async (_, names) => {
		const { source, requests } = createSource(() => buildResponse({ data: [] }));
		await createPageFetcher(source, names)();
		expect(requests[0].query).toMatchObject({ filter: undefined });
	});

	it('throws for a failure, with the permission that it takes', async () => {
		const { source } = createSource(() => buildResponse({}, 403));
		await expect(createPageFetcher(source, ['*'])()).rejects.toThrow('403 event.read');
	});

	it.each([{}, { data: {} }, 'text', undefined])(
		'throws for %j, which is no list',
		async (body) => {
			const { source } = createSource(() => buildResponse(body));
			await expect(createPageFetcher(source, ['*'])()).rejects.toThrow('API URL');
		},
	);

	it.each([{ name: null }, { 'created-at': null }, { 'created-at': 'never' }])(
		'throws for an event with %j',
		async (attributes) => {
			const { source } = createSource(() =>
				buildResponse({ data: [buildEvent('evt_1', attributes)] }),
			);
			await expect(createPageFetcher(source, ['*'])()).rejects.toThrow('attribute blocklist');
		},
	);
});

describe('paginateEvents', () => {
	it('fetches page after page, from a cursor on', async () => {
		const cursors: Array<string | undefined> = [];
		const pages = paginateEvents(async (cursor) => {
			cursors.push(cursor);
			return { events: [], next: { a: 'b', b: 'c' }[cursor ?? ''] };
		}, 'a');
		for await (const page of pages) expect(page.events).toEqual([]);
		expect(cursors).toEqual(['a', 'b', 'c']);
	});

	it('throws if the pages repeat, instead of reading forever', async () => {
		const pages = paginateEvents(async (cursor) => ({
			events: [],
			next: cursor === 'a' ? 'b' : 'a',
		}));
		await expect(
			(async () => {
				for await (const page of pages) expect(page).toBeDefined();
			})(),
		).rejects.toThrow('the same page came twice');
	});

	it('throws if the same events come under ever new cursors', async () => {
		let count = 0;
		const { source, requests } = createSource(() => {
			const next = `/api/v1/events?page%5Bafter%5D=cursor${++count}`;
			return buildResponse({ data: [buildEvent('evt_1')], links: { next } });
		});
		const pages = paginateEvents(createPageFetcher(source, ['*']));
		await expect(
			(async () => {
				for await (const page of pages) expect(page.events).toHaveLength(1);
			})(),
		).rejects.toThrow('50 pages in a row had no object that is new');
		expect(requests.length).toBeLessThan(55);
	});
});
