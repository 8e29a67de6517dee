import fc from 'fast-check';
import {
	isWithinTolerance,
	parseSignatureHeader,
	findSignedTime,
} from '../../../nodes/Persona/events/signing/signature.ts';
import { sign } from '../../support/sign.mts';

const SECRET = 'wbhsec_00000000-1111-2222-3333-444444444444';

const verify = (header: unknown, body: string, secrets: string[] = [SECRET]) =>
	findSignedTime(parseSignatureHeader(header), Buffer.from(body), secrets);

describe('findSignedTime', () => {
	it('accepts a digest that was computed by another program', () => {
		// printf '1700000000.{"a":1.0}' | openssl dgst -sha256 -hmac "$SECRET"
		const digest = '1706ee52bc637eee173947e13ff0bee2fe92c73484743a2b83e06cf153aa19d0';
		expect(verify(`t=1700000000,v1=${digest}`, '{"a":1.0}')).toBe(1_700_000_000);
		expect(verify(`t=1700000000,v1=${digest.toUpperCase()}`, '{"a":1.0}')).toBe(1_700_000_000);
	});

	it('rejects another body, another timestamp and another secret', () => {
		const header = sign('{}', SECRET, 1_700_000_000);
		expect(verify(header, '{}')).toBe(1_700_000_000);
		expect(verify(header, '{ }')).toBeUndefined();
		expect(verify(header.replace('t=1700000000', 't=1700000001'), '{}')).toBeUndefined();
		expect(verify(header, '{}', ['wbhsec_other'])).toBeUndefined();
	});

	it('rejects everything if there is no secret', () => {
		expect(verify(sign('{}', SECRET), '{}', [])).toBeUndefined();
		expect(verify(sign('{}', ''), '{}', [''])).toBeUndefined();
	});

	it('accepts any signature of the header with any of the secrets, as during a rotation', () => {
		const header = sign('{}', ['wbhsec_new', 'wbhsec_old'], 1_700_000_000);
		expect(verify(header, '{}', ['wbhsec_new'])).toBe(1_700_000_000);
		expect(verify(header, '{}', ['wbhsec_old'])).toBe(1_700_000_000);
		expect(verify(header, '{}', ['wbhsec_older', 'wbhsec_old'])).toBe(1_700_000_000);
		expect(verify(header, '{}', ['wbhsec_older'])).toBeUndefined();
	});

	it('accepts any v1 of a signature', () => {
		const [, right] = sign('{}', SECRET, 1_700_000_000).split(',');
		const [, wrong] = sign('{}', 'wbhsec_other', 1_700_000_000).split(',');
		expect(verify(`t=1700000000,${wrong},${right}`, '{}')).toBe(1_700_000_000);
	});

	it('returns the newest of several valid timestamps', () => {
		const header = `${sign('{}', SECRET, 5)} ${sign('{}', SECRET, 9)} ${sign('{}', 'x', 12)}`;
		expect(verify(header, '{}')).toBe(9);
	});
});

describe('parseSignatureHeader', () => {
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
	])('finds no signature in %j', (header) => {
		expect(parseSignatureHeader(header)).toEqual([]);
	});

	it('never throws, and no header is accepted without the secret', () => {
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
				expect(verify(text, body)).toBeUndefined();
			}),
			{ numRuns: 2000 },
		);
	});

	it('accepts what was signed with the secret, and no changed bit of it', () => {
		fc.assert(
			fc.property(fc.uint8Array(), fc.nat(), fc.nat(255), (bytes, position, bits) => {
				const body = Buffer.from(bytes);
				const sets = parseSignatureHeader(sign(body, SECRET, 1_700_000_000));
				expect(findSignedTime(sets, body, [SECRET])).toBe(1_700_000_000);
				const changed = Buffer.from(body);
				if (changed.length > 0) changed[position % changed.length] ^= (bits % 255) + 1;
				const other = changed.length > 0 ? changed : Buffer.from(' ');
				expect(findSignedTime(sets, other, [SECRET])).toBeUndefined();
			}),
		);
	});

	it('does not parse a header that is too long', () => {
		const header = 't=1,v1=,'.repeat(500_000);
		const startedAt = performance.now();
		expect(parseSignatureHeader(header)).toEqual([]);
		expect(performance.now() - startedAt).toBeLessThan(50);
	});
});

describe('isWithinTolerance', () => {
	it('limits the difference in both directions', () => {
		const now = 1_700_000_000_000;
		expect(isWithinTolerance(1_700_000_000 - 300, now, 5)).toBe(true);
		expect(isWithinTolerance(1_700_000_000 - 301, now, 5)).toBe(false);
		expect(isWithinTolerance(1_700_000_000 + 300, now, 5)).toBe(true);
		expect(isWithinTolerance(1_700_000_000 + 301, now, 5)).toBe(false);
	});

	it('accepts any age if the tolerance is 0', () => {
		expect(isWithinTolerance(0, 1_700_000_000_000, 0)).toBe(true);
	});
});
