import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { replaceDates, toDay, toInstant } from '../../nodes/Persona/values/dates.ts';

const ZONES = [
	'Pacific/Pago_Pago',
	'Pacific/Honolulu',
	'America/New_York',
	'America/St_Johns',
	'America/Sao_Paulo',
	'America/Havana',
	'Atlantic/Azores',
	'Europe/London',
	'Europe/Berlin',
	'Africa/Cairo',
	'Asia/Beirut',
	'Asia/Tehran',
	'Asia/Kathmandu',
	'Australia/Lord_Howe',
	'Pacific/Apia',
	'Pacific/Kiritimati',
	'UTC',
];

const fail = (message: string, description: string): never => {
	throw new Error(`${message}: ${description}`);
};

const readDay = (value: unknown, zone = 'Europe/Berlin') => toDay(value, 'Birthdate', fail, zone);

const readInstant = (value: unknown, zone = 'Europe/Berlin') =>
	toInstant(value, 'Created After', fail, zone);

/** A day that exists, of the time in which people are born, with offsets that zones no longer have. */
const anyDay = fc
	.date({ min: new Date('1890-01-01'), max: new Date('2040-12-31'), noInvalidDate: true })
	.map((date) => date.toISOString().slice(0, 10));

const anyZone = fc.constantFrom(...ZONES);

const startOfDay = (day: string, zone: string) => DateTime.fromISO(day, { zone }).startOf('day');

/** Where a calendar left a day out, such as Samoa's 30 December 2011, there is no midnight of it. */
const exists = (day: string, zone: string) => startOfDay(day, zone).toISODate() === day;

