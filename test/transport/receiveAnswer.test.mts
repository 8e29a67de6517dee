import { gzipSync } from 'node:zlib';
import { waitFor } from '../../tools/n8n/n8nClient.mts';
import {
	DEFAULT_RETRY_POLICY,
	MAX_ANSWER_BYTES,
} from '../../nodes/Persona/transport/retryPolicies.ts';
import { DRIP, LOST, startBrokenServer, type SendAnswer } from '../support/brokenServer.mts';
import { buildThing, runFakeNode, toLocator, useFakeServer } from '../support/fakeResource.mts';
import type { FakeResponse } from '../../tools/services/requestRecorder.mts';
import { useVirtualClock } from '../support/virtualClock.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

const IDLE_MS = 300;

const CREATE = { parameters: { kind: 'plain' } };

const GET = { parameters: { thingId: toLocator('thg_1') } };

const serve = useFakeServer();

const clock = useVirtualClock();

/** Starts a fake Persona behind a server that sends all its answers in this way. */
async function serveBroken(send: SendAnswer, response?: FakeResponse) {
	const fake = await serve(response && (() => response));
	const broken = await startBrokenServer(new URL(fake.baseUrl).origin);
	broken.choose = () => send;
	servers.push(broken);
	return broken;
}

const servers: Array<{ stop(): Promise<void> }> = [];

afterEach(async () => {
	await Promise.all(servers.splice(0).map(async (server) => await server.stop()));
});

