import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { delay } from '../../../nodes/Persona/utils/delay.ts';
import { toItem, type PersonaEvent } from '../../../nodes/Persona/events/event.ts';
import { runNode, type NodeRunOptions } from '../../support/runNode.mts';
import {
	startRequestRecorder,
	type FakeResponse,
	type RequestRecorder,
} from '../../../tools/services/requestRecorder.mts';
import { sign } from '../../support/sign.mts';
import { useVirtualClock } from '../../support/virtualClock.mts';

jest.mock('../../../nodes/Persona/utils/delay.ts');

const SECRET = 'wbhsec_5c1f9a52';

const event = {
	type: 'event',
	id: 'evt_1',
	attributes: {
		name: 'inquiry.approved',
		payload: {
			data: { type: 'inquiry', id: 'inq_1', attributes: { status: 'approved', note: 'Zoë 👍🏽' } },
		},
	},
} satisfies PersonaEvent;

const BODY = JSON.stringify({ data: event });

const EMPTY_HEADER = "'Signature Header' is empty, and the item has no header Persona-Signature";

const getNowSeconds = () => Math.floor(Date.now() / 1000);

/** Persona's response for a webhook with these secrets. */
const buildWebhook = (...secrets: string[]): FakeResponse => ({
	body: {
		data: {
			...{ type: 'webhook', id: 'wbh_1' },
			attributes: { secrets: secrets.map((value) => ({ value, 'expires-at': null })) },
		},
	},
});

/** A delivery as n8n's Webhook node with 'Raw Body' returns it. */
interface Received {
	body: string | Buffer;
	header?: unknown;
}

const toJson = ({ header }: Received): IDataObject => ({
	headers: { ...(header !== undefined && { 'persona-signature': header as string }) },
	body: {},
});

const toBinary = ({ body }: Received) => ({
	data: { data: Buffer.from(body).toString('base64'), mimeType: 'application/json' },
});

