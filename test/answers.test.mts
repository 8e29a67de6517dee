import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { INodeParameters } from 'n8n-workflow';
import { buildThing, runFakeNode, toLocator, useFakeServer } from './support/fakeResource.mts';
import { runListSearch } from './support/editorMethods.mts';
import type { FakeResponse } from '../tools/services/requestRecorder.mts';
import { useVirtualClock } from './support/virtualClock.mts';
import { TestPollingTrigger } from './triggers/polling/pollingTriggerHarness.mts';
import { TestWebhookTrigger } from './triggers/webhook/webhookTriggerHarness.mts';

jest.mock('../nodes/Persona/utils/delay.ts');

const HTML = { 'content-type': 'text/html' };

const DOCUMENT = JSON.stringify({ data: buildThing('thg_1') });

const CHECK = "check 'API URL' in the credential";

const toBytes = (text: string) => Buffer.from(text);

/** Answers of what stands between n8n and Persona, and what the user is told. */
const FOREIGN: Array<[string, FakeResponse, string]> = [
	[
		'an unknown route of the API',
		{ status: 404, body: { errors: [{ title: 'Record not found', details: 'No such route' }] } },
		`The answer with status 404 tells of no object, but says “No such route”: ${CHECK}`,
	],
	[
		'an error without a text',
		{ status: 404, body: { errors: [{}] } },
		`The answer with status 404 tells of no object, but begins with “{"errors":[{}]}”: ${CHECK}`,
	],
	[
		'errors that are texts, for an object',
		{ status: 404, body: { errors: ['not here'] } },
		`The answer with status 404 tells of no object, but says “not here”: ${CHECK}`,
	],
	[
		'Kong',
		{ status: 404, body: { message: 'no Route matched with those values' } },
		`The answer with status 404 is not Persona's, but says “no Route matched with those values”: ${CHECK}`,
	],
	[
		'Amazon API Gateway',
		{ status: 403, body: { Message: 'User is not authorized' } },
		`The answer with status 403 is not Persona's, but says “User is not authorized”: ${CHECK}`,
	],
	[
		'an error as one text',
		{ status: 422, body: { error: 'bad' } },
		`The answer with status 422 is not Persona's, but says “bad”: ${CHECK}`,
	],
	[
		'an error as one object',
		{ status: 422, body: { error: { code: 12, message: 'bad' } } },
		`The answer with status 422 is not Persona's, but says “bad”: ${CHECK}`,
	],
	[
		'errors as one text',
		{ status: 422, body: { errors: 'nope' } },
		`The answer with status 422 is not Persona's, but says “nope”: ${CHECK}`,
	],
	[
		'problem details',
		{ status: 403, body: { type: 'about:blank', title: 'Forbidden', detail: 'not today' } },
		`The answer with status 403 is not Persona's, but says “not today”: ${CHECK}`,
	],
	[
		'success with errors',
		{ body: { errors: [{ title: 'Record invalid', details: 'is in the future' }] } },
		`The answer is not Persona's, but says “is in the future”: ${CHECK}`,
	],
	[
		'success with errors that are texts',
		{ body: { errors: ['bad', 'worse'] } },
		`The answer is not Persona's, but says “bad worse”: ${CHECK}`,
	],
	[
		'a comment after the end',
		{ body: toBytes(`${DOCUMENT}<!-- via proxy -->`) },
		`The answer has something after its end that is not Persona's, “<!-- via proxy -->”: ${CHECK}`,
	],
	[
		'a null byte after the end',
		{ body: toBytes(`${DOCUMENT}\n\0`) },
		`The answer has something after its end that is not Persona's, “\\n\\u0000”: ${CHECK}`,
	],
	[
		'two documents',
		{ body: toBytes(DOCUMENT + DOCUMENT) },
		`The answer has something after its end that is not Persona's, another document: ${CHECK}`,
	],
	[
		'a comment after errors',
		{ status: 422, body: toBytes('{"errors":[{"title":"Bad \\"{"}]}<!-- via -->') },
		`The answer with status 422 has something after its end that is not Persona's, “<!-- via -->”: ${CHECK}`,
	],
	[
		'JSON that is wrong, but complete',
		{ body: toBytes('{"data": NaN}') },
		`The answer is not Persona's, but begins with “{"data": NaN}”: ${CHECK}`,
	],
	[
		'compressed bytes that are not said to be',
		{ body: gzipSync(DOCUMENT) },
		`The answer is not Persona's, but is not text in UTF-8: ${CHECK}`,
	],
	[
		'UTF-16',
		{ body: Buffer.from(`\uFEFF${DOCUMENT}`, 'utf16le') },
		`The answer is not Persona's, but is not text in UTF-8: ${CHECK}`,
	],
	[
		'a page that only leads elsewhere',
		{ status: 511, headers: HTML, body: toBytes('<html><meta http-equiv="refresh"></html>') },
		`The answer with status 511 is not Persona's, but is a page without text: ${CHECK}`,
	],
	[
		'a login',
		{ headers: HTML, body: toBytes('<title>Sign in to your account</title><form>') },
		`The answer is not Persona's, but begins with “Sign in to your account”: ${CHECK}`,
	],
	[
		'an object of somebody',
		{ body: { data: { type: 'inquiry', attributes: { 'name-first': 'Jane' } } } },
		`The answer is not Persona's, but begins with “{"data":{"type":"inquiry","attributes":"…"}}”: ${CHECK}`,
	],
];

