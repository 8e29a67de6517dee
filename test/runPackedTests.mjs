import { runChecks } from './checks.mjs';

/**
 * Runs the tests of a configuration of jest against the packed package in a real n8n. What stands
 * on the command line is passed on to jest, e.g. a pattern of file names.
 */
export async function runPackedTests(name, config) {
	await runChecks(name, async ({ check, jest, signal }) => {
		const { findBrowser } = await import('../tools/n8n/browser.mts');
		const { installN8n } = await import('../tools/n8n/installN8n.mts');
		const { packPackage } = await import('../tools/packPackage.mts');

		await check('Find the browser', (note) => note(findBrowser()));
		const tarball = await check('Build and pack', (note) => packPackage({ signal, note }));
		const n8n = await check('Install n8n', (note) => installN8n({ signal, note }));
		if (tarball && n8n) await jest(config, { PERSONA_TARBALL: tarball });
	});
}
