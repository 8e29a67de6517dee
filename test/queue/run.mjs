import { runChecks } from '../runChecks.mjs';

await runChecks('queue', async ({ check, jest, signal }) => {
	const { findMissingPrograms } = await import('../../tools/findProgram.mts');
	const reason = findMissingPrograms();
	// jest runs in any case and lists the skipped tests, so that they are counted.
	if (reason) {
		console.log(`SKIPPED queue mode: ${reason}`);
		return await jest('test/queue/jest.config.mjs');
	}

	const { installN8n } = await import('../../tools/n8n/installN8n.mts');
	const { packPackage } = await import('../../tools/packPackage.mts');
	const tarball = await check('Build and pack', (note) => packPackage({ signal, note }));
	const n8n = await check('Install n8n', (note) => installN8n({ signal, note }));
	if (tarball && n8n) await jest('test/queue/jest.config.mjs', { PERSONA_TARBALL: tarball });
});
