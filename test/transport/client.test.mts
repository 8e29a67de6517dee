import { fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import { buildThing, runFakeNode, toLocator, useFakeServer } from '../support/fakeResource.mts';
import type { FakeResponse, RequestRecorder } from '../../tools/services/requestRecorder.mts';
import { runNode } from '../support/runNode.mts';
import { useVirtualClock } from '../support/virtualClock.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

const THING = { body: { data: buildThing('thg_1') } };

const CREATE = { parameters: { kind: 'plain' } };

const buildIdOptions = (id: string) => ({ parameters: { thingId: toLocator(id) } });

const getKeys = ({ requests }: RequestRecorder) =>
	new Set(requests.map(({ headers }) => headers['idempotency-key']));

describe('headers', () => {
	const serve = useFakeServer();

	it('pin the version and the spelling of each response, and name the package', async () => {
		const server = await serve();
		await runFakeNode(server, 'get', buildIdOptions('thg_1'));
		expect(server.requests[0].headers).toMatchObject({
			accept: 'application/json',
			'persona-version': '2025-12-08',
			'key-inflection': 'kebab',
			'user-agent': expect.stringMatching(/^n8n-nodes-persona\/\d+\.\d+\.\d+/),
			authorization: expect.stringMatching(/^Bearer persona_sandbox_/),
		});
	});

	it('have an idempotency key for a POST alone', async () => {
		const server = await serve();
		await runFakeNode(server, 'get', buildIdOptions('1'));
		await runFakeNode(server, 'update', buildIdOptions('1'));
		expect(getKeys(server)).toEqual(new Set([undefined]));
		await runFakeNode(server, 'create', CREATE);
		expect(server.requests[2].headers['idempotency-key']).toMatch(/^[0-9a-f]{40}$/);
	});

	it('have none for a search, whose stored result would be old', async () => {
		const server = await serve(() => ({ body: { data: [], links: { next: null } } }));
		await runFakeNode(server, 'search');
		expect(server.requests[0].method).toBe('POST');
		expect(getKeys(server)).toEqual(new Set([undefined]));
	});
});

describe('retry', () => {
	const serve = useFakeServer();
	const clock = useVirtualClock();

	it.each([408, 500, 502, 503, 504])('repeats a POST with its key after %i', async (status) => {
		const server = await serve((_, count) => (count === 1 ? { status } : THING));
		const { items, error } = await runFakeNode(server, 'create', CREATE);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(server.requests).toHaveLength(2);
		expect(getKeys(server).size).toBe(1);
		expect([...getKeys(server)][0]).toMatch(/^[0-9a-f]{40}$/);
	});

	it('waits longer after each attempt, and gives up after the fifth', async () => {
		const server = await serve(() => ({ status: 503, headers: { 'request-id': 'req_9' } }));
		const { error } = await runFakeNode(server, 'create', CREATE);
		expect(server.requests).toHaveLength(5);
		expect(getKeys(server).size).toBe(1);
		expect(clock.waitsMs).toHaveLength(4);
		for (const [index, waitMs] of clock.waitsMs.entries()) {
			expect(waitMs).toBeGreaterThanOrEqual(750 * 2 ** index);
			expect(waitMs).toBeLessThanOrEqual(1250 * 2 ** index);
		}
		expect(error).toMatchObject({
			message: 'Persona is unavailable',
			description: expect.stringContaining('Check in Persona before you run this again'),
			httpCode: '503',
		});
		expect(error?.description).toContain("Persona's Request-Id: req_9");
	});

	it('repeats a request whose connection is cut', async () => {
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

	it('takes a response that is cut off for no response', async () => {
		const server = await serve((_, count) =>
			count === 1 ? { body: Buffer.from('{"data": {"type": "thi') } : THING,
		);
		const { items } = await runFakeNode(server, 'create', CREATE);
		expect(items).toHaveLength(1);
		expect(server.requests).toHaveLength(2);
		expect(getKeys(server).size).toBe(1);
	});

	it('takes a text for cut off only if it begins as JSON does', async () => {
		for (const text of ['[proxy] No route to host', '{{ title }}', '{ not json }', '[x]']) {
			for (const status of [200, 403]) {
				const server = await serve(() => ({ status, body: Buffer.from(text) }));
				const { error } = await runFakeNode(server, 'create', CREATE);
				expect(error?.message).toContain(`is not Persona's, but begins with “${text}”`);
				expect(server.requests).toHaveLength(1);
			}
		}
		for (const text of ['{', '{"da', '{ "data"', '[', '[{"type"', ' [ "a']) {
			const server = await serve(() => ({ body: Buffer.from(text) }));
			await runFakeNode(server, 'create', CREATE);
			expect(server.requests).toHaveLength(5);
		}
	});

	it('waits no longer than an hour in all, however often a response asks for it', async () => {
		const server = await serve(() => ({ status: 503, headers: { 'retry-after': '2400' } }));
		const { error } = await runFakeNode(server, 'create', CREATE);
		expect(error?.message).toBe('Persona is unavailable');
		expect(server.requests).toHaveLength(2);
		expect(clock.waitsMs.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(60 * 60_000);
	});

	it('says so when nothing responds', async () => {
		const server = await serve();
		await server.stop();
		const { error } = await runFakeNode(server, 'create', CREATE);
		expect(error?.message).toBe('Persona did not respond');
		expect(error?.description).toContain("'API URL'");
		expect(clock.waitsMs).toHaveLength(4);
	});

	it.each([400, 401, 403, 404, 422])('never repeats a request after %i', async (status) => {
		const server = await serve(() => ({ status, body: { errors: [{ title: 'No' }] } }));
		const { error } = await runFakeNode(server, 'create', CREATE);
		expect(error).toMatchObject({ httpCode: String(status) });
		expect(server.requests).toHaveLength(1);
		expect(clock.waitsMs).toEqual([]);
	});

	it('repeats a request once, and at once, that failed on a stale object', async () => {
		const stale = { status: 409, body: { errors: [{ title: 'Stale object error' }] } };
		const once = await serve((_, count) => (count === 1 ? stale : THING));
		expect((await runFakeNode(once, 'approve', buildIdOptions('1'))).items).toHaveLength(1);
		const always = await serve(() => stale);
		const { error } = await runFakeNode(always, 'approve', buildIdOptions('1'));
		expect(error).toMatchObject({ httpCode: '409' });
		expect(always.requests).toHaveLength(2);
		expect(clock.waitsMs).toEqual([]);
	});

	it.each([{}, { options: { idempotencyKey: 'order-1234' } }])(
		'repeats a stale object with another key, the same when n8n tries the node again (%j)',
		async (parameters) => {
			const stale = { status: 409, body: { errors: [{ title: 'Stale object error' }] } };
			const server = await serve(() => stale);
			const run = async (executionId: string) => {
				server.requests.length = 0;
				const options = { parameters: { ...CREATE.parameters, ...parameters }, executionId };
				await runFakeNode(server, 'create', options);
				return [...getKeys(server)];
			};
			const keys = await run('1');
			expect(keys).toHaveLength(2);
			expect(await run('1')).toEqual(keys);
			if (!('options' in parameters)) expect(await run('2')).not.toEqual(keys);
		},
	);

	it('keeps the new key when the repeated request gets no response', async () => {
		const server = await serve((_, count) => {
			if (count === 1) return { status: 409, body: { errors: [{ details: 'Stale object' }] } };
			if (count === 2) throw new Error('cut');
			return THING;
		});
		expect((await runFakeNode(server, 'create', CREATE)).items).toHaveLength(1);
		const [first, second, third] = server.requests.map(({ headers }) => headers['idempotency-key']);
		expect(second).not.toBe(first);
		expect(third).toBe(second);
	});

	it('never repeats a request after any other conflict', async () => {
		const server = await serve(() => ({ status: 409, body: { errors: [{ title: 'Conflict' }] } }));
		await runFakeNode(server, 'approve', buildIdOptions('1'));
		expect(server.requests).toHaveLength(1);
	});

	it('makes one inquiry when the connection is cut after Persona stored it', async () => {
		const sandbox = await startSandbox();
		sandbox.control.addFault({ method: 'POST', path: '/inquiries', kind: 'resetAfter', times: 1 });
		const { items, error } = await runNode({
			credentials: { apiKey: 'persona_sandbox_demo', baseUrl: sandbox.apiUrl },
			parameters: {
				resource: 'inquiry',
				operation: 'create',
				inquiryTemplateId: toLocator(fixtures.inquiryTemplate),
			},
		});
		await sandbox.close();
		expect(error).toBeUndefined();
		expect(sandbox.control.requests).toHaveLength(2);
		const stored = sandbox.control.store.getCollection('inquiry').findAll();
		expect(stored.map(({ id }) => id)).toEqual([items[0].json.id]);
	});
});

describe('rate limit', () => {
	const serve = useFakeServer();
	const clock = useVirtualClock();

	const getTotalWaitMs = () => clock.waitsMs.reduce((sum, ms) => sum + ms, 0);

	it('is waited for until it resets, as often as it takes', async () => {
		const sentAt: number[] = [];
		const headers = {
			'ratelimit-limit': '10',
			'ratelimit-remaining': '0',
			'ratelimit-reset': '30',
		};
		const server = await serve((_, count) => {
			sentAt.push(Date.now());
			return count <= 7 ? { status: 429, headers } : THING;
		});
		const { items } = await runFakeNode(server, 'create', CREATE);
		expect(items).toHaveLength(1);
		expect(getKeys(server).size).toBe(1);
		const waitsMs = sentAt.slice(1).map((at, index) => at - sentAt[index]);
		expect(waitsMs).toHaveLength(7);
		for (const waitMs of waitsMs) expect(waitMs).toBeGreaterThanOrEqual(30_000);
		// The seventh back-off may be longer than the limit: up to 40 seconds.
		expect(getTotalWaitMs()).toBeLessThan(6 * 31_000 + 41_000);
	});

	it.each(['-7', 'Wed, 21 Oct 2015 07:28:00 GMT'])(
		'that should have reset already ends with a sentence that is true (%s)',
		async (retryAfter) => {
			const headers = { 'retry-after': retryAfter };
			const server = await serve(() => ({ status: 429, headers }));
			const { error } = await runFakeNode(server, 'create', CREATE);
			expect(error?.description).toContain('resets at once, but still refuses');
			expect(error?.description).not.toContain('0 seconds');
			expect(getTotalWaitMs()).toBeGreaterThan(50 * 60_000);
		},
	);

	it('without a reset is waited for with back-off, and no more than five attempts', async () => {
		const server = await serve(() => ({ status: 429 }));
		const { error } = await runFakeNode(server, 'create', CREATE);
		expect(error?.message).toBe("Persona's rate limit is used up");
		expect(server.requests).toHaveLength(5);
	});

	it.each<[string, Record<string, string>, string]>([
		['a quota', { 'ratelimit-reset': '1', 'quota-reset': '40000' }, 'It opens again in 12 hours'],
		['a quota that is silent', { 'ratelimit-reset': '1' }, 'does not say when it opens again'],
	])('%s that opens late ends with that sentence', async (_, headers, when) => {
		const body = { errors: [{ title: 'Quota exceeded', details: 'Your quota limit of 5.' }] };
		const server = await serve(() => ({ status: 429, headers, body }));
		const { error } = await runFakeNode(server, 'create', CREATE);
		expect(error?.message).toBe('A quota of your Persona organization is used up');
		expect(error?.description).toContain(when);
		expect(error?.description).toContain('ask Persona to raise the quota');
		expect(server.requests.length).toBeLessThanOrEqual(5);
		// The back-off, and 5 seconds of the rate limiter for each refusal.
		expect(getTotalWaitMs()).toBeLessThan(40_000);
	});

	it('waits for a quota until it opens, not until the rate limit resets', async () => {
		const body = { errors: [{ title: 'Quota exceeded' }] };
		const headers = { 'ratelimit-reset': '1', 'ratelimit-remaining': '200', 'quota-reset': '600' };
		const server = await serve((_, count) =>
			count === 1 ? { status: 429, headers, body } : THING,
		);
		expect((await runFakeNode(server, 'create', CREATE)).items).toHaveLength(1);
		expect(server.requests).toHaveLength(2);
		expect(getTotalWaitMs()).toBeGreaterThan(598_000);
		expect(getTotalWaitMs()).toBeLessThan(605_000);
	});

	it('is not waited for longer than an hour in all', async () => {
		const server = await serve(() => ({ status: 429, headers: { 'ratelimit-reset': '1000' } }));
		const { error } = await runFakeNode(server, 'create', CREATE);
		expect(error?.message).toBe("Persona's rate limit is used up");
		expect(error?.description).toContain('It resets in 17 minutes');
		expect(server.requests.length).toBeLessThanOrEqual(4);
		expect(getTotalWaitMs()).toBeLessThan(3_700_000);
	});

	it('that is never reset is met ever more rarely', async () => {
		const server = await serve(() => ({ status: 429, headers: { 'ratelimit-reset': '0' } }));
		await runFakeNode(server, 'create', CREATE);
		expect(server.requests.length).toBeLessThan(150);
	});

	it.each([429, 503])('is waited for as Retry-After asks for after %i', async (status) => {
		const server = await serve((_, count) =>
			count === 1 ? { status, headers: { 'retry-after': '90' } } : THING,
		);
		expect((await runFakeNode(server, 'create', CREATE)).items).toHaveLength(1);
		expect(getTotalWaitMs()).toBeGreaterThan(88_000);
		expect(getTotalWaitMs()).toBeLessThan(93_000);
	});

	it('of hours, in Retry-After, is reported instead of waited for', async () => {
		const server = await serve(() => ({ status: 503, headers: { 'retry-after': '86400' } }));
		const parameters = { thingId: toLocator('thg_1') };
		const { error } = await runFakeNode(server, 'get', { parameters });
		expect(error?.message).toBe('Persona is unavailable');
		expect(error?.description).toContain('Run again in 24 hours');
		expect(server.requests).toHaveLength(1);
	});
});

describe("an answer that is not Persona's", () => {
	const serve = useFakeServer();
	const clock = useVirtualClock();

	const HTML = { 'content-type': 'text/html' };

	const runOperation = async (operation: string, response: FakeResponse) => {
		const server = await serve(() => response);
		const parameters = { ...CREATE.parameters, thingId: toLocator('thg_1') };
		const { error, items } = await runFakeNode(server, operation, { parameters });
		return { error, items, server };
	};

	const THING_DATA = buildThing('thg_1');

	it.each(['get', 'getAll', 'search', 'create', 'update', 'print'])(
		'ends %s in one sentence, at once',
		async (operation) => {
			const isList = operation === 'getAll' || operation === 'search';
			const answers: Array<[FakeResponse, string]> = [
				[
					{ headers: HTML, body: Buffer.from('<p>Welcome to <b>nginx</b></p>') },
					'Welcome to nginx',
				],
				[{ body: Buffer.from('Hello') }, 'begins with “Hello”'],
				[{ body: {} }, 'begins with “{}”'],
				[{ body: [] }, 'begins with “[]”'],
				[{ body: [THING_DATA] }, 'begins with “[{"type"'],
				[{ body: Buffer.from('null') }, "is not Persona's, but"],
				[{ body: 5 }, 'begins with “5”'],
				[{ body: Buffer.from('"text"') }, 'begins with “text”'],
				[{ body: { data: null } }, 'begins with “{"data":null}”'],
				[{ body: { data: {} } }, 'begins with “{"data":{}}”'],
				[{ body: { data: isList ? THING_DATA : [THING_DATA] } }, 'begins with “{"data":'],
				[{ body: { data: [null] } }, 'begins with “{"data":[null]}”'],
				[{ body: { errors: [] } }, 'begins with “{"errors":[]}”'],
				[{ status: 204, body: Buffer.alloc(0) }, 'but is empty'],
				[{ status: 205, body: Buffer.alloc(0) }, 'but is empty'],
				[{ status: 200, body: Buffer.alloc(0) }, 'but is empty'],
				[
					{ status: 302, headers: { location: 'https://login.example/?token=secret' } },
					'leads to https://login.example/:',
				],
			];
			for (const [response, words] of answers) {
				const { error, server } = await runOperation(operation, response);
				expect([words, error?.message]).toEqual([
					words,
					expect.stringMatching(
						/^The answer .*is not Persona's, but .*: check 'API URL' in the credential$/,
					),
				]);
				expect(error?.message).toContain(words);
				expect(server.requests).toHaveLength(1);
			}
			expect(clock.waitsMs).toEqual([]);
		},
	);

	it('is not followed to another address with the key', async () => {
		const target = await serve();
		const { error } = await runOperation('get', {
			status: 307,
			headers: { location: `${target.baseUrl}/things/thg_1` },
		});
		expect(error?.message).toContain('leads to');
		expect(error?.description).toMatch(/^Persona does not redirect, .* enter the new one\./);
		expect(target.requests).toEqual([]);
	});

	it('says what may have been done by a change', async () => {
		const { error } = await runOperation('create', { body: {} });
		expect(error?.description).toContain('Check in Persona before you run this again');
		const refused = await runOperation('create', { status: 403, body: Buffer.from('No') });
		expect(refused.error?.description ?? '').toBe('');
	});

	it.each([404, 410])('is a %i without errors, so nothing is taken for gone', async (status) => {
		for (const body of [Buffer.alloc(0), {}, null]) {
			const { error } = await runOperation('get', { status, body });
			expect(error?.message).toContain(`The answer with status ${status} is not Persona's, but `);
		}
		const { error } = await runOperation('get', { status, body: { errors: [] } });
		expect(error?.message).not.toContain("is not Persona's");
	});

	it('is not taken for a quota of Persona', async () => {
		const body = Buffer.from('<h1>Bandwidth quota exceeded</h1>');
		const { error } = await runOperation('get', { status: 429, headers: HTML, body });
		expect(error?.message).toContain(
			"is not Persona's, but begins with “Bandwidth quota exceeded”",
		);
	});

	it("is not what begins with a byte-order mark and is Persona's otherwise", async () => {
		const toBytes = (data: unknown) => Buffer.from(`\uFEFF${JSON.stringify({ data })}`);
		for (const operation of ['get', 'getAll']) {
			const data = operation === 'get' ? THING_DATA : [THING_DATA];
			expect((await runOperation(operation, { body: toBytes(data) })).items).toHaveLength(1);
		}
		const { error } = await runOperation('print', {
			status: 422,
			body: Buffer.from(`\uFEFF${JSON.stringify({ errors: [{ title: 'Not printable' }] })}`),
		});
		expect(error?.description).toContain('Not printable');
	});

	it('does not show the key, also if it was copied with blanks around it', async () => {
		const server = await serve(({ headers }) => ({
			status: 403,
			body: `No access with ${headers.authorization?.slice('Bearer '.length)}`,
		}));
		const { error } = await runFakeNode(server, 'get', {
			parameters: { thingId: toLocator('thg_1') },
			credentials: { apiKey: '\u200bcustomkey \n' },
		});
		expect(server.requests[0].headers.authorization).toBe('Bearer customkey');
		expect(JSON.stringify(error)).not.toContain('customkey');
	});

	it('is not taken for a limit of Persona', async () => {
		const headers = {
			'ratelimit-limit': '5',
			'ratelimit-remaining': '0',
			'ratelimit-reset': '3000',
		};
		const server = await serve((_, count) =>
			count === 1 ? { status: 403, headers, body: Buffer.from('No') } : THING,
		);
		const { items } = await runFakeNode(server, 'create', {
			...CREATE,
			items: [{}, {}],
			onError: 'continueRegularOutput',
			parameters: { ...CREATE.parameters, options: { itemsAtATime: 1 } },
		});
		expect(items).toHaveLength(2);
		expect(clock.waitsMs).toEqual([]);
	});
});

describe('a key that Persona no longer recognizes', () => {
	const serve = useFakeServer();

	it('is not tried again for each further item', async () => {
		const server = await serve((_, count) =>
			count <= 3 ? THING : { status: 401, body: { errors: [{ title: 'Token is invalid' }] } },
		);
		const { items } = await runFakeNode(server, 'create', {
			items: Array.from({ length: 50 }, () => ({})),
			onError: 'continueRegularOutput',
			parameters: { ...CREATE.parameters, options: { itemsAtATime: 1 } },
		});
		expect(items).toHaveLength(50);
		const failed = items.filter(({ json }) => String(json.error).includes('API key'));
		expect(failed).toHaveLength(47);
		expect(server.requests).toHaveLength(4);
	});
});
