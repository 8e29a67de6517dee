import { readFile } from 'node:fs/promises';
import { runCommand } from '../tools/runCommand.cjs';
import { runChecks } from './runChecks.mjs';

await runChecks('test', async ({ check, jest, signal, print }) => {
	const runProgram = (file, ...args) =>
		runCommand(process.execPath, [`node_modules/${file}`, ...args], { signal });
	const pages = ['docs/operations.md', 'docs/workflows.md', 'README.md'];
	const readReference = async () =>
		(await Promise.all(pages.map((page) => readFile(page, 'utf8')))).join('\n');

	async function checkSources() {
		await check('Lint', async () => {
			const printed = await runProgram('@n8n/node-cli/bin/n8n-node.mjs', 'lint');
			// With warnings it exits with 0.
			if (printed.includes('✖')) throw new Error(printed);
		});
		await check('Format', () => runProgram('prettier/bin/prettier.cjs', '--check', '.'));
		await check('Types', () => runProgram('typescript/bin/tsc', '-p', 'test/tsconfig.json'));
	}

	async function checkPackage() {
		const { packPackage } = await import('../tools/packPackage.mts');
		const committed = await readReference();
		const tarball = await check('Build and pack', (note) =>
			packPackage({ fresh: true, signal, note }),
		);
		await check('Generated pages', async () => {
			if ((await readReference()) === committed) return;
			const message = `The build has updated ${pages.join(' or ')}: commit it.`;
			if (process.env.CI) throw new Error(message);
			print(message);
		});
		if (tarball)
			await check('n8n’s package scan', () =>
				runCommand(process.execPath, ['test/scanPackage.mjs', tarball], { signal }),
			);
	}

	await Promise.all([checkSources(), checkPackage()]);
	await jest('test/jest.config.mjs');
});