describe('Verify Delivery', () => {
	useVirtualClock();
	let server: RequestRecorder;
	let webhook: FakeResponse;
	let beforeResponse: () => Promise<void> | void;
	let webhookCount = 0;
	let webhookId: string;

	beforeAll(async () => {
		server = await startRequestRecorder(async () => {
			await beforeResponse();
			return webhook;
		});
	});
	afterAll(async () => await server.stop());
	beforeEach(() => {
		server.requests.length = 0;
		webhook = buildWebhook(SECRET);
		beforeResponse = () => {};
		// One of its own, since its secrets are remembered.
		webhookId = `wbh_${++webhookCount}`;
	});

	const run = async (
		parameters: INodeParameters,
		{ credentials, ...options }: Partial<NodeRunOptions> = {},
	) =>
		await runNode({
			parameters: {
				...{ resource: 'event', operation: 'verifyDelivery' },
				webhookId: { __rl: true, mode: 'id', value: webhookId },
				...parameters,
			},
			credentials: { baseUrl: server.baseUrl, ...credentials },
			...options,
		});

	/** Verifies deliveries that n8n's Webhook node has received. */
	const verify = async (
		deliveries: Received[],
		parameters: INodeParameters = {},
		options: Partial<NodeRunOptions> = {},
	) =>
		await run(parameters, {
			items: deliveries.map(toJson),
			binary: deliveries.map(toBinary),
			...options,
		});

	const verifyText = async (rawBody: string, header: string, parameters: INodeParameters = {}) =>
		await run(
			{ rawBodyIn: 'text', rawBody: '={{ $json.message }}', ...parameters },
			{
				items: [{ message: rawBody, headers: { 'persona-signature': header } }],
			},
		);

	describe('returns a genuine event as the triggers do', () => {
		it.each(['simplified', 'allFields', 'raw'] as const)('with the output %s', async (output) => {
			const { items, error } = await verify([{ body: BODY, header: sign(BODY, SECRET) }], {
				output,
			});
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json)).toEqual([toItem(event, null, output)]);
			expect(server.requests.map(({ method, path }) => [method, path])).toEqual([
				['GET', `/webhooks/${webhookId}`],
			]);
		});

		it('without saying which attempt it is, which no signature covers', async () => {
			const { items } = await verify([{ body: BODY, header: sign(BODY, SECRET) }]);
			expect(items[0].json).toMatchObject({ eventId: 'evt_1', attempt: null });
		});

		it.each([
			['as text', BODY],
			['in Base64', Buffer.from(BODY).toString('base64')],
			['in Base64 for addresses', Buffer.from(BODY).toString('base64url')],
			[
				'in Base64 with line ends',
				Buffer.from(BODY).toString('base64').replace(/.{76}/g, '$&\r\n'),
			],
		])('from a queue that passes on the body %s', async (_, text) => {
			const { items, error } = await verifyText(text, sign(BODY, SECRET));
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json)).toEqual([toItem(event, null, 'simplified')]);
		});

		it('whose body has a byte-order mark, blanks and line ends, in a file and in a text', async () => {
			const body = `\uFEFF\r\n ${JSON.stringify({ data: event }, null, 2)}\r\n`;
			const header = sign(body, SECRET);
			expect((await verify([{ body, header }])).items).toHaveLength(1);
			expect((await verifyText(body, header)).items).toHaveLength(1);
		});

		it('whose header keeps its capitals, as gateways pass it on', async () => {
			const json = { headers: { 'Persona-Signature': sign(BODY, SECRET) } };
			const options = { items: [json], binary: [toBinary({ body: BODY })] };
			expect((await run({}, options)).items).toHaveLength(1);
		});

		it('by the signature that is given, whatever the headers of the item say', async () => {
			const given = { signatureHeader: sign(BODY, SECRET) };
			const delivery = { body: BODY, header: sign(BODY, 'wbhsec_wrong') };
			expect((await verify([delivery], given)).items).toHaveLength(1);
			const forged = { signatureHeader: sign(BODY, 'wbhsec_wrong') };
			const genuine = { body: BODY, header: sign(BODY, SECRET) };
			expect((await verify([genuine], forged)).error?.message).toContain('does not match');
		});

		it('of 5 MB', async () => {
			const { attributes } = event;
			const text = '€'.repeat(5_000_000 / 3);
			const body = JSON.stringify({ data: { ...event, attributes: { ...attributes, text } } });
			const { items } = await verify([{ body, header: sign(body, SECRET) }]);
			expect(items[0].json).toMatchObject({ eventId: 'evt_1' });
		});

		it('that either secret has signed during a rotation, or both have', async () => {
			webhook = buildWebhook('wbhsec_new', 'wbhsec_old');
			const headers = [['wbhsec_new'], ['wbhsec_old'], ['wbhsec_other', 'wbhsec_old']];
			const deliveries = headers.map((all) => ({ body: BODY, header: sign(BODY, all) }));
			expect((await verify(deliveries)).items).toHaveLength(3);
		});
	});

	describe('asks Persona once', () => {
		it('for all items with the same webhook, and not again for later executions', async () => {
			const delivery = { body: BODY, header: sign(BODY, SECRET) };
			expect((await verify(Array.from({ length: 50 }, () => delivery))).items).toHaveLength(50);
			expect((await verify([delivery])).items).toHaveLength(1);
			expect(server.requests).toHaveLength(1);
		});

		it('more after a rotation, ten seconds after the last time at the earliest', async () => {
			const rotated = () => ({ body: BODY, header: sign(BODY, 'wbhsec_rotated') });
			await verify([{ body: BODY, header: sign(BODY, SECRET) }]);
			webhook = buildWebhook('wbhsec_rotated');
			expect((await verify([rotated()])).error?.message).toContain('does not match');
			await delay(10_001);
			expect((await verify([rotated()])).items).toHaveLength(1);
			expect(server.requests).toHaveLength(2);
		});

		it('with another API key, or at another API URL', async () => {
			const delivery = { body: BODY, header: sign(BODY, SECRET) };
			await verify([delivery]);
			webhook = { status: 404, body: { errors: [{ title: 'Record not found' }] } };
			for (const [name, value] of [
				['apiKey', 'persona_sandbox_other'],
				['baseUrl', server.baseUrl.replace('127.0.0.1', 'localhost')],
			]) {
				const { error } = await verify([delivery], {}, { credentials: { [name]: value } });
				expect(error?.message).toBe(
					'Whether Persona sent this delivery cannot be determined: Persona has no object with this ID',
				);
			}
			expect(server.requests).toHaveLength(3);
		});
	});

	describe('accepts nothing', () => {
		it('of which any bit of the body, the time or the digest has changed', async () => {
			const seconds = String(getNowSeconds());
			const header = sign(BODY, SECRET, Number(seconds));
			const flip = (bytes: Buffer, bit: number) => {
				const changed = Buffer.from(bytes);
				changed[bit >> 3] ^= 1 << (bit & 7);
				return changed;
			};
			const bytes = Buffer.from(BODY);
			const bodies = fc
				.integer({ min: 0, max: bytes.length * 8 - 1 })
				.map((bit): Received => ({ body: flip(bytes, bit), header }));
			// The letters of the digest may be large: that is the same number.
			const headers = fc.integer({ min: 0, max: header.length - 1 }).chain((at) =>
				fc
					.constantFrom(...'0123456789abcdef')
					.filter((digit) => digit !== header[at])
					.map((digit): Received => ({
						body: BODY,
						header: header.slice(0, at) + digit + header.slice(at + 1),
					})),
			);
			const property = fc.asyncProperty(
				fc.array(fc.oneof(bodies, headers), { minLength: 50, maxLength: 50 }),
				async (forged) => {
					const { items } = await verify(
						[...forged, { body: BODY, header }],
						{},
						{
							onError: 'continueRegularOutput',
						},
					);
					const accepted = items.filter(({ json }) => json.error === undefined);
					expect(accepted.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 50 }]);
				},
			);
			await fc.assert(property, { numRuns: 40 });
			// The secrets that are known are not asked for again by whoever forges.
			expect(server.requests.length).toBeLessThan(10);
		}, 120_000);

		it('that is signed with another secret, or with none', async () => {
			const secret = fc
				.oneof(
					fc.string(),
					fc.constantFrom('', SECRET.slice(1), `${SECRET} `, SECRET.toUpperCase()),
				)
				.filter((text) => text !== SECRET);
			const property = fc.asyncProperty(
				fc.array(secret, { minLength: 20, maxLength: 20 }),
				async (secrets) => {
					const forged = secrets.map((one) => ({ body: BODY, header: sign(BODY, one) }));
					const { items } = await verify(forged, {}, { onError: 'continueRegularOutput' });
					expect(items.map(({ json }) => json.error)).toEqual(
						secrets.map(() => expect.stringContaining('The signature does not match')),
					);
				},
			);
			await fc.assert(property, { numRuns: 20 });
		}, 120_000);

		it('with the error output, and passes on what is genuine by the other', async () => {
			const deliveries = [sign(BODY, 'wbhsec_wrong'), sign(BODY, SECRET), undefined];
			const { outputs } = await verify(
				deliveries.map((header) => ({ body: BODY, header })),
				{},
				{ onError: 'continueErrorOutput' },
			);
			expect(outputs[0].map(({ json }) => json.eventId)).toEqual(['evt_1']);
			expect(outputs[1]).toHaveLength(2);
		});
	});

	describe('fails with one sentence', () => {
		const genuine = () => ({ body: BODY, header: sign(BODY, SECRET) });

		it.each<[string, string, string]>([
			['no header', '', EMPTY_HEADER],
			['a blank header', ' \u200B', EMPTY_HEADER],
			['another text', 'sha256=abc', "'Signature Header' is not a signature of Persona"],
		])('and no request for %s', async (_, header, message) => {
			const { error } = await verify([{ body: BODY, header: header || undefined }]);
			expect(error).toMatchObject({ message, description: expect.stringContaining('Persona') });
			expect(server.requests).toHaveLength(0);
		});

		it('for a header that is a list', async () => {
			const { error } = await verify([{ body: BODY, header: [sign(BODY, SECRET)] }]);
			expect(error?.message).toBe("'Signature Header' is not a signature of Persona");
		});

		it('for a body that n8n has parsed, and says how to turn that off', async () => {
			const json = { headers: { 'persona-signature': sign(BODY, SECRET) }, body: { data: event } };
			const { error } = await run({}, { items: [json as unknown as IDataObject] });
			expect(error).toMatchObject({
				message: 'The body is an object, so the signature cannot be checked',
				description: expect.stringContaining("'Raw Body'"),
			});
			const text = { rawBodyIn: 'text', rawBody: '={{ $json.body }}' };
			const parsed = await run(text, { items: [json as unknown as IDataObject] });
			expect(parsed.error).toMatchObject({
				message: "'Raw Body' is an object, so the signature cannot be checked",
				description: expect.stringContaining('parses JSON'),
			});
			expect(server.requests).toHaveLength(0);
		});

		it('for a field without a file, and for one that is empty', async () => {
			const missing = await verify([genuine()], { binaryField: 'file' });
			expect(missing.error?.message).toBe(
				"'Input Binary Field': this item has no binary field 'file'",
			);
			const empty = await verify([{ ...genuine(), body: '' }]);
			expect(empty.error?.message).toBe("'Input Binary Field': the file in 'data' is empty");
			for (const text of ['', ' \r\n']) {
				const { error } = await verifyText(text, sign(text, SECRET));
				expect(error?.message).toBe("'Raw Body' is empty");
			}
		});

		it.each([
			[10, 'The signature is 10 minutes old', 'raise'],
			[-10, 'The signature is 10 minutes ahead', 'clock'],
		])('for a signature that is %i minutes old', async (minutes, message, fix) => {
			const header = sign(BODY, SECRET, getNowSeconds() - minutes * 60);
			const late = await verify([{ body: BODY, header }]);
			expect(late.error).toMatchObject({
				message: `${message}, and 'Tolerance' is 5 minutes`,
				description: expect.stringContaining(fix),
			});
			for (const amount of [0, 11]) {
				const tolerance = { duration: { amount, unit: 'minutes' } };
				const { items } = await verify([{ body: BODY, header }], { options: { tolerance } });
				expect(items).toHaveLength(1);
			}
		});

		it.each([
			['is no JSON', 'hello'],
			['is no event', '{"data":{"type":"inquiry","id":"inq_1"}}'],
			['has no name', '{"data":{"type":"event","id":"evt_1","attributes":{}}}'],
		])('for a signed body that %s', async (_, body) => {
			const { error } = await verify([{ body, header: sign(body, SECRET) }]);
			expect(error?.message).toBe('The signature is valid, but the body is not an event');
		});

		it('for a body that was parsed and written again, or of another webhook', async () => {
			const body = JSON.stringify({ data: event }, null, 1);
			for (const delivery of [
				{ ...genuine(), body },
				{ body, header: sign(body, 'wbhsec_other') },
			]) {
				expect((await verify([delivery])).error).toMatchObject({
					message: `The signature does not match the body and the secrets of webhook ${webhookId}`,
					description: expect.stringContaining('gateway'),
				});
			}
		});

		it.each<[string, FakeResponse, string, string]>([
			[
				'hides the secrets',
				buildWebhook(),
				'Persona did not return the secrets of the webhook',
				'`secrets`',
			],
			['refuses the key', { status: 403, body: {} }, 'This API key is not allowed', 'webhook.read'],
			[
				'has no such webhook',
				{ status: 404, body: { errors: [{ title: 'Record not found' }] } },
				'Persona has no object',
				'sandbox',
			],
		])('if Persona %s', async (_, response, reason, fix) => {
			webhook = response;
			// The second execution gets the answer that is known.
			for (const delivery of [genuine(), genuine()]) {
				const { error } = await verify([delivery]);
				expect(error?.message).toContain(
					`Whether Persona sent this delivery cannot be determined: ${reason}`,
				);
				expect(error?.description).toContain(fix);
				expect(JSON.stringify(error)).not.toContain(SECRET);
			}
			expect(server.requests).toHaveLength(1);
		});

		it('while Persona is unavailable, and not once its secrets are known', async () => {
			webhook = { status: 503, body: { errors: [] } };
			const { error } = await verify([genuine()]);
			expect(error?.message).toContain('cannot be determined: Persona');
			expect(server.requests).toHaveLength(5);
			// No later than two seconds afterwards, Persona is asked again.
			await delay(2_001);
			webhook = buildWebhook(SECRET);
			expect((await verify([genuine()])).items).toHaveLength(1);
			webhook = { status: 503, body: { errors: [] } };
			expect((await verify([genuine()])).items).toHaveLength(1);
		});

		it('only if its own execution is stopped, not one that waits for the same secrets', async () => {
			const stop = new AbortController();
			const arrived = new Promise<void>((resolve) => {
				beforeResponse = async () => {
					beforeResponse = () => {};
					resolve();
					await new Promise((respond) => stop.signal.addEventListener('abort', respond));
				};
			});
			const stopped = verify([genuine()], {}, { signal: stop.signal });
			await arrived;
			const waiting = verify([genuine()], {}, { executionId: '2' });
			// Long enough for the second one to wait for the first.
			await setTimeout(100);
			stop.abort();
			await stopped;
			expect((await waiting).items).toHaveLength(1);
			expect(server.requests).toHaveLength(2);
		});

		it('if the key does not belong to the environment of the credential, also for known secrets', async () => {
			const apiKey = 'persona_sandbox_demo';
			await verify([genuine()], {}, { credentials: { apiKey } });
			const { error } = await verify(
				[genuine()],
				{},
				{
					credentials: { apiKey, onlyUseIn: 'production' },
				},
			);
			expect(error?.message).toContain("'Only Use In'");
		});

		it('if the value of the tolerance is empty or negative', async () => {
			for (const amount of ['={{ undefined }}', '={{ "" }}', -1]) {
				const tolerance = { duration: { amount, unit: 'minutes' } };
				const { error } = await verify([genuine()], { options: { tolerance } });
				expect(error?.message).toContain("'Tolerance'");
			}
			expect(server.requests).toHaveLength(0);
		});
	});
});
