import fc from 'fast-check';
import {
	parseSignatureHeader,
	findSignedTime,
} from '../../../../nodes/Persona/events/signing/signature.ts';
import { sign } from '../../../support/sign.mts';

/** How many headers and bodies are tried; FUZZ_RUNS sets another number. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 20_000);

const SECRET = 'wbhsec_5c1f9a52';

const TIMESTAMP = 1_700_000_000;

const verify = (header: unknown, body: Buffer, secrets = [SECRET]) =>
	findSignedTime(parseSignatureHeader(header), body, secrets);

const hex = fc.string({
	minLength: 64,
	maxLength: 64,
	unit: fc.constantFrom(...'0123456789abcdef'),
});

const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array));

/** Any secret but the right one, also similar ones. */
const otherSecret = fc
	.oneof(fc.string(), fc.constantFrom('', SECRET.slice(1), `${SECRET} `, SECRET.toUpperCase()))
	.filter((secret) => secret !== SECRET);

const piece = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 8 }),
	fc.constantFrom(`t=${TIMESTAMP}`, 't=', 'v1=', 'v0=', ',', ' ', '=', ';', '\0', '\n'),
	fc.nat().map((time) => `t=${time}`),
	hex.map((digest) => `v1=${digest}`),
);

const header = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 200 }),
	fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
	fc
		.array(hex, { maxLength: 4 })
		.map((all) => [`t=${TIMESTAMP}`, ...all.map((v) => `v1=${v}`)].join()),
	fc.anything(),
);

/** A million runs take minutes. */
const TIMEOUT_MS = 3_600_000;

describe(`the verification, in ${RUNS} runs`, () => {
	it(
		'never throws and accepts nothing without the secret',
		() => {
			fc.assert(
				fc.property(header, bytes, (sent, body) => verify(sent, body) === undefined),
				{ numRuns: RUNS },
			);
		},
		TIMEOUT_MS,
	);

	it(
		'accepts the secret and the body that it signed, and no other secret or body',
		() => {
			fc.assert(
				fc.property(bytes, otherSecret, bytes, (body, secret, other) => {
					const genuine = sign(body, SECRET, TIMESTAMP);
					return (
						verify(genuine, body) === TIMESTAMP &&
						verify(sign(body, secret, TIMESTAMP), body) === undefined &&
						verify(genuine, body, [secret]) === undefined &&
						(verify(genuine, other) === undefined || other.equals(body))
					);
				}),
				{ numRuns: RUNS },
			);
		},
		TIMEOUT_MS,
	);

	it(
		'accepts no other timestamp and no digest with a changed digit',
		() => {
			fc.assert(
				fc.property(bytes, fc.nat(9e9), fc.nat(63), (body, time, position) => {
					const genuine = sign(body, SECRET, TIMESTAMP);
					const digit = genuine.length - 64 + position;
					const changed = genuine[digit] === '0' ? '1' : '0';
					const tampered = genuine.slice(0, digit) + changed + genuine.slice(digit + 1);
					const moved = genuine.replace(`t=${TIMESTAMP}`, `t=${time}`);
					return (
						verify(tampered, body) === undefined &&
						(verify(moved, body) === undefined || time === TIMESTAMP)
					);
				}),
				{ numRuns: RUNS },
			);
		},
		TIMEOUT_MS,
	);
});
