import fc from 'fast-check';
import {
	parseSignatureHeader,
	verifySignature,
} from '../../../../nodes/Persona/triggers/webhook/delivery/signature.ts';
import { sign } from '../../../support/sign.mts';

/** How many headers and bodies a stranger tries; FUZZ_RUNS sets another number. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 20_000);

const SECRET = 'wbhsec_5c1f9a52';

const TIME = 1_700_000_000;

const at = (header: unknown, body: Buffer, secrets = [SECRET]) =>
	verifySignature(parseSignatureHeader(header), body, secrets);

const hex = fc.string({
	minLength: 64,
	maxLength: 64,
	unit: fc.constantFrom(...'0123456789abcdef'),
});

const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array));

/** Not the secret itself, but also what looks much like it. */
const otherSecret = fc
	.oneof(fc.string(), fc.constantFrom('', SECRET.slice(1), `${SECRET} `, SECRET.toUpperCase()))
	.filter((secret) => secret !== SECRET);

const piece = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 8 }),
	fc.constantFrom(`t=${TIME}`, 't=', 'v1=', 'v0=', ',', ' ', '=', ';', '\0', '\n'),
	fc.nat().map((time) => `t=${time}`),
	hex.map((digest) => `v1=${digest}`),
);

const header = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 200 }),
	fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
	fc.array(hex, { maxLength: 4 }).map((all) => [`t=${TIME}`, ...all.map((v) => `v1=${v}`)].join()),
	fc.anything(),
);

/** Milliseconds; a million takes minutes. */
const PATIENCE = 3_600_000;

describe(`the verification, in ${RUNS} tries`, () => {
	it(
		'throws at nothing and accepts nothing without the secret',
		() => {
			fc.assert(
				fc.property(header, bytes, (sent, body) => at(sent, body) === undefined),
				{ numRuns: RUNS },
			);
		},
		PATIENCE,
	);

	it(
		'accepts the secret and the body it signed, and no other of either',
		() => {
			fc.assert(
				fc.property(bytes, otherSecret, bytes, (body, secret, other) => {
					const genuine = sign(body, SECRET, TIME);
					return (
						at(genuine, body) === TIME &&
						at(sign(body, secret, TIME), body) === undefined &&
						at(genuine, body, [secret]) === undefined &&
						(at(genuine, other) === undefined || other.equals(body))
					);
				}),
				{ numRuns: RUNS },
			);
		},
		PATIENCE,
	);

	it(
		'accepts no other moment and no digest that differs in a single digit',
		() => {
			fc.assert(
				fc.property(bytes, fc.nat(9e9), fc.nat(63), (body, time, place) => {
					const genuine = sign(body, SECRET, TIME);
					const digit = genuine.length - 64 + place;
					const changed = genuine[digit] === '0' ? '1' : '0';
					const tampered = genuine.slice(0, digit) + changed + genuine.slice(digit + 1);
					const moved = genuine.replace(`t=${TIME}`, `t=${time}`);
					return (
						at(tampered, body) === undefined && (at(moved, body) === undefined || time === TIME)
					);
				}),
				{ numRuns: RUNS },
			);
		},
		PATIENCE,
	);
});
