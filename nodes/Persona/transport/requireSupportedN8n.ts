import * as n8nWorkflow from 'n8n-workflow';
import { NodeOperationError, type INode } from 'n8n-workflow';

/**
 * Whether n8n is older than 2.30, by what its package n8n-workflow exports: n8n does not tell a node its
 * version. The first function went away with 2.30, and the second came shortly before. Both are looked
 * at, so that no later n8n is refused because it brings the first back or drops the second.
 */
export const isTooOld = (exported: object): boolean =>
	'createDeferredPromise' in exported && !('evaluateJmespathQuery' in exported);

/** Throws n8n's error for a node in an n8n that is too old, where parts of it would fail silently. */
export function requireSupportedN8n(node: INode): void {
	if (!isTooOld(n8nWorkflow)) return;
	throw new NodeOperationError(
		node,
		'The Persona nodes need n8n 2.30 or newer: update n8n, then run or publish this again',
	);
}
