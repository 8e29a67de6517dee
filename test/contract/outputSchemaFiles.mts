import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { table } from '../../nodes/Persona/resources/index.ts';
import { fillUnknownTypes, mergeOutputSchemas, type OutputSchema } from './outputSchema.mts';

/** Where n8n looks for the output schemas of version 1 of the node. */
const FOLDER = 'nodes/Persona/__schema__/v1.0.0';

const toSchemaFile = (row: string) => `${join(FOLDER, ...row.split('.'))}.json`;

/** The rows of the table, as `inquiry.create`. */
export const listRows = (): string[] =>
	table.resources.flatMap(({ value, operations }) =>
		Object.keys(operations).map((operation) => `${value}.${operation}`),
	);

/** The rows that have a committed schema. */
export function listSchemaRows(): string[] {
	if (!existsSync(FOLDER)) return [];
	return readdirSync(FOLDER).flatMap((resource) =>
		readdirSync(join(FOLDER, resource)).map((file) => `${resource}.${file.replace('.json', '')}`),
	);
}

/** The committed schema of a row. Throws if there is none. */
export function readSchema(row: string): OutputSchema {
	const file = toSchemaFile(row);
	if (!existsSync(file)) {
		throw new Error(
			`${row} has no output schema. To record it: UPDATE_SCHEMAS=1 npm run jest -- contract -t '${row}'`,
		);
	}
	return JSON.parse(readFileSync(file, 'utf8')) as OutputSchema;
}

/** What is known about a row's objects: its committed schema, or those of its resource's other rows. */
function readKnownSchema(row: string): OutputSchema {
	if (existsSync(toSchemaFile(row))) return readSchema(row);
	const [resource] = row.split('.');
	const related = listSchemaRows().filter((one) => one.startsWith(`${resource}.`));
	return mergeOutputSchemas(related.map(readSchema));
}

/** Records the output schemas of the rows that have run, if all tests have passed. */
export class OutputSchemaRecorder {
	private unfinished = 0;

	private readonly schemas = new Map<string, OutputSchema>();

	startTest() {
		this.unfinished++;
	}

	passTest() {
		this.unfinished--;
	}

	/** Keeps a schema until the end of the run. What was always null or empty is filled with what is known. */
	record(row: string, returned: OutputSchema) {
		this.schemas.set(row, fillUnknownTypes(returned, readKnownSchema(row)));
	}

	/** Writes the kept schemas, and removes those of operations that no longer exist. */
	write() {
		if (this.unfinished > 0) {
			console.warn('No output schema was recorded, because tests have failed.');
			return;
		}
		for (const [row, schema] of this.schemas) {
			mkdirSync(dirname(toSchemaFile(row)), { recursive: true });
			const text = JSON.stringify({ ...schema, version: 1 }, null, '\t');
			writeFileSync(toSchemaFile(row), `${text}\n`);
		}
		const rows = listRows();
		for (const row of listSchemaRows().filter((one) => !rows.includes(one))) {
			rmSync(toSchemaFile(row), { force: true });
		}
	}
}