describe('a day', () => {
	it('is the day that its text names, however it is written and whatever the zone', () => {
		const write = fc.constantFrom<(day: string) => string>(
			(day) => day,
			(day) => ` \u200E${day}\u00A0`,
			(day) => `\uFEFF${day}\r\n`,
			(day) => day.replaceAll('-', ''),
			(day) => `${day}T00:00:00`,
			(day) => `${day} 00:00:00`,
			(day) => `${day}T00:00:00Z`,
			(day) => `${day}T00:00:00.000Z`,
			(day) => `${day}T23:30:00-08:00`,
			(day) => `${day} 00:00:00+02`,
			(day) => `${day} 00:30:00.123456 +0530`,
			(day) => `${day}T12:34`,
		);
		fc.assert(
			fc.property(anyDay, anyZone, write, (day, zone, format) => {
				expect(readDay(format(day), zone)).toBe(day);
			}),
		);
	});

	it('is that of midnight in UTC or in the zone of the workflow, as a date, its JSON or a text', () => {
		fc.assert(
			fc.property(anyDay, anyZone, (day, zone) => {
				fc.pre(exists(day, zone));
				const midnight = startOfDay(day, zone);
				const instant = midnight.toJSDate();
				for (const value of [
					new Date(day),
					new Date(day).toJSON(),
					midnight,
					midnight.toISO(),
					instant,
					instant.toJSON(),
					DateTime.fromJSDate(instant, { zone: 'utc' }),
					instant.toJSON().replace('.000Z', '+00:00'),
				]) {
					expect([value, readDay(value, zone)]).toEqual([value, day]);
				}
			}),
			{ numRuns: 500 },
		);
	});

	it('is the day in the zone of the workflow for a JavaScript date at any other time', () => {
		const instant = new Date('1994-04-12T02:30:15.123Z');
		expect(readDay(instant, 'Europe/Berlin')).toBe('1994-04-12');
		expect(readDay(instant, 'America/New_York')).toBe('1994-04-11');
		expect(readDay(instant.toJSON(), 'America/New_York')).toBe('1994-04-11');
		expect(readDay('1994-04-12T02:30:15Z', 'America/New_York')).toBe('1994-04-12');
	});

	const script = join(__dirname, 'printDaysInZone.mts');

	it.each([
		['America/New_York', '1940', '1948'],
		['Europe/Berlin', '1944', '1950'],
		['Europe/Berlin', '1978', '1982'],
		['America/Sao_Paulo', '1985', '1995'],
		['Europe/Amsterdam', '1934', '1942'],
		['Pacific/Kiritimati', '2000', '2004'],
		['Pacific/Pago_Pago', '2000', '2004'],
	])(
		'is that of midnight in the zone of the process %s (%s to %s), as of a database node',
		async (processZone, firstYear, lastYear) => {
			const args = [firstYear, lastYear, 'UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Tokyo'];
			const { stdout } = await promisify(execFile)(
				process.execPath,
				['--import', 'tsx', script, ...args],
				{ env: { ...process.env, TZ: processZone } },
			);
			expect(JSON.parse(stdout)).toEqual([]);
		},
		120_000,
	);

	it.each([
		['1994-02-30', "'Birthdate' is not a date that exists"],
		['1994-04-31', "'Birthdate' is not a date that exists"],
		['1993-02-29', "'Birthdate' is not a date that exists"],
		['1900-02-29', "'Birthdate' is not a date that exists"],
		['1994-13-01', "'Birthdate' is not a date that exists"],
		['1994-00-10', "'Birthdate' is not a date that exists"],
		['1994-04-00', "'Birthdate' is not a date that exists"],
		['1994-02-30T00:00:00Z', "'Birthdate' is not a date that exists"],
		['1994-04-12T25:00:00', "'Birthdate' is not a date that exists"],
		['0001-01-01', "'Birthdate' is not a date that exists"],
		['0000-00-00', "'Birthdate' is not a date that exists"],
		[new Date('0001-01-01'), "'Birthdate' is not a date that exists"],
		['04/12/1994', "'Birthdate' is not a date written as YYYY-MM-DD"],
		['12.04.1994', "'Birthdate' is not a date written as YYYY-MM-DD"],
		['12-04-94', "'Birthdate' is not a date written as YYYY-MM-DD"],
		['93-04-12', "'Birthdate' is not a date written as YYYY-MM-DD"],
		['1994-4-12', "'Birthdate' is not a date written as YYYY-MM-DD"],
		[34436, "'Birthdate' is a number, not a date"],
		['34436', "'Birthdate' is a number, not a date"],
		['34436.5', "'Birthdate' is a number, not a date"],
		[1994, "'Birthdate' is a number, not a date"],
		['1994', "'Birthdate' is a number, not a date"],
		[19940412, "'Birthdate' is a number, not a date"],
		[766108800000, "'Birthdate' is a number, not a date"],
		['Tue Apr 12 1994', "'Birthdate' is not a date"],
		['yesterday', "'Birthdate' is not a date"],
		['1994-W15-2', "'Birthdate' is not a date"],
		[new Date('nonsense'), "'Birthdate' is not a date"],
		[DateTime.invalid('nonsense'), "'Birthdate' is not a date"],
		[true, "'Birthdate' is not a date"],
		[{ year: 1994 }, "'Birthdate' is not a date"],
	])('is not %p, and the error does not repeat it', (value, message) => {
		let error = '';
		try {
			readDay(value);
		} catch (thrown) {
			error = (thrown as Error).message;
		}
		expect(error.startsWith(`${message}: `)).toBe(true);
		if (typeof value === 'string' && value.length > 4) expect(error).not.toContain(value);
	});
});

describe('a number instead of a date', () => {
	it.each([
		[34436, 'A number of days from a spreadsheet'],
		[766108800, 'A number of seconds since 1970'],
		['766108800000', 'A number of milliseconds since 1970'],
	])('is refused with the conversion that fits its size: %p', (value, conversion) => {
		expect(() => readDay(value)).toThrow(conversion);
		expect(() => readInstant(value)).toThrow(conversion);
	});
});

