import { readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { hashWorkflow, listWorkflowNames } from './workflows/workflowFiles.mts';

/** Whether this run replaces the screenshots of the documentation. */
const isUpdate = Boolean(process.env.UPDATE_SCREENSHOTS);

/** Where screenshots that are not part of the documentation go. */
export const CACHE_FOLDER = '.cache/screenshots';

/** Where screenshots of the documentation go: into `docs` only when UPDATE_SCREENSHOTS is set. */
export const DOCS_FOLDER = isUpdate ? 'docs' : CACHE_FOLDER;

/** Hashes of what the screenshots show, by workflow name. */
const HASHES_FILE = 'docs/workflows/screenshots.json';

/**
 * Records that the screenshot of a workflow in the documentation is current. Keeps the entries of
 * other workflows, and removes those of workflows that no longer exist. Does nothing without an update.
 */
export async function recordScreenshot(name: string): Promise<void> {
	if (!isUpdate) return;
	const recorded: Record<string, string> = existsSync(HASHES_FILE)
		? JSON.parse(await readFile(HASHES_FILE, 'utf8'))
		: {};
	recorded[name] = await hashWorkflow(name);
	const hashes = listWorkflowNames()
		.filter((each) => each in recorded)
		.map((each) => [each, recorded[each]]);
	await writeFile(HASHES_FILE, `${JSON.stringify(Object.fromEntries(hashes), null, '\t')}\n`);
}
