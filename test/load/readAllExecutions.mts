import type { IDataObject } from 'n8n-workflow';
import { dirname, join } from 'node:path';
import { runCommand } from '../../tools/runCommand.cjs';
import type { N8n } from '../../tools/n8n/startN8n.mts';

/** An execution that n8n has recorded, with the items that started it. */
export interface StoredExecution {
	id: number;
	workflowId: string;
	status: string;
	/** The ID of the execution that this one is a retry of. */
	retryOf?: number;
	/** The output of the trigger, as far as it says what the execution is for. Empty where n8n has not stored it. */
	items: { eventId?: string; attempt?: number; body?: IDataObject }[];
}

/** An execution that n8n has recorded, with the delivery that started it. */
export interface RecordedExecution {
	id: number;
	status: string;
	/** The text `undefined` when it is not known. */
	eventId: string;
	attempt: number;
}

/**
 * Reads all executions of workflows whose triggers have the same name, whatever their result, oldest
 * first. It reads n8n's database: the REST API needs one request per execution, which takes too long for
 * thousands of them.
 */
export async function readExecutionsOf(
	n8n: Pick<N8n, 'logFile' | 'installation'>,
	workflowIds: string[],
	trigger: string,
) {
	const database = join(dirname(n8n.logFile), '.n8n/database.sqlite');
	const printed = await runCommand(n8n.installation.node, [
		'--disable-warning=ExperimentalWarning',
		'test/load/readExecutionsWorker.mts',
		database,
		trigger,
		...workflowIds,
	]);
	return JSON.parse(printed) as StoredExecution[];
}

/** Reads all executions of a workflow that deliveries start, oldest first. */
export async function readAllExecutions(
	n8n: N8n,
	workflowId: string,
	trigger: string,
): Promise<RecordedExecution[]> {
	const executions = await readExecutionsOf(n8n, [workflowId], trigger);
	return executions.map(({ id, status, items: [item] }) => ({
		id,
		status,
		eventId: String(item?.eventId),
		attempt: Number(item?.attempt),
	}));
}
