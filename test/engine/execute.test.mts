import { setTimeout as sleep } from 'node:timers/promises';
import { toLocator, runFakeNode, useFakeServer, buildThing } from '../support/fakeResource.mts';

describe('items', () => {
	const serve = useFakeServer();

	const thingOf = (path: string) => ({
		body: { data: buildThing(path.split('/')[2] ?? 'thg_new') },
	});

	it('come out in their order, each linked to the item it came from', async () => {
		const server = await serve(async ({ path }) => {
			await sleep(Math.random() * 30);
			return thingOf(path);
		});
		const { items } = await runFakeNode(server, 'get', {
			items: Array.from({ length: 30 }, (_, index) => ({ id: `thg_${index}` })),
			parameters: { thingId: toLocator('={{ $json.id }}') },
		});
		expect(items.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual(
			Array.from({ length: 30 }, (_, index) => [`thg_${index}`, { item: index }]),
		);
	});

	it('that change one object are sent one after another while others overtake', async () => {
		const done: string[] = [];
		const server = await serve(async ({ path, body }) => {
			const { note } = (body as { data: { attributes: { note: string } } }).data.attributes;
			await sleep(path.endsWith('slow') ? 200 : 5);
			done.push(note);
			return thingOf(path);
		});
		await runFakeNode(server, 'update', {
			items: [
				{ id: 'slow', note: 'slow 1' },
				{ id: 'slow', note: 'slow 2' },
				{ id: 'a', note: 'a' },
				{ id: 'slow', note: 'slow 3' },
				{ id: 'b', note: 'b' },
			],
			parameters: {
				thingId: toLocator('={{ $json.id }}'),
				updateFields: { note: '={{ $json.note }}' },
			},
		});
		expect(done).toEqual(['a', 'b', 'slow 1', 'slow 2', 'slow 3']);
	});

	it('that name one object by their own reference ID keep their order too', async () => {
		let underWay = 0;
		let together = 0;
		const server = await serve(async ({ path }) => {
			together = Math.max(together, ++underWay);
			await sleep(20);
			underWay--;
			return thingOf(path);
		});
		await runFakeNode(server, 'upsert', {
			items: [{}, {}, {}],
			parameters: { referenceId: 'user-42' },
		});
		expect([server.requests.length, together]).toEqual([3, 1]);
	});

	it('are worked on as many at a time as the user says', async () => {
		let underWay = 0;
		let most = 0;
		const server = await serve(async ({ path }) => {
			most = Math.max(most, ++underWay);
			await sleep(20);
			underWay--;
			return thingOf(path);
		});
		await runFakeNode(server, 'get', {
			items: Array.from({ length: 12 }, () => ({})),
			parameters: { thingId: toLocator('x'), options: { itemsAtATime: 3 } },
		});
		expect(most).toBe(3);
	});

	it('no longer start after a failure, and the error names the item that failed', async () => {
		const server = await serve(async ({ path }) => {
			await sleep(20);
			return path.endsWith('thg_1') ? { status: 404 } : thingOf(path);
		});
		const { error } = await runFakeNode(server, 'get', {
			items: Array.from({ length: 9 }, (_, index) => ({ id: `thg_${index}` })),
			parameters: { thingId: toLocator('={{ $json.id }}'), options: { itemsAtATime: 2 } },
		});
		expect(error).toMatchObject({ httpCode: '404', context: { itemIndex: 1 } });
		expect(server.requests.length).toBeLessThanOrEqual(3);
	});

	it('fail by themselves when the workflow goes on', async () => {
		const server = await serve(({ path }) =>
			path.endsWith('thg_1') ? { status: 404 } : thingOf(path),
		);
		const run = {
			items: [{ id: 'thg_0' }, { id: 'thg_1' }, { id: 'thg_2' }],
			parameters: { thingId: toLocator('={{ $json.id }}') },
		};
		const regular = await runFakeNode(server, 'get', { ...run, onError: 'continueRegularOutput' });
		expect(regular.items.map(({ json }) => json.id ?? json.error)).toEqual([
			'thg_0',
			'Persona has no object with this ID',
			'thg_2',
		]);
		expect(regular.items[1].pairedItem).toEqual({ item: 1 });
		const split = await runFakeNode(server, 'get', { ...run, onError: 'continueErrorOutput' });
		expect(split.outputs.map((output) => output.map(({ json }) => json))).toEqual([
			[expect.objectContaining({ id: 'thg_0' }), expect.objectContaining({ id: 'thg_2' })],
			[
				{
					id: 'thg_1',
					error: 'Persona has no object with this ID',
					details: expect.stringContaining('objects of the sandbox'),
				},
			],
		]);
	});

	it('give ten objects, not seventeen, when n8n tries the node again after item 7 of 10', async () => {
		const things = new Map<unknown, string>();
		let failures = 0;
		const server = await serve(({ headers, body }) => {
			const { attributes } = (body as { data: { attributes: Record<string, string> } }).data;
			if (attributes['reference-id'] === 'user-6' && failures++ === 0) return { status: 422 };
			const key = headers['idempotency-key'];
			if (!things.has(key)) things.set(key, `thg_${things.size}`);
			return { body: { data: buildThing(things.get(key) as string) } };
		});
		const { items, error } = await runFakeNode(server, 'create', {
			items: Array.from({ length: 10 }, (_, index) => ({ user: `user-${index}` })),
			parameters: {
				kind: 'plain',
				additionalFields: { referenceId: '={{ $json.user }}' },
				options: { itemsAtATime: 1 },
			},
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 10 },
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(10);
		expect([server.requests.length, things.size]).toEqual([17, 10]);
	});

	it('stop within a second when the user stops the execution', async () => {
		const server = await serve(() => ({
			status: 429,
			headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '60' },
		}));
		const stop = new AbortController();
		const running = runFakeNode(server, 'create', {
			items: Array.from({ length: 50 }, () => ({})),
			parameters: { kind: 'plain' },
			signal: stop.signal,
		});
		await sleep(500);
		const asked = server.requests.length;
		stop.abort();
		const stopped = Date.now();
		await running;
		expect(Date.now() - stopped).toBeLessThan(1_000);
		expect(server.requests).toHaveLength(asked);
	});

	it('stop within a second also while Persona is slow to answer', async () => {
		const server = await serve(async () => {
			await sleep(5_000, undefined, { ref: false });
			return {};
		});
		const stop = new AbortController();
		const running = runFakeNode(server, 'create', {
			parameters: { kind: 'plain' },
			signal: stop.signal,
		});
		await sleep(300);
		stop.abort();
		const stopped = Date.now();
		await running;
		expect(Date.now() - stopped).toBeLessThan(1_000);
	});
});
