import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OutputSchema } from './outputSchema.mts';

/** Where n8n looks for what version 1 of the node puts out. */
const FOLDER = 'nodes/Persona/__schema__/v1.0.0';

const toSchemaFile = (row: string) => `${join(FOLDER, ...row.split('.'))}.json`;

/** The rows that have a committed schema, as `inquiry.create`. */
export function listSchemaRows(): string[] {
	if (!existsSync(FOLDER)) return [];
	return readdirSync(FOLDER).flatMap((resource) =>
		readdirSync(join(FOLDER, resource)).map((file) => `${resource}.${file.replace('.json', '')}`),
	);
}

/** The committed schema of a row. */
export const readSchema = (row: string) =>
	JSON.parse(readFileSync(toSchemaFile(row), 'utf8')) as OutputSchema;

/** Writes these schemas and removes all others. */
export function writeSchemas(schemas: Record<string, OutputSchema>) {
	rmSync(FOLDER, { recursive: true, force: true });
	for (const [row, schema] of Object.entries(schemas)) {
		mkdirSync(dirname(toSchemaFile(row)), { recursive: true });
		writeFileSync(toSchemaFile(row), `${JSON.stringify({ ...schema, version: 1 }, null, '\t')}\n`);
	}
}
