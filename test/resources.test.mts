import { readdirSync } from 'node:fs';
import { table } from '../nodes/Persona/resources/index.ts';

/** The files with examples, one for each resource. One test file runs all, since n8n's engine loads slowly. */
const files = readdirSync('test/resources').sort();

for (const file of files) jest.requireActual(`./resources/${file}`);

describe('the examples of the table', () => {
	it('cover every resource', () => {
		const covered = files.map((file) => file.replace('.mts', ''));
		expect(covered).toEqual(table.resources.map(({ value }) => value).sort());
	});
});