describe('an answer that takes its time', () => {
	it('is waited for longer than the 59 seconds that a slow one may take', () => {
		expect(DEFAULT_RETRY_POLICY.timeoutMs).toBeGreaterThan(59_000);
		expect(DEFAULT_RETRY_POLICY.totalMs).toBeGreaterThan(2 * 59_000);
	});

	it('may take longer in all than it may be silent', async () => {
		jest.replaceProperty(DEFAULT_RETRY_POLICY, 'timeoutMs', IDLE_MS);
		const server = await serveBroken((outgoing, { headers, body }) => {
			outgoing.writeHead(200, headers);
			const timer = setInterval(() => outgoing.write(' '), IDLE_MS / 10);
			setTimeout(() => {
				clearInterval(timer);
				outgoing.end(body);
			}, IDLE_MS * 3);
		});
		const { items } = await runFakeNode(server, 'get', GET);
		// Silence would have been asked for again.
		expect(server.requests).toHaveLength(1);
		expect(items).toHaveLength(1);
	});

	it('ends at the limit for the whole, once, and with the limit in the error', async () => {
		jest.replaceProperty(DEFAULT_RETRY_POLICY, 'timeoutMs', IDLE_MS);
		jest.replaceProperty(DEFAULT_RETRY_POLICY, 'totalMs', IDLE_MS * 3);
		const server = await serveBroken(DRIP);
		const get = await runFakeNode(server, 'get', GET);
		expect(get.error?.message).toBe("Persona's answer was not read to its end");
		expect(get.error?.description).toMatch(/^The answer was still not complete after 1 second\. /);
		const create = await runFakeNode(server, 'create', CREATE);
		expect(create.error?.description).toContain('may have been carried out once, but not twice');
		expect(server.requests).toHaveLength(2);
		expect(clock.waitsMs).toEqual([]);
	});

	it('ends at once when the execution is stopped', async () => {
		const server = await serveBroken(DRIP);
		const stop = new AbortController();
		const running = runFakeNode(server, 'get', { ...GET, signal: stop.signal });
		setTimeout(() => stop.abort(), IDLE_MS);
		const startedAt = performance.now();
		await running;
		expect(performance.now() - startedAt).toBeLessThan(DEFAULT_RETRY_POLICY.timeoutMs / 2);
	});

	it.each(['only silence', 'silence after the headers', 'silence after half of the body'])(
		'is asked for again after silence, and then says so: %s',
		async (name) => {
			jest.replaceProperty(DEFAULT_RETRY_POLICY, 'timeoutMs', IDLE_MS);
			const server = await serveBroken(LOST[name]);
			const { error } = await runFakeNode(server, 'create', CREATE);
			expect(error?.message).toBe('Persona did not respond');
			expect(error?.description).toMatch(/^Nothing came for 1 second\. Check the connection,/);
			expect(server.requests).toHaveLength(5);
			expect(new Set(server.requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
			await waitFor(
				'all connections are closed',
				async () => (await server.countConnections()) === 0,
			);
		},
	);
});

describe('an answer that is large', () => {
	it.each<[string, object]>([
		['plain', {}],
		['compressed', { 'content-encoding': 'gzip' }],
	])('is not read past the limit of memory, and the error names it: %s', async (_, headers) => {
		jest.replaceProperty(MAX_ANSWER_BYTES, 'json', 2_000_000);
		const body = Buffer.alloc(20_000_000, ' ');
		const bytes = 'content-encoding' in headers ? gzipSync(body) : body;
		const server = await serve(() => ({ headers: { ...headers }, body: bytes }));
		const get = await runFakeNode(server, 'getAll');
		expect(get.error?.message).toBe("Persona's answer was not read to its end");
		expect(get.error?.description).toMatch(/^The answer is larger than 2 MB\. .*'Limit'/);
		const create = await runFakeNode(server, 'create', CREATE);
		expect(create.error?.description).toContain('may have been carried out once, but not twice');
		expect(server.requests).toHaveLength(2);
	});

	it('of 20 MB is right', async () => {
		const padding = 'x'.repeat(20_000_000);
		const things = [buildThing('thg_1', { padding })];
		const list = await serve(() => ({ body: { data: things } }));
		const many = await runFakeNode(list, 'getAll', { parameters: { output: 'allFields' } });
		expect(many.items.map(({ json }) => String(json.padding).length)).toEqual([padding.length]);
		const one = await serve(() => ({ body: { data: things[0] } }));
		expect((await runFakeNode(one, 'create', CREATE)).items).toHaveLength(1);
	});

	it('says in a short sentence what it begins with', async () => {
		const page = Buffer.from(`<p>Welcome</p>${'<script>'.repeat(2_500_000)}`);
		const server = await serve(() => ({ headers: { 'content-type': 'text/html' }, body: page }));
		const { error } = await runFakeNode(server, 'get', GET);
		expect(error?.message).toContain('begins with “Welcome”');
	});

	it('is no error of the program if it is nested without end', async () => {
		for (const body of [
			'['.repeat(2_000_000),
			'{"a":'.repeat(1_000_000),
			`${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}`,
		]) {
			const server = await serve(() => ({ body: Buffer.from(body) }));
			const { error } = await runFakeNode(server, 'create', CREATE);
			expect(`${error?.message} ${error?.description}`).not.toMatch(/call stack|not sent/);
			expect(error?.description).toContain('may have been carried out once, but not twice');
		}
	});
});

describe('an answer that is cut off', () => {
	it('tells of nothing that is gone', async () => {
		for (const status of [404, 410]) {
			const errors = [{ title: 'Record not found', details: 'x'.repeat(200) }];
			const server = await serveBroken(LOST['half of the body'], { status, body: { errors } });
			const { error } = await runFakeNode(server, 'get', GET);
			expect(error?.message).toBe('Persona did not respond');
			expect(server.requests).toHaveLength(5);
			const whole = await serve(() => ({ status, body: Buffer.from('{"errors":[{"title":"Reco') }));
			expect((await runFakeNode(whole, 'get', GET)).error?.message).toBe('Persona did not respond');
		}
	});

	it('is a refusal if its status says so', async () => {
		const errors = [{ title: 'Invalid', details: 'x'.repeat(200) }];
		const server = await serveBroken(LOST['half of the body'], { status: 422, body: { errors } });
		const { error } = await runFakeNode(server, 'create', CREATE);
		expect(error?.message).toBe('Persona rejected a value');
		expect(server.requests).toHaveLength(1);
	});

	it('is no file', async () => {
		const response = {
			headers: { 'content-type': 'application/pdf' },
			body: Buffer.alloc(900, '%PDF-1.4 '),
		};
		for (const name of ['half of the body', 'half of the chunks', 'half of the gzip']) {
			const server = await serveBroken(LOST[name], response);
			const { error, items } = await runFakeNode(server, 'print', GET);
			expect([name, error?.message, items]).toEqual([name, 'Persona did not respond', []]);
		}
	});
});

describe('a request that was never sent', () => {
	it.each([
		['refuses connections', 'http://127.0.0.1:9/api/v1', 'ECONNREFUSED'],
		['has no address', 'https://persona.invalid/api/v1', 'persona.invalid'],
	])('may be sent again without harm, and says so: the server %s', async (_, baseUrl, reason) => {
		const create = await runFakeNode({ baseUrl }, 'create', CREATE);
		expect(create.error?.message).toBe('Persona did not respond');
		expect(create.error?.description).toContain(reason);
		expect(create.error?.description).toMatch(/It was not carried out: run this again\.$/);
		const get = await runFakeNode({ baseUrl }, 'get', GET);
		expect(get.error?.description).not.toContain('carried out');
	});

	it('is not said of one that may have arrived before the connection was lost', async () => {
		const server = await serveBroken((outgoing) => {
			outgoing.destroy();
			void server.stop();
		});
		const { error } = await runFakeNode(server, 'create', CREATE);
		expect(error?.description).toContain('ECONNREFUSED');
		expect(error?.description).toContain('may have been carried out once, but not twice');
	});

	it('is safe to repeat with a key that stays the same', async () => {
		const server = await serveBroken(LOST['a reset']);
		for (const options of [{ idempotencyKey: 'order-1' }, { makeIdempotencyKey: 'fromContent' }]) {
			const { error } = await runFakeNode(server, 'create', {
				parameters: { ...CREATE.parameters, options },
			});
			expect(error?.description).toContain(
				'You can run this again: its idempotency key is the same',
			);
		}
	});
});
