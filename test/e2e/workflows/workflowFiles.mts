import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowFile } from '../../../tools/n8n/n8nClient.mts';

const FOLDER = 'workflows';

/** The names of the library's workflows, such as `05-mark-minors-for-review`. */
export const listWorkflowNames = (): string[] =>
	readdirSync(FOLDER)
		.filter((file) => /^\d\d-.*\.json$/.test(file))
		.map((file) => file.replace('.json', ''))
		.sort();

/** The file of a workflow. */
export const getWorkflowPath = (name: string) => join(FOLDER, `${name}.json`);

/** The SHA-256 of a workflow's file, by which its picture is known to be of it. */
export const hashWorkflow = async (name: string) =>
	createHash('sha256')
		.update(await readFile(getWorkflowPath(name)))
		.digest('hex');

/** Reads a workflow of the library as it is shipped. */
export async function readWorkflow(name: string): Promise<WorkflowFile> {
	return JSON.parse(await readFile(getWorkflowPath(name), 'utf8')) as WorkflowFile;
}
