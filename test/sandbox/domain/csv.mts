import * as fc from 'fast-check';
import { CsvError, parseCsv } from '../../../sandbox/domain/imports/csv.mts';

describe('a CSV file', () => {
	const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r\n', ' b') });

	const quote = (value: string) => `"${value.replaceAll('"', '""')}"`;

	it('is parsed into the values that were written to it', () => {
		const rows = fc.array(fc.tuple(cell, cell).map(([a, b]) => ({ x: `${a}.`, y: b.trim() })));
		fc.assert(
			fc.property(rows, (records) => {
				const lines = records.map(({ x, y }) => `${quote(x)},${quote(y)}`);
				const read = parseCsv(Buffer.from(['x,y', ...lines].join('\n')));
				expect(read.records).toEqual(records.map(({ x, y }) => ({ x: x.trim(), y })));
			}),
		);
	});

	it('is either parsed or rejected with a CsvError, whatever its bytes are', () => {
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => {
				try {
					parseCsv(Buffer.from(bytes));
				} catch (error) {
					expect(error).toBeInstanceOf(CsvError);
				}
			}),
		);
	});
});
