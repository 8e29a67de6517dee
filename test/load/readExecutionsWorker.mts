import { unflatten } from '../../tools/n8n/unflatten.mts';
import type { StoredExecution } from './readAllExecutions.mts';

/** The part of Node's SQLite that is used here. n8n's Node has it, the project's types do not. */
interface Sqlite {
	DatabaseSync: new (
		file: string,
		options: { readOnly: boolean },
	) => {
		prepare(sql: string): { iterate(...values: string[]): Iterable<Record<string, unknown>> };
	};
}

/** After a crash, n8n marks the items that it puts in place of those which it does not know. */
type Item = {
	json: StoredExecution['items'][number] & { isArtificialRecoveredEventItem?: true };
};

/** The parts of an execution with the output of its trigger, before and after it has run. */
interface ExecutionData {
	resultData?: { runData?: Record<string, { data?: { main?: Item[][] } }[]> };
	executionData?: { nodeExecutionStack?: { data: { main?: Item[][] } }[] };
}

const [file, trigger, ...workflowIds] = process.argv.slice(2);
const { DatabaseSync } = process.getBuiltinModule('node:sqlite') as unknown as Sqlite;
const database = new DatabaseSync(file, { readOnly: true });
const rows = database
	.prepare(
		`SELECT execution.id, execution.workflowId, execution.status, execution.retryOf, stored.data
		FROM execution_entity AS execution
		LEFT JOIN execution_data AS stored ON stored.executionId = execution.id
		WHERE execution.workflowId IN (${workflowIds.map(() => '?').join()}) ORDER BY execution.id`,
	)
	.iterate(...workflowIds);

const started: StoredExecution[] = [];
for (const { id, workflowId, status, retryOf, data } of rows) {
	const { resultData, executionData } = unflatten(String(data ?? '[{}]')) as ExecutionData;
	const sources = [
		...(resultData?.runData?.[trigger] ?? []).map((run) => run.data),
		...(executionData?.nodeExecutionStack ?? []).map((waiting) => waiting.data),
	];
	const items = sources
		.map((source) => source?.main?.[0] ?? [])
		.find(([first]) => first && !first.json.isArtificialRecoveredEventItem);
	started.push({
		id: Number(id),
		workflowId: String(workflowId),
		status: String(status),
		...(retryOf !== null && { retryOf: Number(retryOf) }),
		items: (items ?? []).map(({ json: { eventId, attempt, body } }) => ({
			eventId,
			attempt,
			body,
		})),
	});
}
console.log(JSON.stringify(started));
