import './n8nFolder.mts';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PackageDirectoryLoader } from 'n8n-core';
import type { INodeType } from 'n8n-workflow';
import type { NodeName } from '../../nodes/Persona/engine/types.ts';
import { packPackage } from '../../tools/packPackage.mts';
import { runCommand } from '../../tools/runCommand.cjs';

/** The action nodes of the packed package. */
export interface BuiltNodes {
	nodeTypes: Record<NodeName, INodeType>;
	/** Removes the unpacked package. */
	remove: () => Promise<void>;
}

/**
 * Unpacks the package as npm would install it, and loads its action nodes as n8n does. Builds and packs only if
 * the sources have changed since. The caller removes it.
 */
export async function loadBuiltNodes(): Promise<BuiltNodes> {
	const tarball = await packPackage();
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-persona-built-'));
	await runCommand('tar', ['-xzf', tarball, '-C', folder]);
	// n8n provides its own packages to the node.
	await symlink(resolve('node_modules'), join(folder, 'node_modules'));
	const loader = new PackageDirectoryLoader(join(folder, 'package'));
	await loader.loadAll();
	return {
		nodeTypes: {
			Persona: loader.getNode('persona').type as INodeType,
			'Persona Admin': loader.getNode('personaAdmin').type as INodeType,
		},
		remove: () => rm(folder, { recursive: true, force: true }),
	};
}
