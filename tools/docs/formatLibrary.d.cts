import type { INode } from 'n8n-workflow';
import type { WorkflowFile } from '../n8n/n8nClient.mts';

/** A workflow of the library, with the name of its file. */
export interface LibraryWorkflow extends WorkflowFile {
	file: string;
}

export function formatLibraryPage(
	workflows: LibraryWorkflow[],
	record: Record<string, Record<string, boolean>>,
): string;
export function formatLibraryList(workflows: LibraryWorkflow[]): string;
export function listOptionalNodes(nodes: INode[]): string[];
export function listSwitchTexts(nodes: INode[]): string[];
