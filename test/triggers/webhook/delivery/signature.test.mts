import fc from 'fast-check';
import {
	isWithinTolerance,
	parseSignatureHeader,
	verifySignature,
} from '../../../../nodes/Persona/triggers/webhook/delivery/signature.ts';
import { sign } from '../../../support/sign.mts';

const SECRET = 'wbhsec_00000000-1111-2222-3333-444444444444';

const at = (header: unknown, body: string, secrets: string[] = [SECRET]) =>
	verifySignature(parseSignatureHeader(header), Buffer.from(body), secrets);

describe('signedAt', () => {
	it('accepts a value that was computed elsewhere', () => {
		// printf '1700000000.{"a":1.0}' | openssl dgst -sha256 -hmac "$SECRET"
		const digest = '1706ee52bc637eee173947e13ff0bee2fe92c73484743a2b83e06cf153aa19d0';
		expect(at(`t=1700000000,v1=${digest}`, '{"a":1.0}')).toBe(1_700_000_000);
		expect(at(`t=1700000000,v1=${digest.toUpperCase()}`, '{"a":1.0}')).toBe(1_700_000_000);
	});

	it('refuses another body, another moment and another secret', () => {
		const header = sign('{}', SECRET, 1_700_000_000);
		expect(at(header, '{}')).toBe(1_700_000_000);
		expect(at(header, '{ }')).toBeUndefined();
		expect(at(header.replace('t=1700000000', 't=1700000001'), '{}')).toBeUndefined();
		expect(at(header, '{}', ['wbhsec_other'])).toBeUndefined();
	});

	it('refuses everything where no secret is known', () => {
		expect(at(sign('{}', SECRET), '{}', [])).toBeUndefined();
		expect(at(sign('{}', ''), '{}', [''])).toBeUndefined();
	});

	it('takes any set of the header with any of the secrets while a secret rotates', () => {
		const header = sign('{}', ['wbhsec_new', 'wbhsec_old'], 1_700_000_000);
		expect(at(header, '{}', ['wbhsec_new'])).toBe(1_700_000_000);
		expect(at(header, '{}', ['wbhsec_old'])).toBe(1_700_000_000);
		expect(at(header, '{}', ['wbhsec_older', 'wbhsec_old'])).toBe(1_700_000_000);
		expect(at(header, '{}', ['wbhsec_older'])).toBeUndefined();
	});

	it('takes any v1 of a set', () => {
		const [, right] = sign('{}', SECRET, 1_700_000_000).split(',');
		const [, wrong] = sign('{}', 'wbhsec_other', 1_700_000_000).split(',');
		expect(at(`t=1700000000,${wrong},${right}`, '{}')).toBe(1_700_000_000);
	});

	it('gives the newest of several moments that are proven', () => {
		const header = `${sign('{}', SECRET, 5)} ${sign('{}', SECRET, 9)} ${sign('{}', 'x', 12)}`;
		expect(at(header, '{}')).toBe(9);
	});
});

describe('signatureSets', () => {
	it.each([
		[undefined],
		[''],
		['t=1'],
		['v1=00'],
		['t=,v1='],
		['t=1,v1=zz'],
		[`t=x,v1=${'0'.repeat(64)}`],
		[`t=1,v0=${'0'.repeat(64)}`],
		[`t=1;v1=${'0'.repeat(64)}`],
		[`t=1,v1=${'0'.repeat(63)}`],
		[['t=1', 'v1=2']],
		[`${sign('{}', SECRET)} ${'x'.repeat(2000)}`],
	])('reads nothing out of %j', (header) => {
		expect(parseSignatureHeader(header)).toEqual([]);
	});

	it('throws at no header and accepts none without the secret', () => {
		const piece = fc.oneof(
			fc.string(),
			fc.constantFrom('t=1700000000', 'v1=', ',', ' ', '=', `v1=${'a'.repeat(64)}`),
		);
		const header = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.array(piece).map((pieces) => pieces.join('')),
		);
		fc.assert(
			fc.property(header, fc.string(), (text, body) => {
				expect(at(text, body)).toBeUndefined();
			}),
			{ numRuns: 2000 },
		);
	});

	it('accepts what the secret signed and nothing of it that was changed', () => {
		fc.assert(
			fc.property(fc.uint8Array(), fc.nat(), fc.nat(255), (bytes, place, bit) => {
				const body = Buffer.from(bytes);
				const sets = parseSignatureHeader(sign(body, SECRET, 1_700_000_000));
				expect(verifySignature(sets, body, [SECRET])).toBe(1_700_000_000);
				const changed = Buffer.from(body);
				if (changed.length > 0) changed[place % changed.length] ^= (bit % 255) + 1;
				const other = changed.length > 0 ? changed : Buffer.from(' ');
				expect(verifySignature(sets, other, [SECRET])).toBeUndefined();
			}),
		);
	});

	it('takes no longer for a long header than its size allows', () => {
		const header = 't=1,v1=,'.repeat(500_000);
		const startedAt = performance.now();
		expect(parseSignatureHeader(header)).toEqual([]);
		expect(performance.now() - startedAt).toBeLessThan(50);
	});
});

describe('isFresh', () => {
	it('measures the age in both directions', () => {
		const now = 1_700_000_000_000;
		expect(isWithinTolerance(1_700_000_000 - 300, now, 5)).toBe(true);
		expect(isWithinTolerance(1_700_000_000 - 301, now, 5)).toBe(false);
		expect(isWithinTolerance(1_700_000_000 + 300, now, 5)).toBe(true);
		expect(isWithinTolerance(1_700_000_000 + 301, now, 5)).toBe(false);
	});

	it('takes any age where the tolerance is 0', () => {
		expect(isWithinTolerance(0, 1_700_000_000_000, 0)).toBe(true);
	});
});
