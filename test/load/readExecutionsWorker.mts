import { unflatten } from '../../tools/n8n/unflatten.mts';
import type { RecordedExecution } from './readAllExecutions.mts';

/** The part of Node's SQLite that is used here. n8n's Node has it, the project's types do not. */
interface Sqlite {
	DatabaseSync: new (
		file: string,
		options: { readOnly: boolean },
	) => {
		prepare(sql: string): { iterate(...values: string[]): Iterable<Record<string, unknown>> };
	};
}

type Item = { json: Record<string, unknown> };

/** The parts of an execution with the output of its trigger, before and after it has run. */
interface ExecutionData {
	resultData?: { runData?: Record<string, { data?: { main?: Item[][] } }[]> };
	executionData?: { nodeExecutionStack?: { data: { main?: Item[][] } }[] };
}

const [file, workflowId, trigger] = process.argv.slice(2);
const { DatabaseSync } = process.getBuiltinModule('node:sqlite') as unknown as Sqlite;
const database = new DatabaseSync(file, { readOnly: true });
const rows = database
	.prepare(
		`SELECT execution.id, execution.status, stored.data
		FROM execution_entity AS execution
		LEFT JOIN execution_data AS stored ON stored.executionId = execution.id
		WHERE execution.workflowId = ? ORDER BY execution.id`,
	)
	.iterate(workflowId);

const started: RecordedExecution[] = [];
for (const { id, status, data } of rows) {
	const { resultData, executionData } = unflatten(String(data ?? '[{}]')) as ExecutionData;
	const sources = [
		resultData?.runData?.[trigger]?.[0]?.data,
		...(executionData?.nodeExecutionStack ?? []).map((waiting) => waiting.data),
	];
	const items = sources.map((source) => source?.main?.[0] ?? []).find(({ length }) => length > 0);
	const { eventId, attempt } = items?.[0]?.json ?? {};
	started.push({
		id: Number(id),
		status: String(status),
		eventId: String(eventId),
		attempt: Number(attempt),
	});
}
console.log(JSON.stringify(started));
