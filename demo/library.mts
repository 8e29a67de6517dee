import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { INode } from 'n8n-workflow';
import type { WorkflowFile } from '../tools/n8n/n8nClient.mts';

const FOLDER = 'workflows';

/** The operations that decide an inquiry. */
const DECISIONS = ['approve', 'decline', 'markForReview'];

/** The themes of the library, in their order. */
export const themes = JSON.parse(readFileSync('tools/docs/themes.json', 'utf8')) as string[];

/** Reads all workflows of the library, in the order of their numbers. */
export async function readLibrary(): Promise<WorkflowFile[]> {
	const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort();
	const texts = await Promise.all(names.map((name) => readFile(join(FOLDER, name), 'utf8')));
	return texts.map((text) => JSON.parse(text) as WorkflowFile);
}

/** The theme of a workflow, if its file names one. */
export function getTheme({ meta }: Pick<WorkflowFile, 'meta'>): string | undefined {
	return typeof meta?.theme === 'string' ? meta.theme : undefined;
}

/** Whether a workflow decides inquiries, so that no other one that does may be published beside it. */
export const isDecider = ({ nodes }: Pick<WorkflowFile, 'nodes'>): boolean =>
	nodes.some(
		({ disabled, type, parameters: { resource, operation } }) =>
			!disabled &&
			type.startsWith('n8n-nodes-persona.') &&
			resource === 'inquiry' &&
			DECISIONS.includes(String(operation)),
	);

/** The triggers that register a webhook at a service here when their workflow is published. */
const REGISTERING = ['n8n-nodes-persona.personaTrigger', 'n8n-nodes-base.jiraTrigger'];

/** Whether a node has registered a webhook that a service does not know any more once it starts anew. */
export const registersWebhook = ({ type, disabled }: INode): boolean =>
	!disabled && REGISTERING.includes(type);

/** The part of a workflow that makes its tables, and is run once by hand. */
export const RUN_ONCE = 'Run this once';
