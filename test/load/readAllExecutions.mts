import { dirname, join } from 'node:path';
import { runCommand } from '../../tools/runCommand.cjs';
import type { N8n } from '../../tools/n8n/startN8n.mts';

/** An execution that n8n has recorded, with the delivery that started it. */
export interface RecordedExecution {
	id: number;
	status: string;
	/** The text `undefined` when it is not known. */
	eventId: string;
	attempt: number;
}

/**
 * Reads all executions of a workflow, whatever their result, oldest first. It reads n8n's database: the
 * REST API needs one request per execution, which takes too long for thousands of them.
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