describe("an answer that is not Persona's", () => {
	const serve = useFakeServer();
	const clock = useVirtualClock();

	it.each(FOREIGN)('ends in a sentence that is true: %s', async (_, answer, sentence) => {
		const server = await serve(() => answer);
		const credentials = { baseUrl: server.baseUrl };
		const get = await runFakeNode(server, 'get', { parameters: { thingId: toLocator('thg_1') } });
		expect(get.error?.message).toBe(sentence);
		expect(server.requests).toHaveLength(1);
		const picked = runListSearch('searchWebhooks', credentials);
		const polled = new TestPollingTrigger({ ...credentials, apiKey: 'persona_sandbox_x' }).poll();
		const trigger = await TestWebhookTrigger.start(credentials);
		const attempts = await Promise.allSettled([picked, polled, trigger.activate()]);
		await trigger.stop();
		for (const attempt of attempts) {
			const { message } = (attempt as PromiseRejectedResult).reason as Error;
			expect(message).toContain('The answer ');
			expect(message).toContain(CHECK);
		}
		expect(clock.waitsMs).toEqual([]);
	});

	it.each([408, 425, 499, 502, 522, 530])('with %i is asked for again', async (status) => {
		const server = await serve((_, count) =>
			count === 1
				? { status, headers: HTML, body: toBytes('<h1>Timed out</h1>') }
				: { body: toBytes(DOCUMENT) },
		);
		const parameters = { thingId: toLocator('thg_1') };
		const { items } = await runFakeNode(server, 'get', { parameters });
		expect(items).toHaveLength(1);
		expect(server.requests).toHaveLength(2);
	});

	it('that may pass says so, and what may have been done', async () => {
		const server = await serve(() => ({ status: 522, headers: HTML, body: toBytes('Timed out') }));
		const parameters = { kind: 'plain', thingId: toLocator('thg_1') };
		const get = await runFakeNode(server, 'get', { parameters });
		expect(get.error?.description).toBe('It may pass: run again later.');
		const create = await runFakeNode(server, 'create', { parameters });
		expect(create.error?.description).toContain('may have been carried out once, but not twice');
	});

	it('says that its bytes are not compressed as it says', async () => {
		for (const encoding of ['gzip', 'deflate', 'br']) {
			const server = await serve(() => ({
				headers: { 'content-encoding': encoding },
				body: toBytes('\u0001\u0002 not compressed'),
			}));
			const { error } = await runFakeNode(server, 'create', { parameters: { kind: 'plain' } });
			expect(error?.description).toContain('The answer is not compressed as it says');
			expect(error?.description).toContain('may have been carried out once');
		}
	});
});

describe("the text of Persona's error", () => {
	const serve = useFakeServer();

	it.each<[string, unknown, string]>([
		['in a list of texts', ['bad', 'worse'], 'bad. worse. Correct'],
		['called detail', [{ title: 'Invalid', detail: 'bad' }], 'bad. Correct'],
		['called message', [{ message: 'bad' }], 'bad. Correct'],
		['called details', [{ title: 'Invalid', details: 'bad' }], 'bad. Correct'],
		['only a title', [{ title: 'bad' }, null, 5], 'bad. Correct'],
	])('reaches the user: %s', async (_, errors, text) => {
		const server = await serve(() => ({ status: 422, body: { errors } }));
		const { error } = await runFakeNode(server, 'create', { parameters: { kind: 'plain' } });
		expect(error?.message).toBe('Persona rejected a value');
		expect(error?.description).toMatch(new RegExp(`^${text}`));
	});
});

