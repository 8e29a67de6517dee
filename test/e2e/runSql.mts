import { dirname, join } from 'node:path';
import { installN8n } from '../../tools/n8n/installN8n.mts';
import type { N8n } from '../../tools/n8n/startN8n.mts';
import { runCommand } from '../../tools/runCommand.cjs';

/** Runs in n8n's Node, which has SQLite. The Node of the tests may not have it. */
const script = `
	const { DatabaseSync } = require('node:sqlite');
	const [file, statement, ...values] = process.argv.slice(1);
	const database = new DatabaseSync(file);
	database.exec('PRAGMA busy_timeout = 10000');
	console.log(JSON.stringify(database.prepare(statement).all(...values)));
`;

/** Runs an SQL statement in the database of a running n8n, and returns the rows that it selects. */
export async function runSql(
	{ logFile }: Pick<N8n, 'logFile'>,
	statement: string,
	...values: string[]
): Promise<Record<string, unknown>[]> {
	const { node } = await installN8n();
	const file = join(dirname(logFile), '.n8n/database.sqlite');
	const flag = '--disable-warning=ExperimentalWarning';
	const printed = await runCommand(node, [flag, '-e', script, file, statement, ...values]);
	return JSON.parse(printed) as Record<string, unknown>[];
}
