import type { IDataObject } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowFile } from '../../../tools/n8n/n8nClient.mts';
import { buildDuration } from '../../support/buildDuration.mts';

const FOLDER = 'workflows';

/** Lists the names of the library's workflows, such as `05-mark-minors-for-review`. */
export const listWorkflowNames = (): string[] =>
	readdirSync(FOLDER)
		.filter((file) => /^\d\d-.*\.json$/.test(file))
		.map((file) => file.replace('.json', ''))
		.sort();

/** Returns the path of a workflow's file. */
export const getWorkflowPath = (name: string) => join(FOLDER, `${name}.json`);

/** Reads a workflow of the library. */
export async function readWorkflow(name: string): Promise<WorkflowFile> {
	return JSON.parse(await readFile(getWorkflowPath(name), 'utf8')) as WorkflowFile;
}

/**
 * Calculates the SHA-256 of what a screenshot shows of a workflow, which tells whether it is current:
 * its name, its nodes and how they are connected.
 */
export async function hashWorkflow(name: string): Promise<string> {
	const { name: title, nodes, connections } = await readWorkflow(name);
	return createHash('sha256')
		.update(JSON.stringify([title, nodes, connections]))
		.digest('hex');
}

/**
 * Reads a workflow of the library and lets its Persona node wait `testSeconds` for reports. Throws
 * unless it waits `shippedSeconds` as it is.
 */
export async function readWorkflowWithShorterWait(
	name: string,
	shippedSeconds: number,
	testSeconds: number,
): Promise<WorkflowFile> {
	const file = await readWorkflow(name);
	const options = file.nodes
		.map(({ parameters }) => parameters.options as IDataObject | undefined)
		.find((each) => each?.waitAtMost !== undefined);
	expect(options?.waitAtMost).toEqual(buildDuration(shippedSeconds, 'seconds'));
	Object.assign(options ?? {}, { waitAtMost: buildDuration(testSeconds, 'seconds') });
	return file;
}
