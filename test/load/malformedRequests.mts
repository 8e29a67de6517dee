import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { sign } from '../support/sign.mts';

/** How a request is sent: with its length, in chunks, in malformed chunks, or cut off. */
export type Framing = 'whole' | 'chunked' | 'broken chunks' | 'cut off';

/** A request that anybody on the internet may send to the webhook. */
export interface MalformedRequest {
	framing: Framing;
	/** Header lines, without those of the framing. Not all of them are valid HTTP. */
	headers: string[];
	body: Buffer;
}

const MEGABYTE = 2 ** 20;

const GENUINE = JSON.stringify({
	data: { type: 'event', id: 'evt_malformed', attributes: { name: 'inquiry.completed' } },
});

/** Small when compressed, and several times n8n's limit when decompressed. */
const GZIP_BOMB = gzipSync(Buffer.alloc(64 * MEGABYTE));

const getNowSeconds = () => Math.floor(Date.now() / 1000);

const bytes = fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array));

const body = fc
	.oneof(
		{ weight: 60, arbitrary: bytes },
		{ weight: 40, arbitrary: fc.constant(Buffer.from(GENUINE)) },
		{ weight: 40, arbitrary: fc.json().map((text) => Buffer.from(text)) },
		{
			weight: 20,
			arbitrary: fc.constantFrom(
				'',
				'null',
				'{"__proto__":{"status":200}}',
				`{"data":${GENUINE}`,
				'['.repeat(50_000),
				'\ufeff{}',
			),
		},
		{
			weight: 20,
			arbitrary: bytes.map((part) => Buffer.concat([Buffer.from([0xff, 0xc0]), part])),
		},
		{
			weight: 1,
			arbitrary: fc.integer({ min: 1, max: 20 }).map((size) => Buffer.alloc(size * MEGABYTE, 'a')),
		},
		{ weight: 1, arbitrary: fc.constant(GZIP_BOMB) },
	)
	.map((content) => Buffer.from(content));

const generateHex = (length: number) =>
	fc.string({ minLength: length, maxLength: length, unit: fc.constantFrom(...'0123456789abcdef') });

const headerPart = fc.oneof(
	fc.constantFrom(`t=${getNowSeconds()}`, 't=', 'v1=', 'v0=', ',', ' ', '=', ';', '\0'),
	fc.nat().map((time) => `t=${time}`),
	generateHex(64).map((digest) => `v1=${digest}`),
	fc.string({ unit: 'binary', maxLength: 8 }),
);

/** Generates signatures of a sender who knows everything but the secret. */
const generateNearMiss = (secret: string) =>
	fc.constantFrom<(content: Buffer, place: number) => string>(
		(content) => sign(content, secret.slice(0, -1)),
		(content) => sign(content, ''),
		(content) => sign(Buffer.concat([content, Buffer.from(' ')]), secret),
		(content) => sign(content, secret, getNowSeconds() - 360),
		(content) => sign(content, secret).replace('v1=', 'v0='),
		(content, place) => sign(content, secret).slice(0, -1 - place),
		(content) => sign(content, secret).replace(/t=\d+/, `t=${getNowSeconds() + 1}`),
		(content, place) => {
			const genuine = sign(content, secret);
			const at = genuine.length - 64 + place;
			return `${genuine.slice(0, at)}${genuine[at] === '0' ? '1' : '0'}${genuine.slice(at + 1)}`;
		},
		(content) => Array.from({ length: 50 }, (_, key) => sign(content, `${secret}${key}`)).join(' '),
	);

// No XML: n8n 2.40 shares one parser between all requests, and of two simultaneous ones only one gets a response.
const contentType = fc.constantFrom(
	'application/json',
	'application/json; charset=utf-8',
	'application/json; charset=no-such',
	'text/plain',
	'application/vnd.api+json',
	'application/x-www-form-urlencoded',
	'multipart/form-data; boundary=x',
	'multipart/form-data',
	'application/octet-stream',
	';;;',
	'',
);

const encoding = fc.oneof(
	{ weight: 6, arbitrary: fc.constant(undefined) },
	{ weight: 2, arbitrary: fc.constantFrom('gzip', 'deflate', 'br', 'identity', 'x') },
);

const framing = fc.oneof(
	{ weight: 7, arbitrary: fc.constant<Framing>('whole') },
	{ weight: 1, arbitrary: fc.constant<Framing>('chunked') },
	{ weight: 1, arbitrary: fc.constant<Framing>('broken chunks') },
	{ weight: 1, arbitrary: fc.constant<Framing>('cut off') },
);

const formatHeader = (name: string, value: string | undefined) =>
	value === undefined ? [] : [`${name}: ${value}`];

/** Generates requests to a webhook with this secret, none of which is genuine. */
export const generateMalformedRequests = (secret: string): fc.Arbitrary<MalformedRequest> =>
	fc
		.record({
			framing,
			body,
			contentType,
			encoding,
			place: fc.nat(62),
			signature: fc.oneof(
				generateNearMiss(secret),
				fc
					.array(generateHex(64), { minLength: 1, maxLength: 4 })
					.map(
						(all) => () => [`t=${getNowSeconds()}`, ...all.map((digest) => `v1=${digest}`)].join(),
					),
				fc.array(headerPart, { maxLength: 12 }).map((pieces) => () => pieces.join('')),
				fc.string({ unit: 'binary', maxLength: 2_000 }).map((text) => () => text),
				fc.constant(() => undefined),
			),
			attempts: fc.oneof(fc.constant(undefined), fc.string({ maxLength: 8 })),
		})
		.map(({ signature, place, ...request }) => ({
			framing: request.framing,
			body: request.body,
			headers: [
				...formatHeader('Content-Type', request.contentType),
				...formatHeader('Content-Encoding', request.encoding),
				...formatHeader('Persona-Webhook-Attempts-Made', request.attempts),
				...formatHeader('Persona-Signature', signature(request.body, place)),
			],
		}));
