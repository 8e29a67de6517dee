import { runChecks } from './runChecks.mjs';

/**
 * Runs the tests of a jest configuration against the packed package in a real n8n. Arguments of the
 * command line are passed on to jest, such as a pattern of file names.
 */
export async function runPackedTests(name, config) {
	await runChecks(name, async ({ check, jest, signal }) => {
		const { findBrowser } = await import('../tools/n8n/browser.mts');
		const { installN8n } = await import('../tools/n8n/installN8n.mts');
		const { packPackage } = await import('../tools/packPackage.mts');
		const { startN8nPool } = await import('./e2e/n8nPool.mts');

		await check('Find the browser', (note) => note(findBrowser()));
		const tarball = await check('Build and pack', (note) => packPackage({ signal, note }));
		const n8n = await check('Install n8n', (note) => installN8n({ signal, note }));
		if (!tarball || !n8n) return;
		const pool = await startN8nPool({ tarball, signal });
		try {
			await jest(config, { PERSONA_TARBALL: tarball, N8N_POOL_URL: pool.url });
		} finally {
			await pool.close();
		}
	});
}
