import { readdirSync } from 'node:fs';
import { table } from '../nodes/Persona/resources/index.ts';

/** A file of examples for each resource; together, since n8n's engine takes a while to load. */
const files = readdirSync('test/resources').sort();

for (const file of files) jest.requireActual(`./resources/${file}`);

describe('the examples', () => {
	it('are there for every resource', () => {
		const proven = files.map((file) => file.replace('.mts', ''));
		expect(proven).toEqual(table.resources.map(({ value }) => value).sort());
	});
});
