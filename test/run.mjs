import { readFile } from 'node:fs/promises';
import { runCommand } from '../tools/runCommand.cjs';
import { runChecks } from './checks.mjs';

await runChecks('test', async ({ check, jest, signal }) => {
	const program = (file, ...args) =>
		runCommand(process.execPath, [`node_modules/${file}`, ...args], { signal });

	// Side by side: what reads the sources, and what makes and looks at the package.
	await Promise.all([
		(async () => {
			await check('Lint', async () => {
				const printed = await program('@n8n/node-cli/bin/n8n-node.mjs', 'lint');
				// It ends well in spite of warnings.
				if (printed.includes('✖')) throw new Error(printed);
			});
			await check('Format', () => program('prettier/bin/prettier.cjs', '--check', '.'));
			await check('Types', () => program('typescript/bin/tsc', '-p', 'test/tsconfig.json'));
		})(),
		(async () => {
			const { packPackage } = await import('../tools/packPackage.mts');
			const reference = () => readFile('docs/operations.md', 'utf8');
			const committed = await reference();
			const tarball = await check('Build and pack', (note) =>
				packPackage({ fresh: true, signal, note }),
			);
			await check('Reference of the operations', async () => {
				if ((await reference()) !== committed)
					throw new Error('docs/operations.md was old. The build has printed it anew: commit it.');
			});
			if (tarball)
				await check('n8n’s package scan', () =>
					runCommand(process.execPath, ['test/scan.mjs', tarball], { signal }),
				);
		})(),
	]);
	await jest('test/jest.config.mjs');
});
