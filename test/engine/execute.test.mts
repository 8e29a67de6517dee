import { setTimeout as sleep } from 'node:timers/promises';
import { StoppedByFailure } from '../../nodes/Persona/engine/itemErrors.ts';
import type { ItemContext, Operation } from '../../nodes/Persona/engine/types.ts';
import { actionNodes } from '../support/actionNodes.mts';
import {
	buildThing,
	fakeTable,
	FakeNode,
	runFakeNode,
	toLocator,
	useFakeServer,
} from '../support/fakeResource.mts';
import { runNode } from '../support/runNode.mts';

describe('items', () => {
	const serve = useFakeServer();

	const respondWithThing = (path: string) => ({
		body: { data: buildThing(path.split('/')[2] ?? 'thg_new') },
	});

	it('keep their order, and each output is paired with its input', async () => {
		const server = await serve(async ({ path }) => {
			await sleep(Math.random() * 30);
			return respondWithThing(path);
		});
		const { items } = await runFakeNode(server, 'get', {
			items: Array.from({ length: 30 }, (_, index) => ({ id: `thg_${index}` })),
			parameters: { thingId: toLocator('={{ $json.id }}') },
		});
		expect(items.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual(
			Array.from({ length: 30 }, (_, index) => [`thg_${index}`, { item: index }]),
		);
	});

	it('that change the same object keep their order while others overtake them', async () => {
		const finished: string[] = [];
		const server = await serve(async ({ path, body }) => {
			const { note } = (body as { data: { attributes: { note: string } } }).data.attributes;
			await sleep(path.endsWith('slow') ? 200 : 5);
			finished.push(note);
			return respondWithThing(path);
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
		expect(finished).toEqual(['a', 'b', 'slow 1', 'slow 2', 'slow 3']);
	});

	it.each([
		['reference ID', { referenceId: 'user-42' }],
		['value by which Persona finds them', { upsertBy: 'tax_id', fields: { 'tax-id': 7 } }],
	])('that have the same %s are sent one after another', async (_, parameters) => {
		let active = 0;
		let maxActive = 0;
		const server = await serve(async ({ path }) => {
			maxActive = Math.max(maxActive, ++active);
			await sleep(20);
			active--;
			return respondWithThing(path);
		});
		await runFakeNode(server, 'upsert', {
			items: [{}, {}, {}],
			parameters,
		});
		expect([server.requests.length, maxActive]).toEqual([3, 1]);
	});

	it('are processed as many at a time as the user says', async () => {
		let active = 0;
		let maxActive = 0;
		const server = await serve(async ({ path }) => {
			maxActive = Math.max(maxActive, ++active);
			await sleep(20);
			active--;
			return respondWithThing(path);
		});
		await runFakeNode(server, 'get', {
			items: Array.from({ length: 12 }, () => ({})),
			parameters: { thingId: toLocator('x'), options: { itemsAtATime: 3 } },
		});
		expect(maxActive).toBe(3);
	});

	it('do not start after a failure, and the error names the item that failed', async () => {
		const server = await serve(async ({ path }) => {
			await sleep(20);
			return path.endsWith('thg_1')
				? { status: 404, body: { errors: [{ title: 'Record not found' }] } }
				: respondWithThing(path);
		});
		const { error } = await runFakeNode(server, 'get', {
			items: Array.from({ length: 9 }, (_, index) => ({ id: `thg_${index}` })),
			parameters: { thingId: toLocator('={{ $json.id }}'), options: { itemsAtATime: 2 } },
		});
		expect(error).toMatchObject({ httpCode: '404', context: { itemIndex: 1 } });
		expect(server.requests.length).toBeLessThanOrEqual(3);
	});

	it.each([
		[1, 'Correct it and run again. One other item was carried out'],
		[3, 'Correct it and run again. 3 other items were carried out'],
		[0, 'Correct it and run again.'],
	])(
		'of which %i were carried out when one fails: the error says so, since it hides their output',
		async (failing, description) => {
			const server = await serve(({ body }) => {
				const { attributes } = (body as { data: { attributes: Record<string, string> } }).data;
				const isRefused = attributes['reference-id'] === `user-${failing}`;
				return isRefused ? { status: 422, body: { errors: [] } } : respondWithThing('');
			});
			const { error } = await runFakeNode(server, 'create', {
				items: Array.from({ length: 5 }, (_, index) => ({ user: `user-${index}` })),
				parameters: {
					kind: 'plain',
					additionalFields: { referenceId: '={{ $json.user }}' },
					options: { itemsAtATime: 1 },
				},
			});
			expect(error?.description).toMatch(new RegExp(`^${description}`));
			expect(error?.description?.includes("'On Error'")).toBe(failing > 0);
		},
	);

	it('that fail while others are under way are counted in the error, since any may have been done', async () => {
		const server = await serve(() => ({ status: 422, body: { errors: [] } }));
		const { error } = await runFakeNode(server, 'create', {
			items: [{}, {}, {}],
			parameters: { kind: 'plain' },
		});
		expect(error?.description).toBe(
			'Correct it and run again. 2 other items were under way and failed as well.',
		);
	});

	it('that are only read leave nothing behind when one fails, so the error says nothing of the others', async () => {
		const server = await serve(({ path }) =>
			path.endsWith('thg_1')
				? { status: 404, body: { errors: [{ title: 'Record not found' }] } }
				: respondWithThing(path),
		);
		const { error } = await runFakeNode(server, 'get', {
			items: [{ id: 'thg_0' }, { id: 'thg_1' }],
			parameters: { thingId: toLocator('={{ $json.id }}'), options: { itemsAtATime: 1 } },
		});
		expect(error?.message).toBe('Persona has no object with this ID');
		expect(error?.description).not.toContain('carried out');
	});

	it('fail alone if the node continues on error', async () => {
		const server = await serve(({ path }) =>
			path.endsWith('thg_1')
				? { status: 404, body: { errors: [{ title: 'Record not found' }] } }
				: respondWithThing(path),
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
					message: expect.stringContaining('objects of the sandbox'),
				},
			],
		]);
	});

	it('are created once each when n8n tries the node again after item 7 of 10', async () => {
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

	it('stop within a second while the rate limit is used up, when the user stops the execution', async () => {
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
		const requestCount = server.requests.length;
		stop.abort();
		const stopped = Date.now();
		await running;
		expect(Date.now() - stopped).toBeLessThan(1_000);
		expect(server.requests).toHaveLength(requestCount);
	});

	it('stop within a second while Persona is slow to respond', async () => {
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

	it('fail with a clear error for an operation that this version does not have', async () => {
		const server = await serve();
		const { error } = await runFakeNode(server, 'getAll', { parameters: { resource: 'gone' } });
		expect(error?.message).toContain("no operation '' for 'gone'");
	});

	it.each([
		['Persona', { resource: 'webhook', operation: 'getAll' }, 'Webhook'],
		['Persona Admin', { resource: 'inquiry', operation: 'get' }, 'Inquiry'],
	] as const)(
		'name the other node for an operation that %s does not have',
		async (name, parameters, label) => {
			const server = await serve();
			const { error } = await runNode({
				nodeType: actionNodes[name],
				parameters,
				credentials: { baseUrl: server.baseUrl },
			});
			const [other] = Object.keys(actionNodes).filter((one) => one !== name);
			expect(error?.message).toBe(
				`The operations of '${label}' are in the node ${other}, not in ${name}`,
			);
			expect(error?.description).toBe(
				`Use a ${other} node for them. It takes the same credential.`,
			);
			expect(server.requests).toEqual([]);
		},
	);

	it.each([
		['this version does not have', { operation: 'gone' }, 'has no operation'],
		['the node has no credential for', {}, 'credential'],
	])(
		'fail each if the node continues on error and nothing can be run: an operation that %s',
		async (_, parameters, message) => {
			const server = await serve();
			const { outputs } = await runFakeNode(server, 'getAll', {
				items: [{ order: 1 }, { order: 2 }],
				parameters,
				onError: 'continueErrorOutput',
				...(message === 'credential' && { settings: { credentials: {} } }),
			});
			expect(outputs).toMatchObject([
				[],
				[
					{ json: { order: 1, error: expect.stringContaining(message) }, pairedItem: { item: 0 } },
					{ json: { order: 2, error: expect.stringContaining(message) }, pairedItem: { item: 1 } },
				],
			]);
			expect(server.requests).toEqual([]);
		},
	);

	it('that failed by themselves are counted, whatever their errors say, and not those that stopped waiting', async () => {
		const [things] = fakeTable.resources;
		const finish = (context: ItemContext) => {
			if (context.itemIndex === 2) throw new StoppedByFailure(context, 'It continues.');
			return context.fail(`Another item has failed: ${context.itemIndex}`, 'Correct it.');
		};
		const create: Operation = {
			...things.operations.create,
			prepare: (context) => ({
				run: () => Promise.resolve([]),
				afterAll: () => Promise.resolve(context).then(finish),
			}),
		};
		const server = await serve();
		const { error } = await runFakeNode(server, 'create', {
			nodeType: new FakeNode({ ...fakeTable, resources: [{ ...things, operations: { create } }] }),
			items: [{}, {}, {}],
		});
		expect(error?.message).toBe('Another item has failed: 0');
		expect(error?.description).toMatch(
			/^Correct it\. One other item was under way and failed as well\. One other item was carried out/,
		);
	});

	it('contain a file of Persona with its name and type', async () => {
		const bytes = Buffer.from([37, 80, 68, 70, 0, 255, 254]);
		const server = await serve(() => ({
			headers: { 'content-type': 'application/pdf; charset=binary' },
			body: bytes,
		}));
		const { items } = await runFakeNode(server, 'print', {
			parameters: { thingId: toLocator('thg_1') },
		});
		expect(items[0].json).toEqual({
			id: 'thg_1',
			fileName: 'thing-thg_1.pdf',
			mimeType: 'application/pdf',
		});
		expect(items[0].binary?.data).toMatchObject({
			fileName: 'thing-thg_1.pdf',
			mimeType: 'application/pdf',
			data: bytes.toString('base64'),
		});
	});
});