describe('a time that a limit asks for', () => {
	const serve = useFakeServer();
	useVirtualClock();

	it.each([
		[429, { 'retry-after': '1000000000' }, 'It resets in more than a month'],
		[429, { 'ratelimit-reset': '259200' }, 'It resets in 3 days'],
		[429, { 'retry-after': '9'.repeat(400) }, 'It resets in more than a month'],
		[503, { 'retry-after': 'Fri, 31 Dec 2099 23:59:59 GMT' }, 'Run again in more than a month'],
		[503, { 'retry-after': '200000' }, 'Run again in 56 hours'],
	])('is said as people say it (%i, %j)', async (status, headers, text) => {
		const server = await serve(() => ({ status, headers: headers as Record<string, string> }));
		const { error } = await runFakeNode(server, 'get', {
			parameters: { thingId: toLocator('thg_1') },
		});
		expect(error?.description).toContain(text);
		expect(server.requests).toHaveLength(1);
	});
});

describe('what the user has sent', () => {
	const serve = useFakeServer();

	/** Private values, and how an answer may repeat them. */
	const repeat: Record<string, (value: string) => FakeResponse> = {
		"in Persona's details": (value) => ({
			status: 422,
			body: { errors: [{ title: `No ${value}`, details: `The value ${value} is taken` }] },
		}),
		'in a text': (value) => ({ status: 400, body: toBytes(`Blocked: "${value}" is not allowed`) }),
		'in a page': (value) => ({
			status: 403,
			headers: HTML,
			body: toBytes(`<p>Blocked</p><b>${value.replaceAll("'", '&#39;').replaceAll('"', '&quot;')}`),
		}),
		'in an address': (value) => ({
			status: 404,
			body: toBytes(`Cannot GET /api/v1/things?filter[x]=${encodeURIComponent(value)} here`),
		}),
		'in other JSON': (value) => ({ body: { error: { message: `bad value (${value})` } } }),
		'in JSON that repeats the request': (value) => ({
			status: 400,
			body: { received: { note: value } },
		}),
		'in what follows the end': (value) => ({ body: toBytes(`${DOCUMENT}<!-- ${value} -->`) }),
	};

	const VALUES = [
		'Jane',
		'Li',
		'Jane Doe-Smith',
		"O'Brien",
		'jörg@exämple.com',
		'Jane.Doe+1@Example.com',
		'123-45-6789',
		'+44 20 7946 0958',
		'Ms. "Jane" Roe',
		'山田太郎',
		'a (b) [c] {d} ^$.*+?|\\',
	];

	const OPERATIONS: Record<string, INodeParameters> = {
		create: { kind: 'plain', additionalFields: { referenceId: '={{ $json.value }}' } },
		update: { thingId: toLocator('thg_1'), updateFields: { tags: '={{ [$json.value] }}' } },
		getAll: { filters: { identifierKey: '={{ $json.value }}' } },
	};

	it.each(Object.keys(repeat))('is not shown where an answer repeats it %s', async (where) => {
		for (const value of VALUES) {
			const server = await serve(() => repeat[where](value));
			for (const [operation, parameters] of Object.entries(OPERATIONS)) {
				// A list has a result where an object has none.
				const { error, items } = await runFakeNode(server, operation, {
					items: [{ value }],
					parameters,
				});
				expect(items).toEqual([]);
				const text = `${error?.message} ${error?.description}`;
				for (const form of [value, encodeURIComponent(value), value.toLowerCase()]) {
					expect([operation, text]).toEqual([operation, expect.not.stringContaining(form)]);
				}
				expect(text).toContain('…');
				if (value.length > 3) expect(inspect(error, { depth: 10 })).not.toContain(value);
			}
		}
	});

	it('does not take away what helps: IDs of Persona, short numbers and other words', async () => {
		const details = 'Template itmpl_9kD4hTqZ8sVbN2mX must be in the past: 10 of 12 IN Annex';
		const server = await serve(() => ({ status: 422, body: { errors: [{ details }] } }));
		const { error } = await runFakeNode(server, 'create', {
			items: [{ values: { a: ['itmpl_9kD4hTqZ8sVbN2mX', '10', 'a', 'Ann', '', ' ', '()', 12] } }],
			parameters: { kind: 'plain', additionalFields: { behaviors: '={{ $json.values }}' } },
		});
		expect(error?.description).toContain(details);
		const state = await runFakeNode(server, 'create', {
			parameters: { kind: 'plain', additionalFields: { referenceId: 'IN' } },
		});
		expect(state.error?.description).toContain('must be in the past: 10 of 12 … Annex');
	});
});
