import { runChecks } from '../checks.mjs';

const barrage = process.argv.includes('barrage');

await runChecks(barrage ? 'barrage' : 'e2e', async ({ check, jest, signal }) => {
	const { browserProgram } = await import('../../demo/n8n/browser.mts');
	const { installN8n } = await import('../../demo/n8n/install.mts');
	const { packPackage } = await import('../../demo/pack.mts');

	await check('Find the browser', (note) => note(browserProgram()));
	const tarball = await check('Build and pack', (note) => packPackage({ signal, note }));
	const n8n = await check('Install n8n', (note) => installN8n({ signal, note }));
	const config = `test/e2e/${barrage ? 'barrage' : 'jest'}.config.mjs`;
	if (tarball && n8n) await jest(config, { PERSONA_TARBALL: tarball });
});
