import { dirname, join } from 'node:path';
import { runCommand } from '../../tools/runCommand.cjs';
import type { N8n } from '../../tools/n8n/startN8n.mts';

/** An execution that n8n has recorded, and the delivery that it was started by. */
export interface RecordedExecution {
	id: number;
	status: string;
	/** `undefined` as a text where nothing is known of it. */
	eventId: string;
	attempt: number;
}

/**
 * All executions of a workflow, whatever became of them, oldest first. They are read from n8n's
 * database: its REST API takes a request for each, which thousands of them make too long.
 */
export async function readAllExecutions(n8n: N8n, workflowId: string, trigger: string) {
	const database = join(dirname(n8n.logFile), '.n8n/database.sqlite');
	const printed = await runCommand(n8n.installation.node, [
		'--disable-warning=ExperimentalWarning',
		'test/load/readExecutionsWorker.mts',
		database,
		workflowId,
		trigger,
	]);
	return JSON.parse(printed) as RecordedExecution[];
}