describe('a point in time', () => {
	it.each(['UTC', 'GMT', 'Z', '+00'])('may name its zone as %s', (zone) => {
		expect(readInstant(`2025-06-30 14:00:00 ${zone}`)).toBe('2025-06-30T14:00:00.000Z');
		expect(readDay(`1994-04-12 00:00:00 ${zone}`, 'America/New_York')).toBe('1994-04-12');
	});

	it.each(['+25:00', '-15:00', '+02:60'])('has no offset that does not exist: %s', (offset) => {
		expect(() => readInstant(`2025-06-30T14:00:00${offset}`)).toThrow('not a date that exists');
	});

	it.each([
		['2025-06-30T14:00:00', '2025-06-30T12:00:00.000Z'],
		['2025-06-30 14:00', '2025-06-30T12:00:00.000Z'],
		['2025-01-30', '2025-01-29T23:00:00.000Z'],
		['2025-06-30T14:00:00.5-04:00', '2025-06-30T18:00:00.500Z'],
		['2025-06-30T14:00:00Z', '2025-06-30T14:00:00.000Z'],
		[new Date('2025-06-30T14:00:00.123Z'), '2025-06-30T14:00:00.123Z'],
		[DateTime.fromISO('2025-06-30T14:00:00+02:00'), '2025-06-30T12:00:00.000Z'],
	])('is in the zone of the workflow unless it has an offset: %p', (value, expected) => {
		expect(readInstant(value)).toBe(expected);
	});

	it.each(['2025-02-30T14:00:00Z', '2025-06-31', '2025-06-30T24:30:00'])(
		'is not an impossible date: %p',
		(value) => {
			expect(() => readInstant(value)).toThrow("'Created After' is not a date that exists");
		},
	);

	it.each([
		['2025-03-30T02:30:00', 'Europe/Berlin'],
		['2025-10-26T02:30:00', 'Europe/Berlin'],
		['2025-10-05T02:15:00', 'Australia/Lord_Howe'],
		['2017-10-15T00:30:00', 'America/Sao_Paulo'],
	])('needs an offset where clocks skip or repeat %s in %s', (value, zone) => {
		expect(() => readInstant(value, zone)).toThrow(
			`'Created After' is a time that does not occur exactly once in ${zone}`,
		);
		expect(readInstant(`${value}+00:00`, zone)).toBe(`${value}.000Z`);
	});

	it('is the first moment of a day whose midnight does not exist', () => {
		expect(readInstant('2017-10-15', 'America/Sao_Paulo')).toBe('2017-10-15T03:00:00.000Z');
	});
});

describe('a date within JSON', () => {
	it('is a day if it is the midnight of a date of Luxon, and has a time otherwise', () => {
		for (const zone of ['Europe/Berlin', 'Asia/Tokyo', 'America/New_York', 'utc']) {
			const born = DateTime.fromISO('1994-04-12', { zone });
			const signed = born.plus({ hours: 14 });
			expect(replaceDates({ born, all: [born, signed] }, 'Europe/Berlin')).toEqual({
				born: '1994-04-12',
				all: ['1994-04-12', signed.toISO()],
			});
		}
	});

	it('keeps its day, whatever its type in Persona', () => {
		fc.assert(
			fc.property(anyDay, anyZone, fc.integer({ min: 0, max: 86_399 }), (day, zone, second) => {
				fc.pre(exists(day, zone));
				const midnight = startOfDay(day, zone);
				const moment = midnight.plus({ second });
				const { a, b, c } = replaceDates(
					{ a: new Date(day), b: [midnight.toJSDate()], c: { d: moment.toJSDate(), e: 'x' } },
					zone,
				) as { a: string; b: string[]; c: { d: string; e: string } };
				expect([a, b, c.e]).toEqual([day, [day], 'x']);
				const isMidnightInUtc = moment.toMillis() % 86_400_000 === 0;
				if (!isMidnightInUtc) expect(c.d.slice(0, 10)).toBe(moment.toISODate());
			}),
		);
	});
});
