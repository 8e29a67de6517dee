import { toLocator, runFakeNode, useFakeServer, buildThing } from '../support/fakeResource.mts';

const THING = { body: { data: buildThing('thg_1') } };

/** Milliseconds that a busy machine may take on top of a wait. */
const SLOW_MACHINE = 1_500;

/** Milliseconds by which a timer may end too early for a clock of whole milliseconds. */
const CLOCKS = 5;

const create = { parameters: { kind: 'plain' } };

describe('retry', () => {
	const serve = useFakeServer();

	const keys = (requests: Array<{ headers: Record<string, unknown> }>) =>
		new Set(requests.map(({ headers }) => headers['idempotency-key']));

	it.each([408, 500, 502, 503, 504])('tries a POST again with its key after %i', async (status) => {
		const server = await serve((_, count) => (count === 1 ? { status } : THING));
		const { items, error } = await runFakeNode(server, 'create', create);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(server.requests).toHaveLength(2);
		expect(keys(server.requests).size).toBe(1);
		expect([...keys(server.requests)][0]).toMatch(/^[0-9a-f]{40}$/);
	});

	it('waits longer each time an outage goes on, and gives up after five tries', async () => {
		const at: number[] = [];
		const server = await serve(() => {
			at.push(Date.now());
			return { status: 503, headers: { 'request-id': 'req_9' } };
		});
		const { error } = await runFakeNode(server, 'create', create);
		const waits = at.slice(1).map((time, index) => time - at[index]);
		expect(waits).toHaveLength(4);
		for (const [index, wait] of waits.entries()) {
			expect(wait).toBeGreaterThanOrEqual(750 * 2 ** index - CLOCKS);
			expect(wait).toBeLessThanOrEqual(1250 * 2 ** index + SLOW_MACHINE);
		}
		expect(error).toMatchObject({
			message: 'Persona is unavailable',
			description: expect.stringContaining('Check in Persona before you run this again'),
			httpCode: '503',
		});
		expect(error?.description).toContain("Persona's Request-Id: req_9");
	}, 40_000);

	it('tries again when the connection is cut', async () => {
		const server = await serve((_, count) => {
			if (count === 1) throw new Error('cut');
			return THING;
		});
		const { error, items } = await runFakeNode(server, 'update', {
			parameters: { thingId: toLocator('thg_1'), updateFields: { note: 'x' } },
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(server.requests.map(({ method }) => method)).toEqual(['PATCH', 'PATCH']);
	});

	it('takes half an answer for none', async () => {
		const server = await serve((_, count) =>
			count === 1 ? { body: Buffer.from('{"data": {"type": "thi') } : THING,
		);
		const { items } = await runFakeNode(server, 'create', create);
		expect(items).toHaveLength(1);
		expect(keys(server.requests).size).toBe(1);
	});

	it('says so when nobody answers', async () => {
		const server = await serve();
		await server.stop();
		const { error } = await runFakeNode(server, 'create', create);
		expect(error?.message).toBe('Persona did not respond');
		expect(error?.description).toContain("'API URL'");
	}, 40_000);

	it.each([400, 401, 403, 404, 422])('never repeats a request after %i', async (status) => {
		const server = await serve(() => ({ status, body: { errors: [{ title: 'No' }] } }));
		const { error } = await runFakeNode(server, 'create', create);
		expect(error).toMatchObject({ httpCode: String(status) });
		expect(server.requests).toHaveLength(1);
	});

	it('repeats once what failed on a stale object, and no other conflict', async () => {
		const stale = { status: 409, body: { errors: [{ title: 'Stale object error' }] } };
		const once = await serve((_, count) => (count === 1 ? stale : THING));
		expect(
			(await runFakeNode(once, 'approve', { parameters: { thingId: toLocator('1') } })).items,
		).toHaveLength(1);
		const always = await serve(() => stale);
		const { error } = await runFakeNode(always, 'approve', {
			parameters: { thingId: toLocator('1') },
		});
		expect(error).toMatchObject({ httpCode: '409' });
		expect(always.requests).toHaveLength(2);
		const other = await serve(() => ({ status: 409, body: { errors: [{ title: 'Conflict' }] } }));
		await runFakeNode(other, 'approve', { parameters: { thingId: toLocator('1') } });
		expect(other.requests).toHaveLength(1);
	});

	it('waits for a refused request until the limit opens, as often as it takes', async () => {
		const server = await serve((_, count) =>
			count <= 3
				? {
						status: 429,
						headers: {
							'ratelimit-limit': '10',
							'ratelimit-remaining': '0',
							'ratelimit-reset': '1',
						},
					}
				: THING,
		);
		const start = Date.now();
		const { items } = await runFakeNode(server, 'create', create);
		expect(items).toHaveLength(1);
		expect(Date.now() - start).toBeGreaterThanOrEqual(2_900);
		expect(keys(server.requests).size).toBe(1);
	});

	it('reports a quota that opens only tomorrow instead of waiting for it', async () => {
		const server = await serve(() => ({ status: 429, headers: { 'quota-reset': '40000' } }));
		const { error } = await runFakeNode(server, 'create', create);
		expect(error?.message).toBe('The rate limit of Persona is used up');
		expect(server.requests).toHaveLength(1);
	});

	it('sends no key with anything but a POST', async () => {
		const server = await serve();
		await runFakeNode(server, 'get', { parameters: { thingId: toLocator('1') } });
		await runFakeNode(server, 'update', { parameters: { thingId: toLocator('1') } });
		expect(keys(server.requests)).toEqual(new Set([undefined]));
	});
});

describe('idempotency key', () => {
	const serve = useFakeServer();

	const keyOf = async (options: Parameters<typeof runFakeNode>[2]) => {
		const server = await serve();
		await runFakeNode(server, 'create', {
			...options,
			parameters: { kind: 'plain', ...options?.parameters },
		});
		return server.requests.map(({ headers }) => headers['idempotency-key']);
	};

	it('is the same when n8n runs the node again in the same execution', async () => {
		const run = { items: [{}, {}], executionId: '7' };
		expect(await keyOf(run)).toEqual(await keyOf(run));
	});

	it('differs between items, executions, passes of a loop and requests', async () => {
		const keys = [
			...(await keyOf({ items: [{}, {}], executionId: '7' })),
			...(await keyOf({ executionId: '8' })),
			...(await keyOf({ executionId: '7', runIndex: 1 })),
			...(await keyOf({
				executionId: '7',
				parameters: { additionalFields: { referenceId: 'corrected' } },
			})),
		];
		expect(new Set(keys).size).toBe(5);
	});

	it('is the one the user gives, in any execution', async () => {
		const options = { idempotencyKey: '={{ "order-" + $json.order }}' };
		const run = { items: [{ order: 1 }, { order: 2 }], parameters: { options } };
		expect(await keyOf({ ...run, executionId: '1' })).toEqual(['order-1', 'order-2']);
	});
});
